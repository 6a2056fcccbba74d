import type { Invariant } from './invariant.ts';

export const undefinedBehaviour: Invariant = {
  id: 'undefined-behaviour',
  scope: 'always',
  says: 'No division by zero, no index outside of the arrays that a memslot keeps of its huge pages. (Shifts by more than the width are not looked at: x86 masks the count.)',
  why: 'The compiler may do anything with it.',
  source: 'ISO/IEC 9899:2011 6.5.5 and 6.5.6; arch/x86/kvm/mmu/mmu.c lpage_info_slot()',
  example: ['the recovery ratio is zero and the worker divides by it'],
};
