import type { Invariant } from './invariant.ts';

export const giftedReference: Invariant = {
  id: 'gifted-reference',
  scope: 'protocol',
  says: 'An invalidated root keeps the reference that is meant for its zapper until it has been zapped, and that reference is put exactly once.',
  why: 'Without it a vCPU that drops the root frees page tables that still map memory; put twice, it frees them under a vCPU.',
  source:
    'arch/x86/kvm/mmu/tdp_mmu.c kvm_tdp_mmu_invalidate_all_roots(), kvm_tdp_mmu_zap_invalidated_roots()',
  example: [
    'zapper 1: invalidates R, which vcpu0 keeps loaded, zaps it and puts the reference',
    "zapper 2: finds R on the list, invalid, and puts a reference again: it was vcpu0's",
  ],
};
