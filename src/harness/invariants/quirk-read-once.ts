import type { Invariant } from './invariant.ts';

export const quirkReadOnce: Invariant = {
  id: 'quirk-read-once',
  scope: 'protocol',
  says: 'One operation reads a VM setting that userspace can toggle once.',
  why: 'Two reads may differ, and then one half of the operation does what the other half does not finish.',
  source: 'KVM_CAP_DISABLE_QUIRKS2, Documentation/virt/kvm/api.rst',
  example: [
    'memslot: the quirk is on, so it invalidates all roots and unlocks',
    'quirk: userspace disables it',
    'memslot: reads it again, it is off, and does not zap the roots',
  ],
};
