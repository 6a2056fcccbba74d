import type { Invariant } from './invariant.ts';

export const wildPointer: Invariant = {
  id: 'wild-pointer',
  scope: 'always',
  says: 'Every pointer that is followed points to an object.',
  why: 'A NULL or made-up pointer is an oops.',
  source: 'arch/x86/mm/fault.c',
  example: ['a lookup returns NULL and its caller does not check'],
};
