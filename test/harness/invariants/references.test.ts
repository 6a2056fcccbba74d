import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Edit, editedTree, runScenario } from '../scenarios/run-scenario.ts';

const tree = fileURLToPath(new URL('../../../fixtures/linux/', import.meta.url));
const tdpMmu = 'arch/x86/kvm/mmu/tdp_mmu.c';
const tdpMmuHeader = 'arch/x86/kvm/mmu/tdp_mmu.h';
const mmu = 'arch/x86/kvm/mmu/mmu.c';
const mine = new Set(['gifted-reference', 'foreign-put', 'root-resurrected']);

function found(scenario: string, edits: readonly Edit[]): string[] {
  const { violations } = runScenario(editedTree(tree, edits), scenario);
  return [...new Set(violations.filter(v => mine.has(v.invariant)).map(v => v.text))].sort();
}

const zapThenPut =
  'tdp_mmu_zap_root(kvm, root, shared);\n\n\t\t/* The walk has a reference of its own, so this one is not the last. */\n\t\tkvm_tdp_mmu_put_root(kvm, root);';
const unloadPut = '\t\tkvm_tdp_mmu_put_root(kvm, sp);';
const firstPut = 'if (!refcount_dec_and_test(&root->tdp_mmu_root_count))\n\t\treturn;';

/** Correct code written otherwise: same owners, other names, places and primitives. */
const sound: readonly [string, string, readonly Edit[]][] = [
  ['as it stands', 'zap-all-fast-unload', []],
  ['as it stands, twice in a row', 'zap-all-fast-twice', []],
  ['as it stands, to the end of the VM', 'vm-destroy', []],
  [
    'a new root is counted up step by step',
    'zap-all-fast',
    [
      {
        file: tdpMmu,
        from: 'refcount_set(&root->tdp_mmu_root_count, 2);',
        to: 'refcount_set(&root->tdp_mmu_root_count, 1);\n\trefcount_inc(&root->tdp_mmu_root_count);',
      },
    ],
  ],
  [
    'a new root is counted up once it can be seen',
    'zap-all-fast',
    [
      {
        file: tdpMmu,
        from: 'refcount_set(&root->tdp_mmu_root_count, 2);\n\tlist_add_rcu(&root->link, &kvm->arch.tdp_mmu_roots);',
        to: 'refcount_set(&root->tdp_mmu_root_count, 1);\n\tlist_add_rcu(&root->link, &kvm->arch.tdp_mmu_roots);\n\trefcount_inc(&root->tdp_mmu_root_count);',
      },
    ],
  ],
  [
    'the zapper puts both references at once',
    'zap-all-fast',
    [
      {
        file: tdpMmu,
        from: zapThenPut,
        to: 'tdp_mmu_zap_root(kvm, root, shared);\n\t\trefcount_dec(&root->tdp_mmu_root_count);',
      },
    ],
  ],
  [
    'the put comes first, under the reference of the walk',
    'zap-all-fast',
    [
      {
        file: tdpMmu,
        from: zapThenPut,
        to: 'kvm_tdp_mmu_put_root(kvm, root);\n\t\ttdp_mmu_zap_root(kvm, root, shared);',
      },
    ],
  ],
  [
    'get and put have other names',
    'zap-all-fast-unload',
    [
      { file: tdpMmuHeader, from: 'return refcount_inc_not_zero(', to: 'return hold_me(' },
      {
        file: tdpMmuHeader,
        from: '__must_check static inline bool kvm_tdp_mmu_get_root',
        to: 'static inline bool hold_me(refcount_t *count)\n{\n\treturn refcount_inc_not_zero(count);\n}\n\n__must_check static inline bool kvm_tdp_mmu_get_root',
      },
    ],
  ],
];

describe('sound', { timeout: 120_000 }, () => {
  test.each(sound)('%s: %s', (_what, scenario, edits) => {
    expect(found(scenario, edits)).toEqual([]);
  });
});

const unzapped =
  'the reference that an invalid root keeps for its zapper is put before the root is zapped';
const broken: readonly [string, string, readonly Edit[], readonly string[]][] = [
  [
    'gifted-reference: a zapper that only puts',
    'memslot-delete',
    [{ file: tdpMmu, from: zapThenPut, to: 'kvm_tdp_mmu_put_root(kvm, root);' }],
    [unzapped],
  ],
  [
    'gifted-reference: every fast zap puts, also for roots zapped before',
    'zap-all-fast-twice',
    [
      {
        file: tdpMmu,
        from: 'if (!root->tdp_mmu_scheduled_root_to_zap)\n\t\t\tcontinue;',
        to: 'if (!root->role.invalid)\n\t\t\tcontinue;',
      },
    ],
    [
      'an operation puts a reference to a TDP root that somebody else owns',
      'the reference that an invalid root keeps for its zapper is put more than once',
    ],
  ],
  [
    'foreign-put: an unload that puts twice',
    'zap-all-fast-unload',
    [
      {
        file: mmu,
        from: unloadPut,
        to: `${unloadPut.replace(';', '; kvm_tdp_mmu_put_root(kvm, sp);')}`,
      },
    ],
    ['a vCPU puts the reference that the MMU itself has to a valid TDP root'],
  ],
  [
    'foreign-put: a count forced to zero',
    'zap-all-fast',
    [
      {
        file: tdpMmu,
        from: zapThenPut,
        to: 'tdp_mmu_zap_root(kvm, root, shared);\n\t\trefcount_set(&root->tdp_mmu_root_count, 0);',
      },
    ],
    ['the count of a TDP root is set to zero instead of being put'],
  ],
  [
    'root-resurrected: a walk that takes what is there',
    'zap-all-fast-unmap',
    [
      {
        file: tdpMmuHeader,
        from: 'return refcount_inc_not_zero(&root->tdp_mmu_root_count);',
        to: 'refcount_inc(&root->tdp_mmu_root_count);\n\treturn true;',
      },
      // Without a lock between the last put and the unlinking there is a moment to see it in.
      {
        file: tdpMmu,
        from: firstPut,
        to: `${firstPut}\n\n\tread_unlock(&kvm->mmu_lock);\n\tread_lock(&kvm->mmu_lock);`,
      },
    ],
    ['a reference to a TDP root is taken from zero'],
  ],
];

describe('broken', { timeout: 120_000 }, () => {
  test.each(broken)('%s (%s)', (_what, scenario, edits, texts) => {
    const all = found(scenario, edits);
    for (const text of texts) expect(all).toContain(text);
  });
});
