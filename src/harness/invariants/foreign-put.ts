import type { Invariant } from './invariant.ts';

export const foreignPut: Invariant = {
  id: 'foreign-put',
  scope: 'protocol',
  says: 'A thread puts only references that it owns; a count is never set to zero or below what others hold.',
  why: 'Every owner relies on its object; a put by somebody else shows up as a use after free much later and elsewhere.',
  source: 'include/linux/refcount.h; arch/x86/kvm/mmu/tdp_mmu.c kvm_tdp_mmu_put_root()',
  example: [
    'vcpu0 loads R: two references',
    'memslot: zaps R, puts its own reference and then the one of vcpu0',
  ],
};
