import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { kvmConfig } from '../../../src/semantics/c/config.ts';
import { loadUnits } from '../../../src/semantics/c/front.ts';
import { opaqueNames, shims } from '../../../src/semantics/c/shims.ts';
import { compileReferences } from '../../../src/semantics/compile/from-typescript/compile.ts';
import { compileProgram } from '../../../src/semantics/compile/program.ts';
import type { ModelFunction } from '../../../src/semantics/ir/ir.ts';
import { Lifter } from '../../../src/semantics/lift/lift.ts';
import { modelledNames } from '../../../src/semantics/lift/primitives.ts';
import { references } from '../../../src/semantics/models/references.ts';
import { diskReader, hasTree, mmuFiles, treeRoot } from '../c/kernel-tree.ts';

/** Three roots; references taken, dropped, invalidated and zapped as the bits of a number say. */
const driver = `
static struct kvm mmd_kvm; static struct kvm_mmu_page *mmd_roots[3]; u64 mmd_in[1]; u64 mmd_out[8];
static int mmd_zaps; static struct kvm_vcpu mmd_vcpu; static struct kvm_memory_slot mmd_slot;
static int mmd_request_free_obsolete_roots(void) { return KVM_REQ_MMU_FREE_OBSOLETE_ROOTS; }
void mmd_idle(void) {}
static void mmd_replace__tdp_mmu_zap_root(struct kvm *kvm, struct kvm_mmu_page *root, bool shared) { mmd_zaps++; }
bool mmd_replace__kvm_make_all_cpus_request(struct kvm *kvm, unsigned int req) { kvm_make_request(req, &mmd_vcpu); return true; }
static void mmd_replace__kvm_zap_obsolete_pages(struct kvm *kvm) { mmd_zaps += 100; }
static struct kvm_mmu_page *mmd_replace__root_to_sp(hpa_t root) { return root ? mmd_roots[0] : NULL; }
static void mmd_note(u64 what) { mmd_out[7] = mmd_out[7] * 31 + what; }
void mmd_play(void)
{
	u64 script = mmd_in[0]; struct kvm_mmu_page *root; int i, step;
	INIT_LIST_HEAD(&mmd_kvm.arch.tdp_mmu_roots);
	for (i = 0; i < 3; i++) {
		root = mmd_roots[i] = kmem_cache_zalloc(mmu_page_header_cache, 0);
		root->role.level = 4; root->tdp_mmu_page = true; refcount_set(&root->tdp_mmu_root_count, 2 + (script >> i & 1));
		root->role.invalid = script >> (i + 3) & 1; list_add_tail(&root->link, &mmd_kvm.arch.tdp_mmu_roots);
	}
	mmd_vcpu.kvm = &mmd_kvm; mmd_vcpu.arch.mmu = &mmd_vcpu.arch.root_mmu; mmd_vcpu.arch.root_mmu.root.hpa = script >> 42 & 1;
	tdp_mmu_enabled = script >> 43 & 1; mmd_kvm.mmu_invalidate_seq = script >> 44 & 3; mmd_kvm.mmu_invalidate_in_progress = script >> 46 & 1;
	mmd_kvm.mmu_invalidate_range_start = 2; mmd_kvm.mmu_invalidate_range_end = 4;
	if (script >> 41 & 1) { mutex_lock(&mmd_kvm.slots_lock); kvm_mmu_zap_all_fast(&mmd_kvm); mutex_unlock(&mmd_kvm.slots_lock); }
	read_lock(&mmd_kvm.mmu_lock);
	for (step = 0; step < 4; step++) {
		root = mmd_roots[script >> (8 + step * 2) & 1];
		switch (script >> (20 + step * 3) & 3) {
		case 0: if (kvm_tdp_mmu_get_root(root)) { mmd_note(1); kvm_tdp_mmu_put_root(&mmd_kvm, root); } break;
		case 1: root = NULL; for (i = 0; i < 8 && (root = tdp_mmu_next_root(&mmd_kvm, root, script >> 40 & 1)); i++) mmd_note(root == mmd_roots[0] ? 3 : root == mmd_roots[1] ? 5 : 7); break;
		case 2: read_unlock(&mmd_kvm.mmu_lock); write_lock(&mmd_kvm.mmu_lock); kvm_tdp_mmu_invalidate_all_roots(&mmd_kvm); write_unlock(&mmd_kvm.mmu_lock); read_lock(&mmd_kvm.mmu_lock); break;
		default: read_unlock(&mmd_kvm.mmu_lock); kvm_tdp_mmu_zap_invalidated_roots(&mmd_kvm); read_lock(&mmd_kvm.mmu_lock); mmd_note(mmd_zaps); break;
		}
	}
	for (i = 0; i < 3; i++) {
		mmd_out[i] = refcount_read(&mmd_roots[i]->tdp_mmu_root_count) | (u64)mmd_roots[i]->role.invalid << 8 | (u64)mmd_roots[i]->tdp_mmu_scheduled_root_to_zap << 9;
	}
	i = 0; list_for_each_entry(root, &mmd_kvm.arch.tdp_mmu_roots, link) i++;
	{
		struct kvm_page_fault fault = { .slot = script >> 47 & 1 ? &mmd_slot : NULL, .mmu_seq = script >> 48 & 3, .gfn = script >> 50 & 7 };
		mmd_out[5] = is_page_fault_stale(&mmd_vcpu, &fault) | mmd_kvm.arch.mmu_valid_gen << 1;
		mmd_out[6] = mmd_vcpu.requests;
	}
	mmd_out[3] = i; mmd_out[4] = mmd_zaps;
	read_unlock(&mmd_kvm.mmu_lock);
}
`;

class WithReferences extends Lifter {
  models: ReadonlyMap<string, ModelFunction> = new Map();
  override function(name: string): ModelFunction | null {
    return this.models.get(name) ?? super.function(name);
  }
}

function load(version: string): WithReferences {
  const loaded = loadUnits(diskReader(treeRoot(version)), mmuFiles, {
    config: kvmConfig,
    overrides: '',
    opaque: new Set([...opaqueNames, ...modelledNames]),
    shims,
    extraUnits: [{ name: 'driver.c', text: driver }],
  });
  expect(loaded.diagnostics).toEqual([]);
  return new WithReferences(loaded.unit);
}

/** Output words and complaints for each script. */
function play(lifter: Lifter, scripts: readonly bigint[]): string[] {
  const program = compileProgram(lifter, {
    threads: [{ name: 'idle', entry: 'mmd_idle', vcpu: null }],
    setup: ['mmd_play'],
    levels: 4,
    bits: 1,
    pools: { 'shadow-page': 4, 'page-table': 4, 'list-descriptor': 1, misc: 1 },
    racing: new Set(),
    symmetry: false,
    trackDirty: false,
    stackCells: 2000,
  });
  const { machine, unit } = program;
  const cell = (name: string): number => {
    const global = lifter.unit.globals.get(name);
    return global === undefined ? 0 : unit.globalCell(global);
  };
  const [input, output] = [cell('mmd_in'), cell('mmd_out')];
  const reset = machine.state.reset;
  return scripts.map(script => {
    machine.state.reset = () => {
      reset();
      machine.state.write(input, Number(BigInt.asIntN(32, script)));
      machine.state.write(input + 1, Number(BigInt.asIntN(32, script >> 32n)));
    };
    let end = '';
    try {
      program.start();
    } catch (error) {
      end = String(error).replace(/\d+/g, '');
    }
    const complaints = machine.violations.map(v => v.invariant);
    return [...machine.S.slice(output, output + 16), ...complaints, end].join(' ');
  });
}

const epochs = ['6.12.94', '6.12.117'].filter(hasTree);

describe.each(epochs)('reference models on %s', version => {
  test('do in sequence what the lifted helpers do', async () => {
    const plain = load(version);
    const replaced = load(version);
    const models = new Map<string, ModelFunction>();
    for (const file of new Set(references.map(r => r.file))) {
      const compiled = await compileReferences(replaced, file, readFileSync(`src/${file}`, 'utf8'));
      expect([...compiled.refused]).toEqual([]);
      for (const [name, model] of compiled.models) models.set(name, model);
    }
    expect([...models.keys()].sort()).toEqual(references.map(r => r.name).sort());
    replaced.models = models;
    let state = 12345n;
    const scripts = Array.from({ length: 2000 }, () => {
      state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
      return state >> 11n;
    });
    const expected = play(plain, scripts);
    expect(play(replaced, scripts)).toEqual(expected);
    expect(new Set(expected).size).toBeGreaterThan(20);
  });
});
