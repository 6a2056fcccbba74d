import type { Invariant } from './invariant.ts';

export const frozenSpteOverwritten: Invariant = {
  id: 'frozen-spte-overwritten',
  scope: 'always',
  says: 'An SPTE that one thread froze is written by nobody else until that thread is done.',
  why: 'The freezer writes the final value blindly, and what another put there is lost without a flush.',
  source: 'arch/x86/kvm/mmu/spte.h, REMOVED_SPTE and FROZEN_SPTE',
  example: [
    'zapper: freezes the SPTE and flushes',
    'vcpu0: maps a page over the frozen SPTE',
    'zapper: writes zero over it; the TLB entry stays',
  ],
};
