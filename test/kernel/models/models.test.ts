import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, test } from 'vitest';
import { dataOf, modelsText } from '../../../src/cli/run-models.ts';
import { loadTreeModels, type TreeModels } from '../../../src/cli/tree-models.ts';
import { hasTree, kernelVersions, treeRoot } from '../c/kernel-tree.ts';

/** The closure of these must lift wherever the kernel has them. */
const entryPoints = `
kvm_mmu_zap_all_fast kvm_arch_flush_shadow_memslot kvm_mmu_free_obsolete_roots kvm_tdp_mmu_invalidate_all_roots
kvm_tdp_mmu_invalidate_roots kvm_tdp_mmu_zap_invalidated_roots kvm_tdp_mmu_put_root kvm_tdp_mmu_get_vcpu_root_hpa
kvm_tdp_mmu_alloc_root kvm_tdp_mmu_page_fault direct_page_fault make_spte kvm_tdp_mmu_unmap_gfn_range
kvm_tdp_mmu_zap_leafs kvm_tdp_mmu_wrprot_slot kvm_tdp_mmu_clear_dirty_pt_masked kvm_tdp_mmu_try_split_huge_pages
kvm_tdp_mmu_zap_all kvm_mmu_uninit_tdp_mmu kvm_mmu_load fast_page_fault kvm_recover_nx_huge_pages
__kvm_mmu_prepare_zap_page kvm_mmu_commit_zap_page kvm_zap_obsolete_pages
`
  .trim()
  .split(/\s+/);

const isExternal = (code: string): boolean => code === 'no-body' || code === 'static-call';

describe.each(kernelVersions.filter(hasTree))('models of %s', version => {
  let models: TreeModels | null = null;
  const ready = (): TreeModels => {
    if (models !== null) return models;
    const loaded = loadTreeModels(treeRoot(version), undefined);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
    models = loaded.value;
    return models;
  };
  afterAll(() => models?.trees.dispose());

  test('the C of all four files parses without a complaint', () => {
    expect(ready().diagnostics.filter(d => d.severity === 'error')).toEqual([]);
  });

  test('at least 95 in 100 functions are lifted', () => {
    const { helpers } = ready();
    const lifted = helpers.filter(h => h.status === 'lifted').length;
    expect(helpers.length).toBeGreaterThan(400);
    expect(lifted / helpers.length).toBeGreaterThanOrEqual(0.95);
  });

  test('everything the entry points need is lifted', () => {
    const { lifter } = ready();
    const present = entryPoints.filter(name => lifter.unit.functions.has(name));
    expect(present.length).toBeGreaterThanOrEqual(10);
    const gaps = [...lifter.closure(present).values()].flatMap(m =>
      m.unsupported.filter(u => !isExternal(u.code)).map(u => `${m.name}: ${u.message}`),
    );
    expect(gaps).toEqual([]);
  });

  test('the list keeps to its schema', () => {
    const schema = JSON.parse(readFileSync('docs/schema/models.json', 'utf8'));
    const validate = new Ajv2020({ strict: false }).compile(schema);
    const data = dataOf(ready());
    validate(JSON.parse(JSON.stringify(data)));
    expect(validate.errors ?? []).toEqual([]);
    expect(modelsText(data, false)).toContain('functions lifted');
  });
});
