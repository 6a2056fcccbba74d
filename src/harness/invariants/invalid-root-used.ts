import type { Invariant } from './invariant.ts';

export const invalidRootUsed: Invariant = {
  id: 'invalid-root-used',
  scope: 'protocol',
  says: 'No vCPU enters the guest on an invalid root, and no fault maps a gfn under one. (A load may find its root invalidated before entry; huge-page splitting may work under one.)',
  why: 'What is mapped under an invalid root after the zapper passed by is never taken away.',
  source: 'arch/x86/kvm/mmu/mmu.c is_page_fault_stale(), is_obsolete_sp()',
  example: [
    'vcpu0: looks the page of gfn 2 up and waits for mmu_lock',
    'zapper: invalidates R, zaps past gfn 2, unlocks',
    'vcpu0: its check misses the invalid root and it maps gfn 2 under R',
  ],
};
