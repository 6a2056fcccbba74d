import type { Invariant } from './invariant.ts';

export const notifierMissedSpte: Invariant = {
  id: 'notifier-missed-spte',
  scope: 'protocol',
  says: 'When an mmu_notifier unmap returns, nothing maps the host page: no SPTE under any root, invalid ones included, no TLB entry of a running vCPU; and its dirty or accessed state is not written back later.',
  why: 'The host frees the page right after the notifier, whatever KVM still remembers of it.',
  source: 'include/linux/mmu_notifier.h; Documentation/virt/kvm/locking.rst',
  example: [
    'zapper: invalidates root R and yields before it reaches gfn 0',
    'notifier: visits only valid roots, skips R, returns; the page is freed',
    'zapper: goes on, finds the dirty SPTE of gfn 0 and marks a freed page dirty',
  ],
};
