import type { Invariant } from './invariant.ts';

export const strandedInvalidRoot: Invariant = {
  id: 'stranded-invalid-root',
  scope: 'protocol',
  says: 'When everything has come to rest no invalid root is kept alive by the MMU itself.',
  why: 'Nobody will zap it before the VM is destroyed: memory and mappings of deleted slots stay.',
  source: 'arch/x86/kvm/mmu/tdp_mmu.c kvm_tdp_mmu_zap_invalidated_roots()',
  example: [
    'memslot: invalidates R but does not schedule it for zapping',
    'all threads rest: R is invalid and still holds the reference of the MMU',
  ],
};
