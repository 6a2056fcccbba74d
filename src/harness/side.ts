/** One side of a patch as models: which functions it has, what they mean, which scenarios reach them. */
import type { SourceReader } from '../semantics/c/source.ts';
import { fingerprintModel } from '../semantics/ir/fingerprint.ts';
import type { Stmt } from '../semantics/ir/ir.ts';
import { REPLACE_PREFIX } from '../semantics/lift/calls.ts';
import { scenarios } from './scenarios/all.ts';
import type { Need, Scenario } from './scenarios/scenario.ts';
import { loadWorld, type World } from './world.ts';

export interface SideModels {
  readonly world: World;
  /** Fingerprint of every function of the MMU's files, and of whatever a scenario reaches. */
  readonly fingerprints: ReadonlyMap<string, string>;
  /** File of each of those functions. */
  readonly files: ReadonlyMap<string, string>;
  readonly filesRead: ReadonlySet<string>;
  /** Functions a scenario's threads can reach. */
  reaches(scenario: Scenario): ReadonlySet<string>;
  has(need: Need): boolean;
  /** Why a scenario's own threads do not fit this kernel, or null when they do. */
  gap(scenario: Scenario): string | null;
  /** Lines of a file on which statements of the named functions stand. */
  statements(file: string, functions: ReadonlyMap<string, unknown>): readonly number[];
}

const isOurs = (file: string): boolean => file.startsWith('<');
const isMmu = (file: string): boolean => file.startsWith('arch/x86/kvm/');

/** Parses and lifts a side once, with every thread of every scenario in view. */
export function loadSide(reader: SourceReader): SideModels {
  const world = loadWorld(reader, {
    threads: [],
    defines: { MMD_NR_VCPUS: '2', MMD_NR_SLOTS: '2' },
  });
  const { lifter } = world;
  const fingerprints = new Map<string, string>();
  const files = new Map<string, string>();
  const reach = new Map<string, ReadonlySet<string>>();
  const note = (name: string): void => {
    if (fingerprints.has(name)) return;
    const model = lifter.function(name);
    if (model === null || isOurs(model.loc.file)) return;
    fingerprints.set(name, fingerprintModel(model));
    files.set(name, model.loc.file);
  };
  for (const [name, definition] of lifter.unit.functions) {
    if (isMmu(lifter.unit.unit.tokens[definition.at]?.file ?? '')) note(name);
  }
  const reaches = (scenario: Scenario): ReadonlySet<string> => {
    const key = scenario.threads
      .map(t => t.entry)
      .sort()
      .join();
    let known = reach.get(key);
    if (known === undefined) {
      known = new Set(lifter.closure(['mmd_setup', ...scenario.threads.map(t => t.entry)]).keys());
      reach.set(key, known);
    }
    return known;
  };
  for (const scenario of scenarios) for (const name of reaches(scenario)) note(name);
  return {
    world,
    fingerprints,
    files,
    reaches,
    filesRead: new Set(world.filesRead),
    statements: (file, functions) => {
      const lines = new Set<number>();
      for (const name of functions.keys()) {
        const model = lifter.function(name);
        if (model !== null && model.loc.file === file) statementLines(model.body, file, lines);
      }
      return [...lines].sort((a, b) => a - b);
    },
    gap: scenario => {
      for (const name of reaches(scenario)) {
        const model = lifter.function(name);
        if (model === null || !isOurs(model.loc.file)) continue;
        const missing = model.unsupported.find(
          u => u.code === 'no-body' || u.code === 'no-member' || u.code === 'unknown-name',
        );
        if (missing !== undefined) return missing.message;
      }
      return null;
    },
    has: need => {
      if (need.kind === 'function') return lifter.unit.functions.has(need.name);
      if (need.kind === 'macro') return world.macros.has(need.name);
      const [tag, field] = need.name.split('.');
      return world.hasField(tag ?? '', field ?? '');
    },
  };
}

function statementLines(body: readonly Stmt[], file: string, into: Set<number>): void {
  for (const s of body) {
    const isCode =
      s.kind === 'expr' ||
      s.kind === 'return' ||
      s.kind === 'goto' ||
      (s.kind === 'declare' && s.init !== null);
    if (isCode && s.loc.file === file) into.add(s.loc.line);
    if (s.kind === 'block') statementLines(s.body, file, into);
    else if (s.kind === 'if')
      statementLines(s.otherwise === null ? [s.then] : [s.then, s.otherwise], file, into);
    else if (s.kind === 'loop' || s.kind === 'switch') statementLines([s.body], file, into);
  }
}

export interface ChangedFunctions {
  /** Names whose meaning differs, or that only one side has. */
  readonly names: ReadonlySet<string>;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export function changedFunctions(before: SideModels, after: SideModels): ChangedFunctions {
  const names = new Set<string>();
  const added: string[] = [];
  const removed: string[] = [];
  for (const [name, print] of after.fingerprints) {
    const was = before.fingerprints.get(name);
    if (was === print) continue;
    names.add(name);
    if (was === undefined) added.push(name);
  }
  for (const name of before.fingerprints.keys()) {
    if (after.fingerprints.has(name)) continue;
    names.add(name);
    removed.push(name);
  }
  return { names, added: added.sort(), removed: removed.sort() };
}

/** Functions whose body a driver stands in for: a change to them cannot be seen. */
export function replacedFunctions(side: SideModels): ReadonlySet<string> {
  const out = new Set<string>();
  for (const name of side.world.lifter.unit.functions.keys()) {
    if (name.startsWith(REPLACE_PREFIX)) out.add(name.slice(REPLACE_PREFIX.length));
  }
  return out;
}
