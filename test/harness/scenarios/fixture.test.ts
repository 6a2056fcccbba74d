import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Edit } from './run-scenario.ts';
import { editedTree, runScenario } from './run-scenario.ts';

const tree = fileURLToPath(new URL('../../../fixtures/linux/', import.meta.url));
const mmu = 'arch/x86/kvm/mmu/mmu.c';
const tdpMmu = 'arch/x86/kvm/mmu/tdp_mmu.c';

const sound = [
  'memslot-delete',
  'memslot-delete-quirk-off',
  'memslot-delete-quirk-toggled',
  'memslot-delete-idle',
  'memslot-delete-survivor',
  'memslot-move',
  'zap-all-fast',
  'zap-all-fast-no-ad',
  'zap-all-fast-unload',
  'unmap',
  'unmap-range-sparse',
  'unmap-two-ranges',
  'age-no-ad',
  'vm-destroy',
  'vm-destroy-running',
  'vm-destroy-after-delete',
  'release-zap-all-fast',
  'dirty-log',
  'dirty-enable',
  'split-huge',
  'prefault-memslot-delete',
];

describe('the embedded tree as it stands', () => {
  test.each(sound)('%s comes to rest and breaks nothing', id => {
    const result = runScenario(editedTree(tree), id);
    expect(result.unmodelled).toEqual([]);
    expect(result.violations.map(v => `${v.invariant}: ${v.text}`)).toEqual([]);
    expect(result.exhaustive).toBe(true);
    expect(result.quiescent).toBeGreaterThan(0);
  });
});

interface Broken {
  readonly what: string;
  readonly scenario: string;
  readonly edits: readonly Edit[];
  readonly invariants: readonly string[];
}

const broken: readonly Broken[] = [
  {
    what: 'a deletion that only invalidates',
    scenario: 'memslot-delete',
    edits: [{ file: mmu, from: 'kvm_tdp_mmu_zap_invalidated_roots(kvm, true);', to: '{ }' }],
    invariants: ['spte-outlives-memslot', 'notifier-missed-spte', 'stranded-invalid-root'],
  },
  {
    what: 'a fault that does not look at its root',
    scenario: 'memslot-delete-survivor',
    edits: [{ file: mmu, from: 'if (sp && is_obsolete_sp(vcpu->kvm, sp))', to: 'if (0)' }],
    invariants: ['root-freed-unzapped'],
  },
  {
    what: 'page tables freed without a grace period',
    scenario: 'lockless-walk-zap-all-fast',
    edits: [
      {
        file: tdpMmu,
        from: 'call_rcu(&sp->rcu_head, tdp_mmu_free_sp_rcu_callback);',
        to: 'tdp_mmu_free_sp_rcu_callback(&sp->rcu_head);',
      },
    ],
    invariants: ['use-after-free'],
  },
];

describe('the embedded tree with one mistake', () => {
  test.each(broken)('$what is found by $scenario', ({ scenario, edits, invariants }) => {
    const result = runScenario(editedTree(tree, edits), scenario);
    const found = new Set(result.violations.map(v => v.invariant));
    for (const id of invariants) expect([...found]).toContain(id);
  });
});
