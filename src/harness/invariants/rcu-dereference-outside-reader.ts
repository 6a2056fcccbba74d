import type { Invariant } from './invariant.ts';

export const rcuDereferenceOutsideReader: Invariant = {
  id: 'rcu-dereference-outside-reader',
  scope: 'always',
  says: 'A pointer that RCU protects is followed only in a reader section or under the lock that protects updates.',
  why: 'Outside of both the object may be freed at any moment.',
  source: 'Documentation/RCU/rcu_dereference.rst',
  example: ['a walk over page tables goes on after rcu_read_unlock()'],
};
