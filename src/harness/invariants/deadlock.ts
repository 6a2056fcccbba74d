import type { Invariant } from './invariant.ts';

export const deadlock: Invariant = {
  id: 'deadlock',
  scope: 'always',
  says: 'Some thread can always go on, until everything rests.',
  why: 'Threads that wait for each other never finish.',
  source: 'Documentation/locking/lockdep-design.rst',
  example: [
    'memslot: waits for SRCU readers',
    'vcpu0: is such a reader and waits for the slot to become valid again',
  ],
};
