import type { Invariant } from './invariant.ts';

export const rootResurrected: Invariant = {
  id: 'root-resurrected',
  scope: 'protocol',
  says: 'No reference is taken from zero, and while mmu_lock is held for write no root on the list has a count of zero.',
  why: 'A root whose count reached zero is on its way to be freed; who takes it again uses freed memory.',
  source: 'arch/x86/kvm/mmu/tdp_mmu.h kvm_tdp_mmu_get_root()',
  example: [
    'vcpu0 puts the last reference of R and is about to unlink it',
    'vcpu1 finds R on the list and counts it up from zero',
  ],
};
