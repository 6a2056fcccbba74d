import type { Invariant } from './invariant.ts';

export const lockOrder: Invariant = {
  id: 'lock-order',
  scope: 'always',
  says: 'Locks are taken in one order everywhere.',
  why: 'Two threads with opposite orders can wait for each other for ever.',
  source: 'Documentation/virt/kvm/locking.rst; Documentation/locking/lockdep-design.rst',
  example: [
    'one thread takes mmu_lock inside tdp_mmu_pages_lock',
    'another takes them the other way round',
  ],
};
