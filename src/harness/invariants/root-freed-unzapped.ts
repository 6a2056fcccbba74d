import type { Invariant } from './invariant.ts';

export const rootFreedUnzapped: Invariant = {
  id: 'root-freed-unzapped',
  scope: 'protocol',
  says: 'The last reference to a root is put only after the root was zapped, and the root is freed only after a grace period.',
  why: 'A freed page table that still maps something leaves TLB entries and page tables behind that nobody can find any more.',
  source: 'arch/x86/kvm/mmu/tdp_mmu.c kvm_tdp_mmu_put_root()',
  example: [
    'zapper: puts the reference first and zaps afterwards',
    'vcpu0: drops the last reference; the root is freed with a present SPTE',
  ],
};
