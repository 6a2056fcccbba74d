import type { Invariant } from './invariant.ts';

export const useAfterFree: Invariant = {
  id: 'use-after-free',
  scope: 'always',
  says: 'No memory is touched after it was freed.',
  why: 'Whatever is there now belongs to somebody else.',
  source: 'Documentation/RCU/whatisRCU.rst; mm/slub.c',
  example: [
    'vcpu0: a lockless walk holds a pointer into a page table',
    'zapper: unlinks the table and frees it at once',
    'vcpu0: reads the freed table',
  ],
};
