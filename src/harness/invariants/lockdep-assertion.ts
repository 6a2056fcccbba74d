import type { Invariant } from './invariant.ts';

export const lockdepAssertion: Invariant = {
  id: 'lockdep-assertion',
  scope: 'always',
  says: 'Every lockdep_assert_*() holds.',
  why: 'It is how a helper says which locks its caller must hold.',
  source: 'include/linux/lockdep.h',
  example: ['a helper that requires mmu_lock for write is called with mmu_lock held for read'],
};
