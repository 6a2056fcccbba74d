import type { Invariant } from './invariant.ts';

export const sleepInAtomic: Invariant = {
  id: 'sleep-in-atomic',
  scope: 'always',
  says: 'Nothing that may sleep is called with a spinlock or rwlock held or in an RCU reader section.',
  why: 'The CPU could not be given to anybody else.',
  source: 'Documentation/kernel-hacking/locking.rst',
  example: ['a mutex is locked while mmu_lock is held'],
};
