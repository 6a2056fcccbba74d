import type { Invariant } from './invariant.ts';

export const missedTlbFlush: Invariant = {
  id: 'missed-tlb-flush',
  scope: 'protocol',
  says: 'No vCPU keeps using a translation, or a freed page table through a paging-structure cache, later than the operation that took it away promises.',
  why: 'The CPU may use any translation it could walk to until a flush reaches it.',
  source: 'Intel SDM volume 3, caching translation information; Documentation/virt/kvm/locking.rst',
  example: [
    'notifier: zaps gfn 0 and yields, forgetting that it owes a flush',
    'notifier: finds nothing more to zap, returns without a flush; the page is freed',
    'vcpu0: still runs with a TLB entry for gfn 0',
  ],
};
