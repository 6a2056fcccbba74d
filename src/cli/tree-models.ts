/** A tree's base state as lifted models: what `models` and `doctor` share. */
import { readFileSync } from 'node:fs';
import { type Diagnostic, errorDiagnostic, failure, type Result, success } from '../diagnostic.ts';
import { buildTrees } from '../diff/build-trees.ts';
import type { Series, Trees } from '../diff/types.ts';
import { MMU_FILES } from '../harness/world.ts';
import { kvmConfig } from '../semantics/c/config.ts';
import { loadUnits } from '../semantics/c/front.ts';
import { opaqueNames, shims } from '../semantics/c/shims.ts';
import { Lifter } from '../semantics/lift/lift.ts';
import { modelledNames } from '../semantics/lift/primitives.ts';
import { type HelperEntry, inventory } from '../semantics/models/inventory.ts';
import { embeddedTree } from './package.ts';

export interface TreeModels {
  readonly path: string;
  readonly embedded: boolean;
  readonly trees: Trees;
  readonly lifter: Lifter;
  readonly helpers: readonly HelperEntry[];
  /** Of the tree and of its C. */
  readonly diagnostics: readonly Diagnostic[];
}

/** For commands that read a tree and no mail. */
export const nothingToApply: Series = {
  subject: '',
  version: null,
  total: 0,
  patches: [],
  coverLetter: null,
  missing: [],
  reconstructed: false,
  isRange: false,
  baseCommit: null,
  candidates: [],
  diagnostics: [],
};

const isMmu = (file: string): boolean =>
  file.startsWith('arch/x86/kvm/mmu/') && !file.endsWith('.h');
/** Included by mmu.c once per kind of guest paging: its functions count as the MMU's. */
const template = 'arch/x86/kvm/mmu/paging_tmpl.h';

/** Reads and lifts `DIR[@REV]`, or the embedded tree. Dispose of `trees` when done. */
export function loadTreeModels(
  tree: string | undefined,
  base: string | undefined,
): Result<TreeModels> {
  const path = tree ?? embeddedTree();
  const built = buildTrees(nothingToApply, path, { base: base ?? null });
  if (!built.ok) return built;
  const side = built.value.sides[0];
  if (side === undefined) return failure(...built.value.diagnostics);
  const loaded = loadUnits(side, MMU_FILES, {
    config: kvmConfig,
    overrides: '',
    opaque: new Set([...opaqueNames, ...modelledNames]),
    shims,
  });
  const found = loaded.diagnostics.map(d =>
    errorDiagnostic(d.code, d.message, { file: d.file, line: d.line }),
  );
  const lifter = new Lifter(loaded.unit);
  const helpers = inventory(lifter, file => isMmu(file) || file === template);
  return success({
    path,
    embedded: tree === undefined,
    trees: built.value,
    lifter,
    helpers,
    diagnostics: [...built.value.diagnostics, ...found],
  });
}

/** The runtime that emitted models import, as it stands in the sources. */
export function runtimeText(): string {
  return readFileSync(new URL('../semantics/print/runtime.ts', import.meta.url), 'utf8');
}
