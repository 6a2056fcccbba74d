import type { Invariant } from './invariant.ts';

export const undefinedBehaviour: Invariant = {
  id: 'undefined-behaviour',
  scope: 'always',
  says: 'No arithmetic leaves what C defines: shifts within the width, no division by zero.',
  why: 'The compiler may do anything with it.',
  source: 'ISO/IEC 9899:2011 6.5.5, 6.5.7',
  example: ['a level of zero makes a shift count negative'],
};
