import type { Invariant } from './invariant.ts';

export const yieldRule: Invariant = {
  id: 'yield-rule',
  scope: 'protocol',
  says: 'A thread that may yield while it iterates over roots holds a reference to the root it stands on.',
  why: 'While it is scheduled out the root may be zapped, put and freed.',
  source: 'arch/x86/kvm/mmu/tdp_mmu.c for_each_tdp_mmu_root_yield_safe()',
  example: [
    'notifier: walks root R without a reference and yields',
    'zapper: invalidates, zaps and puts R; it is freed',
    'notifier: goes on in the freed page table',
  ],
};
