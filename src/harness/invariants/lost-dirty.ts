import type { Invariant } from './invariant.ts';

export const lostDirty: Invariant = {
  id: 'lost-dirty',
  scope: 'always',
  says: 'A write of the guest to a page under dirty logging is reported by a later collection; a dirty page is given back to the host as dirty.',
  why: 'Migration would lose the write.',
  source: 'Documentation/virt/kvm/api.rst KVM_GET_DIRTY_LOG',
  example: [
    'migration: collects the bitmap and write-protects without a flush',
    'vcpu0: writes through its TLB',
    'migration: does not see the page again',
  ],
};
