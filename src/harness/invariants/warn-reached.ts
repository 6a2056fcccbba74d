import type { Invariant } from './invariant.ts';

export const warnReached: Invariant = {
  id: 'warn-reached',
  scope: 'always',
  says: 'No WARN, BUG or KVM_BUG_ON condition becomes true.',
  why: 'The authors stated that it cannot.',
  source: 'include/asm-generic/bug.h',
  example: [
    'the last vCPU is gone and the list of roots is not empty: the WARN at VM destruction fires',
  ],
};
