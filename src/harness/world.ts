/** The tree and the environment of the scenarios as one lifted unit, and the programs that searches run on. */
import type { MemoryModel } from '../result.ts';
import { kvmConfig } from '../semantics/c/config.ts';
import type { CDiagnostic } from '../semantics/c/diagnostic.ts';
import { FrontCache, loadUnits } from '../semantics/c/front.ts';
import { opaqueNames, shims } from '../semantics/c/shims.ts';
import type { SourceReader } from '../semantics/c/source.ts';
import { findField } from '../semantics/c/types.ts';
import { buildCode, buildProgram, type Code, type Program } from '../semantics/compile/program.ts';
import { Lifter } from '../semantics/lift/lift.ts';
import { modelledNames } from '../semantics/lift/primitives.ts';
import { boundsFunction, boundsText } from './bounds-text.ts';
import { driverTexts } from './drivers/driver-texts.ts';
import { scenarios } from './scenarios/all.ts';
import type { ScenarioThread } from './scenarios/scenario.ts';

/** The MMU's own files, in an order that lets one unit hold them all. */
export const MMU_FILES: readonly string[] = ['tdp_mmu.c', 'tdp_iter.c', 'spte.c', 'mmu.c'].map(
  f => `arch/x86/kvm/mmu/${f}`,
);

export interface WorldSpec {
  readonly id: string;
  readonly threads: readonly ScenarioThread[];
  /** Bounds of the drivers (drivers/prelude.c), e.g. MMD_LEVELS. */
  readonly defines: Readonly<Record<string, string>>;
}

/** What is fixed when the C is read; scenarios of one shape share a unit and its code. */
export interface Shape {
  /** log2 of the entries of a page table. */
  readonly bits: number;
  /** Shadow pages of guest page tables exist. */
  readonly indirect: boolean;
}

export const shapeOf = (spec: WorldSpec): Shape => ({
  bits: Number(spec.defines['MMD_BITS'] ?? 1),
  indirect: spec.defines['MMD_INDIRECT'] === '1',
});
export const shapeKey = (shape: Shape): string => `${shape.bits} ${shape.indirect ? 1 : 0}`;
export const levelsOf = (spec: WorldSpec): number => Number(spec.defines['MMD_LEVELS'] ?? 2);

export interface World {
  readonly shape: Shape;
  readonly lifter: Lifter;
  readonly diagnostics: readonly CDiagnostic[];
  readonly filesRead: readonly string[];
  readonly macros: ReadonlyMap<string, unknown>;
  hasField(tag: string, field: string): boolean;
  /** Code of every scenario of this shape, by the classes that race. */
  code(racing: ReadonlySet<string>): Code;
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
    `#define PTE_PREFETCH_NUM ${2 ** bits}`,
    `#define PMD_SIZE (1ul << (PAGE_SHIFT + ${bits}))`,
    '',
  ].join('\n');
}

/** Sides and shapes share nearly all headers. */
const frontCache = new FrontCache();

/** Functions a scenario starts from. */
export function rootsOf(spec: WorldSpec): string[] {
  return [
    boundsFunction(spec.id),
    'mmd_setup',
    'mmd_at_rest',
    ...new Set(spec.threads.map(t => t.entry)),
  ];
}

/** Parses the tree with the drivers for all scenarios of a shape; `extra` are scenarios of no registry. */
export function loadWorld(
  reader: SourceReader,
  shape: Shape,
  extra: readonly WorldSpec[] = [],
  config: ReadonlyMap<string, string> = kvmConfig,
): World {
  const key = shapeKey(shape);
  const specs = new Map<string, WorldSpec>();
  for (const spec of [...scenarios, ...extra])
    if (shapeKey(shapeOf(spec)) === key) specs.set(spec.id, spec);
  const defines = `#define MMD_BITS ${shape.bits}\n#define MMD_INDIRECT ${shape.indirect ? 1 : 0}\n`;
  const loaded = loadUnits(reader, MMU_FILES, {
    config,
    overrides: geometryOverrides(shape.bits),
    opaque,
    shims,
    cache: frontCache,
    extraUnits: [
      { name: 'shape', text: defines },
      ...driverTexts(),
      { name: 'bounds', text: boundsText([...specs.values()]) },
    ],
  });
  const lifter = new Lifter(loaded.unit);
  const codes = new Map<string, Code>();
  /** Classes that raced in some scenario: a place that does not conflict in another one stays as it is there. */
  const raced = new Set<string>();
  return {
    shape,
    lifter,
    diagnostics: loaded.diagnostics,
    filesRead: loaded.filesRead,
    macros: loaded.macros,
    hasField: (tag, field) => {
      const record = lifter.unit.findTag(tag);
      return record !== null && findField(record, field) !== null;
    },
    code: racing => {
      for (const name of racing) raced.add(name);
      const classes = [...raced].sort().join('\n');
      let code = codes.get(classes);
      if (code === undefined) {
        const roots = [...new Set([...specs.values()].flatMap(rootsOf))];
        code = buildCode(lifter, { roots, bits: shape.bits, racing: new Set(raced) });
        codes.set(classes, code);
      }
      return code;
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

/** How the machine under a scenario behaves: part of every claim's bounds. */
export interface MachineOptions {
  readonly memory: MemoryModel;
  /** Times a thread may give way on request; null for no limit. */
  readonly yields: number | null;
}

export const USUAL_MACHINE: MachineOptions = { memory: 'sc', yields: null };

/**
 * Stands for a bitmap that the kernel sets with locked instructions (virt/kvm/kvm_main.c mark_page_dirty_in_slot()),
 * so that no store buffer holds a bit back.
 */
const SET_AT_ONCE: ReadonlySet<string> = new Set(['mmd_dirty_gfns']);

export function programFor(
  world: World,
  spec: WorldSpec,
  racing: ReadonlySet<string>,
  machine: MachineOptions = USUAL_MACHINE,
): Program {
  return buildProgram(world.code(racing), {
    threads: spec.threads.map(t => ({ name: t.id, entry: t.entry, vcpu: t.vcpu })),
    setup: [boundsFunction(spec.id), 'mmd_setup'],
    preset: new Map([['mmd_bound_levels', levelsOf(spec)]]),
    levels: levelsOf(spec),
    pools: POOLS,
    symmetry: true,
    trackDirty: spec.defines['MMD_TRACK_DIRTY'] === '1',
    accessedDirty: spec.defines['MMD_AD'] !== '0',
    stackCells: 700,
    memory: machine.memory,
    yields: machine.yields,
    unbuffered: SET_AT_ONCE,
  });
}
