import type { Invariant } from './invariant.ts';

export const undefinedBehaviour: Invariant = {
  id: 'undefined-behaviour',
  scope: 'always',
  says: 'No division by zero. (Shifts by more than the width are not looked at: x86 masks the count.)',
  why: 'The compiler may do anything with it.',
  source: 'ISO/IEC 9899:2011 6.5.5',
  example: ['the recovery ratio is zero and the worker divides by it'],
};
