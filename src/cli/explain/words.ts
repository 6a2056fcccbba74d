/** Verdicts (result.ts Verdict, check/verdict.ts) and statuses of violations (harness/compare.ts, check/transient.ts). */
import type { WordEntry } from './entry.ts';

const verdicts: readonly WordEntry[] = [
  {
    word: 'untouched',
    kind: 'verdict',
    means: 'Nothing that the MMU is built from differs between the two sides.',
    rules: [
      'No file that the MMU sources or their headers consist of has another token.',
      'Nothing was run, since there is nothing that could differ.',
    ],
    example: ['1/1 KVM: x86: Fix a typo in the documentation', '  untouched'],
  },
  {
    word: 'equivalent',
    kind: 'verdict',
    means: 'Before and after the patch behave the same in every scenario that reaches the change.',
    rules: [
      'Same outcomes at rest, same order of visible events per thread, same violations.',
      'Both sides were searched to the end, and every changed statement was reached.',
      'It claims nothing beyond the scenarios and bounds that the report states.',
    ],
    example: ['1/1 KVM: x86/mmu: Rename a helper', '  equivalent'],
  },
  {
    word: 'changed',
    kind: 'verdict',
    means: 'Something differs, and no invariant broke.',
    rules: [
      'The deltas say what: an outcome, the protocol of visible events, or a cost.',
      'A claim of no functional change is refuted by an outcome that differs.',
    ],
    example: [
      '1/1 KVM: x86/mmu: Zap roots before returning',
      '  changed',
      '    memslot: a flush before the unlock that was not there',
    ],
  },
  {
    word: 'broken',
    kind: 'verdict',
    means: 'The patch introduces a violation that the tree before it does not have.',
    rules: [
      'The violation carries a schedule; mmudelta replay runs it again.',
      'A violation on both sides is pre-existing and does not count.',
      'One that a later patch of the series repairs is transient and does count.',
    ],
    example: [
      '1/1 KVM: x86/mmu: Make the request to free roots without mmu_lock',
      '  missed-tlb-flush (introduced)',
      '    a running vCPU may still use a TLB entry for the freed host page of gfn 0',
    ],
  },
  {
    word: 'inconclusive',
    kind: 'verdict',
    means: 'It could not be told, and the reasons say why.',
    rules: [
      'Something needed was unsupported or not reached, a bound ended a search, or a patch did not apply.',
      'Each reason has a code; mmudelta explain CODE says what it means and what can be done.',
    ],
    example: ['1/1 KVM: x86/mmu: Move a check', '  inconclusive', '    [bound] unmap, after: ...'],
  },
];

const statuses: readonly WordEntry[] = [
  {
    word: 'introduced',
    kind: 'status of a violation',
    means: 'The violation happens after the patch and not before it: the patch is at fault.',
    rules: ['Identity is the invariant, the objects, the role of the thread and the condition.'],
    example: ['missed-tlb-flush (introduced)'],
  },
  {
    word: 'pre-existing',
    kind: 'status of a violation',
    means: 'The violation happens on both sides: it is not charged to the patch.',
    rules: ['It is listed, since it may hide what would happen after it.'],
    example: ['warn-reached (pre-existing)'],
  },
  {
    word: 'fixed',
    kind: 'status of a violation',
    means: 'The violation happens before the patch and not after it.',
    rules: ['The schedule shown is one of the side before.'],
    example: ['use-after-free (fixed)'],
  },
  {
    word: 'transient',
    kind: 'status of a violation',
    means: 'A patch introduces the violation and a later one of the series removes it.',
    rules: ['A bisection that stops between the two meets the bug, so exit status 1 stays.'],
    example: ['invalid-root-used (transient, fixed by patch 3)'],
  },
];

export const words: readonly WordEntry[] = [...verdicts, ...statuses];
