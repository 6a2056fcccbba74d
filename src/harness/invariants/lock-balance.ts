import type { Invariant } from './invariant.ts';

export const lockBalance: Invariant = {
  id: 'lock-balance',
  scope: 'always',
  says: 'Every operation returns with exactly the locks it was called with, and releases only what it holds.',
  why: 'A lock left behind stops the next one who wants it.',
  source: 'Documentation/locking/lockdep-design.rst',
  example: ['memslot: finds no root and returns early', 'mmu_lock is still held'],
};
