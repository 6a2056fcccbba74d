import type { Invariant } from './invariant.ts';

export const listProtocol: Invariant = {
  id: 'list-protocol',
  scope: 'protocol',
  says: 'Roots are added and removed only under tdp_mmu_pages_lock, in the RCU way, and once.',
  why: 'Readers walk the list without that lock.',
  source: 'include/linux/rculist.h; Documentation/RCU/listRCU.rst',
  example: [
    'notifier: a lockless walk stands on root R',
    'vcpu0: puts the last reference and unlinks R with list_del()',
    'notifier: follows the poisoned pointer of R',
  ],
};
