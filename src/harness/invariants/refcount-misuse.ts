import type { Invariant } from './invariant.ts';

export const refcountMisuse: Invariant = {
  id: 'refcount-misuse',
  scope: 'always',
  says: 'A refcount_t is neither taken from zero nor put below it.',
  why: 'The kernel warns and saturates: the object leaks or was freed already.',
  source: 'lib/refcount.c',
  example: ['the count is 1', 'zapper: puts the reference twice'],
};
