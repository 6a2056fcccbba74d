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
  {
    what: 'an unmap that owes a flush and forgets it',
    scenario: 'unmap-range',
    edits: [{ file: tdpMmu, from: 'if (!root->role.invalid)\n\t\t\tflush = true;', to: '' }],
    invariants: ['missed-tlb-flush'],
  },
  {
    what: 'a notifier that leaves invalid roots alone',
    scenario: 'zap-all-fast-unmap',
    edits: [
      {
        file: tdpMmu,
        from: 'kvm_gfn_range_filter_to_root_types(kvm, range->attr_filter) | KVM_INVALID_ROOTS;',
        to: 'kvm_gfn_range_filter_to_root_types(kvm, range->attr_filter);',
      },
    ],
    invariants: ['notifier-missed-spte'],
  },
  {
    what: 'a request that comes after the lock was dropped',
    scenario: 'zap-all-fast-unmap',
    edits: [
      {
        file: mmu,
        from: 'KVM_DIRECT_ROOTS);\n\n\tkvm_make_all_cpus_request(kvm, KVM_REQ_MMU_FREE_OBSOLETE_ROOTS);',
        to: 'KVM_DIRECT_ROOTS);',
      },
      {
        file: mmu,
        from: '\tif (tdp_mmu_enabled)\n\t\tkvm_tdp_mmu_zap_invalidated_roots(kvm, true);',
        to: '\tkvm_make_all_cpus_request(kvm, KVM_REQ_MMU_FREE_OBSOLETE_ROOTS);\n\tkvm_tdp_mmu_zap_invalidated_roots(kvm, true);',
      },
    ],
    invariants: ['missed-tlb-flush'],
  },
  {
    what: 'a root without the reference of the MMU',
    scenario: 'zap-all-fast',
    edits: [
      {
        file: tdpMmu,
        from: 'refcount_set(&root->tdp_mmu_root_count, 2);',
        to: 'refcount_set(&root->tdp_mmu_root_count, 1);',
      },
    ],
    invariants: ['refcount-misuse', 'root-freed-unzapped'],
  },
  {
    what: 'a zapper that keeps its reference',
    scenario: 'zap-all-fast',
    edits: [
      {
        file: tdpMmu,
        from: 'tdp_mmu_zap_root(kvm, root, shared);\n\n\t\t/* The walk has a reference of its own, so this one is not the last. */\n\t\tkvm_tdp_mmu_put_root(kvm, root);',
        to: 'tdp_mmu_zap_root(kvm, root, shared);',
      },
    ],
    invariants: ['stranded-invalid-root'],
  },
  {
    what: 'a fast zap that does not unlock between its halves',
    scenario: 'memslot-delete-idle',
    edits: [
      {
        file: mmu,
        from: 'write_unlock(&kvm->mmu_lock);\n\n\t__kvm_mmu_zap_all_fast_back_half(kvm);',
        to: '__kvm_mmu_zap_all_fast_back_half(kvm);',
      },
    ],
    invariants: ['lockdep-assertion', 'deadlock'],
  },
  {
    what: 'roots unlinked as if nobody walked them',
    scenario: 'age-zap-all-fast',
    edits: [{ file: tdpMmu, from: 'list_del_rcu(&root->link);', to: 'list_del(&root->link);' }],
    invariants: ['use-after-free'],
  },
  {
    what: 'a fault that takes its sequence after the page',
    scenario: 'unmap',
    edits: [
      {
        file: mmu,
        from: 'mmu_invalidate_retry_gfn(vcpu->kvm, fault->mmu_seq, fault->gfn);',
        to: 'false;',
      },
    ],
    invariants: ['notifier-missed-spte'],
  },
];

describe('the embedded tree with one mistake', () => {
  test.each(broken)('$what is found by $scenario', ({ scenario, edits, invariants }) => {
    const result = runScenario(editedTree(tree, edits), scenario);
    const found = new Set(result.violations.map(v => v.invariant));
    for (const id of invariants) expect([...found]).toContain(id);
  });
});

test('what is no C is not run as if it were: an array cannot be assigned', () => {
  const frontHalf = '\t__kvm_mmu_zap_all_fast_front_half(kvm);';
  const edit: Edit = {
    file: mmu,
    from: frontHalf,
    to: `\t{ u64 a[2], *b = NULL; a = b; }\n${frontHalf}`,
  };
  const result = runScenario(editedTree(tree, [edit]), 'zap-all-fast');
  expect(result.unmodelled.map(u => u.message).join()).toContain('assignment to an array');
  expect(result.violations).toEqual([]);
});
