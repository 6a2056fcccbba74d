import type { Invariant } from './invariant.ts';

export const requestInSameSection: Invariant = {
  id: 'request-in-same-section',
  scope: 'protocol',
  says: 'While vCPUs can run, roots are invalidated and vCPUs are asked to drop them in one write section of mmu_lock.',
  why: 'Whoever takes mmu_lock next may skip TLB flushes for invalid roots, because every vCPU is known to flush before it runs on.',
  source: 'arch/x86/kvm/mmu/mmu.c kvm_mmu_zap_all_fast()',
  example: [
    'zapper: invalidates R and unlocks',
    'notifier: zaps gfn 0 under R and owes no flush, since R is invalid; the page is freed',
    'vcpu0: still runs on R and writes the freed page through its TLB',
  ],
};
