import type { CheckResult, PatchResult } from '../../../src/result.ts';
import { trace } from './broken.ts';
import { notRun, patch, result, run, violation } from './build.ts';

export const equivalent = result('equivalent', [
  patch(1, 1, { nfc: { claimed: true, holds: true, why: 'same outcomes in 2 of 2 scenarios' } }),
]);

export const changed = result('changed', [
  patch(1, 1, {
    subject: 'KVM: x86/mmu: Flush once per memslot, not once per root',
    verdict: 'changed',
    deltas: [
      {
        kind: 'cost',
        scenario: 'memslot-delete-vs-fault',
        thread: 'memslot deletion',
        helper: 'kvm_tdp_mmu_unmap_gfn_range',
        summary: 'remote TLB flushes, most in one run',
        before: '2',
        after: '1',
        witness: null,
      },
      {
        kind: 'protocol',
        scenario: 'memslot-delete-vs-fault',
        thread: 'memslot deletion',
        helper: 'kvm_tdp_mmu_unmap_gfn_range',
        summary: 'the flush moves behind the unlock of mmu_lock',
        before: 'SPTE write, flush, unlock mmu_lock',
        after: 'SPTE write, unlock mmu_lock, flush',
        witness: { ...trace, violation: null, steps: trace.steps.slice(4, 9) },
      },
      {
        kind: 'outcome',
        scenario: 'notifier-unmap-vs-fault',
        thread: null,
        helper: null,
        summary: 'a vCPU may now be in the guest on an invalid root while a request is pending',
        before: null,
        after: 'vcpu0 in guest, root A invalid, FREE_OBSOLETE_ROOTS pending',
        witness: null,
      },
    ],
  }),
]);

export const inconclusive = result(
  'inconclusive',
  [
    patch(1, 1, {
      verdict: 'inconclusive',
      nfc: { claimed: true, holds: null, why: 'one scenario could not run' },
      scenarios: [
        run('memslot-delete-vs-fault'),
        notRun('nx-recovery-vs-fault', 'kvm_recover_nx_huge_pages() is unsupported'),
      ],
      inconclusive: [
        {
          code: 'unsupported-asm',
          message: 'inline assembly has no meaning here',
          file: 'arch/x86/kvm/mmu/mmu.c',
          line: 7123,
        },
        {
          code: 'state-bound',
          message: 'the bound of 2000000 states ended the search',
          file: null,
          line: null,
        },
      ],
    }),
  ],
  {
    tree: {
      path: '(embedded)',
      embedded: true,
      kernelVersion: '6.12.0',
      base: null,
      baseRule: 'embedded tree',
    },
    series: {
      subject: 'KVM: x86/mmu: Tidy up the root walk',
      version: 'RFC',
      total: 3,
      coverLetter: null,
      missing: [2, 3],
      reconstructed: true,
    },
    diagnostics: [
      {
        severity: 'warning',
        code: 'series-incomplete',
        message: 'patches 2 and 3 of 3 are not in the mailbox',
        patch: null,
        file: null,
        line: null,
      },
    ],
  },
);

export const failed: CheckResult = result('inconclusive', [], {
  series: {
    subject: 'KVM: x86/mmu: Does not apply',
    version: null,
    total: 1,
    coverLetter: null,
    missing: [],
    reconstructed: false,
  },
  diagnostics: [
    {
      severity: 'error',
      code: 'patch-does-not-apply',
      message: 'hunk 2 of patch 1 does not apply: expected "int a;", found "int b;"',
      patch: 1,
      file: 'arch/x86/kvm/mmu/mmu.c',
      line: 120,
    },
  ],
});

function twelfth(index: number): PatchResult {
  const at = { ...trace, side: { patch: index, which: 'after' as const } };
  if (index === 4) {
    const transient = violation({ status: 'transient', fixedBy: 7, counterexample: at });
    return patch(4, 12, {
      subject: 'KVM: x86/mmu: Move the request out',
      verdict: 'broken',
      violations: [transient],
    });
  }
  if (index === 7) {
    const fixed = violation({ status: 'fixed', counterexample: null });
    return patch(7, 12, {
      subject: 'KVM: x86/mmu: Move the request back',
      verdict: 'changed',
      violations: [fixed],
    });
  }
  if (index === 9 || index === 11) {
    return patch(index, 12, {
      subject: `KVM: x86/mmu: Use the split helpers, part ${index}`,
      verdict: 'broken',
      nfc: { claimed: true, holds: false, why: 'spte-outlives-memslot breaks' },
      violations: [violation({ counterexample: at })],
    });
  }
  const untouched = index % 3 === 0;
  return patch(index, 12, {
    subject: `KVM: x86/mmu: Preparatory change number ${index} of a long series with a long subject line`,
    verdict: untouched ? 'untouched' : 'equivalent',
    scenarios: untouched ? [] : [run('memslot-delete-vs-fault')],
    helpers: untouched ? [] : patch(1, 1).helpers,
  });
}

export const twelve = result(
  'broken',
  Array.from({ length: 12 }, (_, i) => twelfth(i + 1)),
  {
    series: {
      subject: 'KVM: x86/mmu: Delete memslots with less locking',
      version: 'v3',
      total: 12,
      coverLetter: 'KVM: x86/mmu: Delete memslots with less locking',
      missing: [],
      reconstructed: false,
    },
  },
);
