/** The tree and a scenario's environment as one lifted unit, and the program a search runs on. */
import { kvmConfig } from '../semantics/c/config.ts';
import type { CDiagnostic } from '../semantics/c/diagnostic.ts';
import { FrontCache, loadUnits } from '../semantics/c/front.ts';
import { opaqueNames, shims } from '../semantics/c/shims.ts';
import type { SourceReader } from '../semantics/c/source.ts';
import { findField } from '../semantics/c/types.ts';
import { buildProgram, type Program } from '../semantics/compile/program.ts';
import { Lifter } from '../semantics/lift/lift.ts';
import { modelledNames } from '../semantics/lift/primitives.ts';
import { driverTexts } from './drivers/driver-texts.ts';
import type { ScenarioThread } from './scenarios/scenario.ts';

/** The MMU's own files, in an order that lets one unit hold them all. */
export const MMU_FILES: readonly string[] = ['tdp_mmu.c', 'tdp_iter.c', 'spte.c', 'mmu.c'].map(
  f => `arch/x86/kvm/mmu/${f}`,
);

export interface WorldSpec {
  readonly threads: readonly ScenarioThread[];
  /** `#define`s of the driver's bounds, e.g. MMD_LEVELS. */
  readonly defines: Readonly<Record<string, string>>;
}

export interface World {
  readonly lifter: Lifter;
  readonly diagnostics: readonly CDiagnostic[];
  readonly filesRead: readonly string[];
  readonly macros: ReadonlyMap<string, unknown>;
  hasField(tag: string, field: string): boolean;
}

const opaque = new Set([...opaqueNames, ...modelledNames]);

/** Geometry overrides: two entries a table unless a scenario says otherwise; part of every claim's bounds. */
export function geometryOverrides(bits: number): string {
  return [
    `#define SPTE_LEVEL_BITS ${bits}`,
    `#define PT64_LEVEL_BITS ${bits}`,
    `#define KVM_HPAGE_GFN_SHIFT(x) (((x) - 1) * ${bits})`,
    `#define KVM_HPAGE_SHIFT(x) (PAGE_SHIFT + KVM_HPAGE_GFN_SHIFT(x))`,
    `#define KVM_PAGES_PER_HPAGE(x) (1ul << KVM_HPAGE_GFN_SHIFT(x))`,
    '#define KVM_MIN_FREE_MMU_PAGES 1ul',
    '#define KVM_REFILL_PAGES 1ul',
    '#define BATCH_ZAP_PAGES 1',
    '',
  ].join('\n');
}

export const bitsOf = (spec: WorldSpec): number => Number(spec.defines['MMD_BITS'] ?? 1);
export const levelsOf = (spec: WorldSpec): number => Number(spec.defines['MMD_LEVELS'] ?? 2);

/** Sides and scenarios share nearly all headers. */
const frontCache = new FrontCache();

export function loadWorld(reader: SourceReader, spec: WorldSpec): World {
  const defines = Object.entries(spec.defines)
    .map(([name, value]) => `#define ${name} ${value}\n`)
    .join('');
  const loaded = loadUnits(reader, MMU_FILES, {
    config: kvmConfig,
    overrides: geometryOverrides(bitsOf(spec)),
    opaque,
    shims,
    cache: frontCache,
    extraUnits: [{ name: 'scenario', text: defines }, ...driverTexts()],
  });
  const lifter = new Lifter(loaded.unit);
  return {
    lifter,
    diagnostics: loaded.diagnostics,
    filesRead: loaded.filesRead,
    macros: loaded.macros,
    hasField: (tag, field) => {
      const record = lifter.unit.findTag(tag);
      return record !== null && findField(record, field) !== null;
    },
  };
}

/** Objects of each kind the search may have alive at once: a bound, said when it is hit. */
export const POOLS: Readonly<Record<string, number>> = {
  'shadow-page': 12,
  'page-table': 12,
  'list-descriptor': 4,
  misc: 12,
};

export function programFor(
  world: World,
  spec: WorldSpec,
  racing: ReadonlySet<string>,
  symmetry = true,
): Program {
  return buildProgram(world.lifter, {
    threads: spec.threads.map(t => ({ name: t.id, entry: t.entry, vcpu: t.vcpu })),
    setup: 'mmd_setup',
    levels: levelsOf(spec),
    bits: bitsOf(spec),
    pools: POOLS,
    racing,
    symmetry,
    trackDirty: spec.defines['MMD_TRACK_DIRTY'] === '1',
    stackCells: 700,
  });
}
