import type { Invariant } from './invariant.ts';

export const doubleFree: Invariant = {
  id: 'double-free',
  scope: 'always',
  says: 'Nothing is freed twice, or handed to call_rcu() twice.',
  why: 'The allocator would give the same memory to two owners.',
  source: 'mm/slub.c; kernel/rcu/tree.c',
  example: ['two threads both see the count reach zero', 'both free the root'],
};
