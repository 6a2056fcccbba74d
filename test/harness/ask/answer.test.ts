import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Answer, answerQuestion } from '../../../src/harness/ask/answer.ts';
import { parseQuestion } from '../../../src/harness/ask/question.ts';
import { scenarios } from '../../../src/harness/scenarios/all.ts';
import { type Edit, editedTree } from '../scenarios/run-scenario.ts';

const tree = fileURLToPath(new URL('../../../fixtures/linux/', import.meta.url));

function ask(
  question: string,
  ids: readonly string[],
  more: { edits?: readonly Edit[]; maxStates?: number; byDefault?: boolean } = {},
): Answer {
  return answerQuestion(
    editedTree(tree, more.edits ?? []),
    parseQuestion(question),
    scenarios.filter(s => ids.includes(s.id)),
    {
      byDefault: more.byDefault ?? false,
      maxStates: more.maxStates ?? 100_000,
      progress: () => {},
    },
  );
}

const told = (a: Answer): string[] =>
  a.findings.map(f => `${f.role}: ${f.how}${f.itself ? ' (itself)' : ''}`);

describe('who could grab a reference and not release it before invalidated roots are zapped', () => {
  const answer = ask('who holds root-reference at kvm_tdp_mmu_zap_invalidated_roots', [
    'zap-all-fast-unmap',
    'memslot-delete',
  ]);

  test('vCPUs that have the root loaded, notifiers between two yields, loads on their way', () => {
    expect(told(answer)).toEqual(
      expect.arrayContaining([
        'vcpu: has the root loaded',
        'notifier: in kvm_unmap_gfn_range()',
        'vcpu: in kvm_mmu_reload()',
        'the MMU itself: keeps it for whoever zaps the invalid root',
      ]),
    );
    expect(answer.unknown).toBeNull();
    expect(answer.exhaustive).toBe(true);
  });

  test('the thread that zaps is told apart', () => {
    const itself = answer.findings.filter(f => f.itself);
    expect(new Set(itself.map(f => f.role))).toEqual(new Set(['memslot', 'zapper']));
  });

  test('with the function that took it, and a schedule that ends there', () => {
    const notifier = answer.findings.find(f => f.role === 'notifier');
    expect(notifier?.takenBy).toContain('kvm_tdp_mmu_unmap_gfn_range');
    expect(notifier?.standsIn).toContain('kvm_tdp_mmu_unmap_gfn_range');
    expect(notifier?.witness.scenario).toBe('zap-all-fast-unmap');
    expect(notifier?.witness.replay.schedule).toHaveLength(notifier?.witness.steps.length ?? -1);
    const last = notifier?.witness.steps.at(-1)?.state.flatMap(s => s.rows) ?? [];
    expect(last.map(r => r.value)).toContain('invalid, 3 references');
  });
});

test('a notifier that yields in the middle of its walk is found by a hunt', () => {
  const answer = ask(
    'who holds root-reference at kvm_tdp_mmu_zap_invalidated_roots',
    ['zap-all-fast-unmap-range'],
    { byDefault: true },
  );
  expect(told(answer)).toContain('notifier: in kvm_unmap_gfn_range(), without mmu_lock');
  expect(answer.exhaustive).toBe(false);
  expect(answer.scenarios).toMatchObject([{ hunted: true, exhaustive: false, reached: true }]);
});

describe('takes, puts, while', () => {
  test('an invalid root is given references only by those who walk over it', () => {
    const { findings } = ask('who takes root-reference while root.invalid', ['zap-all-fast']);
    expect([...new Set(findings.map(f => f.role))]).toEqual(['zapper']);
  });

  test('nobody takes one with mmu_lock held for write', () => {
    const answer = ask('who takes root-reference while mmu_lock held for write', ['zap-all-fast']);
    expect(answer).toMatchObject({ findings: [], exhaustive: true, unknown: null });
  });

  test('puts while the root is valid: walks and unloads', () => {
    const { findings } = ask('who puts root-reference while not root.invalid', [
      'zap-all-fast-unload',
    ]);
    expect(new Set(findings.map(f => f.role))).toEqual(new Set(['vcpu', 'zapper']));
  });

  test('a helper that runs within one step counts', () => {
    const answer = ask('who holds root-reference at kvm_tdp_mmu_invalidate_roots', [
      'zap-all-fast',
    ]);
    expect(told(answer)).toContain('vcpu: has the root loaded');
  });
});

describe('what cannot be told is said', () => {
  test.each([
    ['who holds root-reference at no_such_helper', {}, 'no function no_such_helper()'],
    ['who holds root-reference at kvm_tdp_mmu_age_gfn_range', {}, 'none of the scenarios'],
    ['who holds root-reference at kvm_tdp_mmu_put_root:1', {}, 'no statement on line 1'],
    ['who takes root-reference while root.count > 90', { maxStates: 50 }, 'the bound of 50'],
  ])('%s', (question, more, why) => {
    const answer = ask(question, ['zap-all-fast'], more);
    expect(answer.findings).toEqual([]);
    expect(answer.unknown).toContain(why);
  });

  test('a helper that never runs', () => {
    const answer = ask('who holds root-reference at kvm_tdp_mmu_zap_invalidated_roots', [
      'memslot-delete-quirk-off',
    ]);
    expect(answer.unknown).toContain('never ran');
  });

  test('a concept that the tree has no field for', () => {
    const from = 'tdp_mmu_scheduled_root_to_zap';
    const edits = [
      ['mmu_internal.h', 1],
      ['tdp_mmu.c', 3],
    ].flatMap(([file, times]) =>
      Array.from({ length: times as number }, () => ({
        file: `arch/x86/kvm/mmu/${file}`,
        from,
        to: 'marked_for_zap',
      })),
    );
    const answer = ask('who holds root-reference while root.scheduled', ['zap-all-fast'], {
      edits,
    });
    expect(answer.unknown).toContain('root.scheduled');
  });
});
