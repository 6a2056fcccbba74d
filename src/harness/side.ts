/**
 * One side of a patch as models: which functions it has, what they mean, which scenarios reach them. Plain data, so
 * that the thread that parses a side can hand it to the one that compares sides.
 */
import { kvmConfig } from '../semantics/c/config.ts';
import type { CDiagnostic } from '../semantics/c/diagnostic.ts';
import type { SourceReader } from '../semantics/c/source.ts';
import { visit } from '../semantics/compile/program.ts';
import { type Condition, conditionsOf } from '../semantics/ir/conditions.ts';
import { fingerprintModel } from '../semantics/ir/fingerprint.ts';
import type { Expr, ModelFunction, Stmt } from '../semantics/ir/ir.ts';
import { REPLACE_PREFIX } from '../semantics/lift/calls.ts';
import { bodiesFollowedBy } from './drivers/mirrored.ts';
import { scenarios } from './scenarios/all.ts';
import type { Need, Scenario } from './scenarios/scenario.ts';
import { StandIns } from './stand-ins.ts';
import { loadWorld, rootsOf, type Shape, shapeKey, shapeOf, type World } from './world.ts';

/** What a side says of one scenario. */
export interface ScenarioFit {
  /** Functions its threads can reach. */
  readonly reached: ReadonlySet<string>;
  /** Bodies of the tree that it does not run because something stands in for them. */
  readonly standIns: ReadonlySet<string>;
  /** Something it needs that the tree has not, or null. */
  readonly missing: string | null;
  /** Why its own threads do not fit this kernel, or null when they do. */
  readonly gap: string | null;
}

/** An operand of a test; see semantics/ir/conditions.ts. */
export type SideCondition = Pick<Condition, 'key' | 'asks' | 'decides'> &
  Pick<Condition['loc'], 'file' | 'line'>;

export interface SideModels {
  readonly diagnostics: readonly CDiagnostic[];
  /** Fingerprint of every function of the MMU's files, and of whatever a scenario reaches. */
  readonly fingerprints: ReadonlyMap<string, string>;
  /** File of each of those functions. */
  readonly files: ReadonlyMap<string, string>;
  readonly filesRead: ReadonlySet<string>;
  readonly fits: ReadonlyMap<string, ScenarioFit>;
  /** Lines on which statements of each function stand. */
  readonly statements: ReadonlyMap<string, readonly number[]>;
  /** What each function tells stand-ins in vain. */
  readonly standInCalls: ReadonlyMap<string, readonly string[]>;
  /** By function whose result is used: bodies that call it and that stand-ins run instead of. */
  readonly replacedCallers: ReadonlyMap<string, readonly string[]>;
  /** Operands of each function's tests. */
  readonly conditions: ReadonlyMap<string, readonly SideCondition[]>;
  /** Functions whose body a driver stands in for: a change to them cannot be seen. */
  readonly replaced: ReadonlySet<string>;
}

const isOurs = (file: string): boolean => file.startsWith('<');
const isMmu = (file: string): boolean => file.startsWith('arch/x86/kvm/');

/** The worlds of a side, one a shape, made when first asked for. */
export class SideWorlds {
  private readonly reader: SourceReader;
  private readonly config: ReadonlyMap<string, string>;
  private readonly worlds = new Map<string, World>();

  constructor(reader: SourceReader, config: ReadonlyMap<string, string> = kvmConfig) {
    this.reader = reader;
    this.config = config;
  }

  of(shape: Shape): World {
    const key = shapeKey(shape);
    let world = this.worlds.get(key);
    if (world === undefined) {
      world = loadWorld(this.reader, shape, [], this.config);
      this.worlds.set(key, world);
    }
    return world;
  }
}

/** Parses and lifts a side once a shape, with every thread of every scenario in view. */
export function loadSide(worlds: SideWorlds): SideModels {
  const fingerprints = new Map<string, string>();
  const files = new Map<string, string>();
  const statements = new Map<string, readonly number[]>();
  const conditions = new Map<string, readonly SideCondition[]>();
  const fits = new Map<string, ScenarioFit>();
  const filesRead = new Set<string>();
  const replaced = new Set<string>();
  const standInCalls = new Map<string, readonly string[]>();
  const replacedCallers = new Map<string, string[]>();
  const diagnostics: CDiagnostic[] = [];
  for (const shape of shapes()) {
    const world = worlds.of(shape);
    const { lifter } = world;
    for (const file of world.filesRead) filesRead.add(file);
    diagnostics.push(...world.diagnostics);
    // What does not parse cannot be lifted, and the drivers stand on it.
    if (diagnostics.length > 0) break;
    for (const name of lifter.unit.functions.keys())
      if (name.startsWith(REPLACE_PREFIX)) replaced.add(name.slice(REPLACE_PREFIX.length));
    const standIns = new StandIns(lifter);
    const note = (name: string): void => {
      if (fingerprints.has(name)) return;
      const model = lifter.function(name);
      if (model === null || isOurs(model.loc.file)) return;
      fingerprints.set(name, fingerprintModel(model));
      files.set(name, model.loc.file);
      const lines = new Set<number>();
      statementLines(model.body, model.loc.file, lines);
      statements.set(
        name,
        [...lines].sort((a, b) => a - b),
      );
      if (!isMmu(model.loc.file)) return;
      const calls = standIns.callsIn(model);
      if (calls.length > 0) standInCalls.set(name, calls);
      if (replaced.has(name))
        for (const callee of model.callees)
          if (lifter.function(callee)?.ret.kind !== 'void')
            replacedCallers.set(callee, [...(replacedCallers.get(callee) ?? []), name]);
      conditions.set(
        name,
        conditionsOf(model).map(({ expr, key, asks, decides, loc }) => ({
          key,
          asks,
          decides: decides && !isConstant(calledBy(expr, lifter)),
          file: loc.file,
          line: loc.line,
        })),
      );
    };
    for (const [name, definition] of lifter.unit.functions)
      if (isMmu(lifter.unit.unit.tokens[definition.at]?.file ?? '')) note(name);
    for (const scenario of scenarios) {
      if (shapeKey(shapeOf(scenario)) !== shapeKey(shape)) continue;
      const fit = scenarioFit(world, scenario);
      fits.set(scenario.id, fit);
      for (const name of fit.reached) note(name);
    }
  }
  return {
    diagnostics,
    fingerprints,
    files,
    filesRead,
    fits,
    statements,
    conditions,
    standInCalls,
    replacedCallers,
    replaced,
  };
}

function shapes(): readonly Shape[] {
  const all = new Map(scenarios.map(s => [shapeKey(shapeOf(s)), shapeOf(s)]));
  return [...all.values()];
}

export function scenarioFit(world: World, scenario: Scenario): ScenarioFit {
  const models = world.lifter.closure(rootsOf(scenario));
  const need = scenario.needs.find(n => !has(world, n));
  const missing = need === undefined ? null : (need.says ?? need.name);
  let gap: string | null = null;
  for (const model of models.values()) {
    if (gap !== null || !isOurs(model.loc.file)) continue;
    const wrong = model.unsupported.find(
      u => u.code === 'no-body' || u.code === 'no-member' || u.code === 'unknown-name',
    );
    gap = wrong?.message ?? null;
  }
  return { reached: new Set(models.keys()), standIns: standInsOf(models), missing, gap };
}

/** What a tree lifts and a scenario reaches is no stand-in, whatever a driver does on other trees. */
function standInsOf(models: ReadonlyMap<string, ModelFunction>): Set<string> {
  const names = new Set<string>();
  for (const model of models.values()) {
    for (const name of model.provided) names.add(name);
    for (const name of bodiesFollowedBy(model.name)) names.add(name);
  }
  for (const name of models.keys()) names.delete(name);
  return names;
}

function has(world: World, need: Need): boolean {
  if (need.kind === 'function') return world.lifter.unit.functions.has(need.name);
  if (need.kind === 'macro') return world.macros.has(need.name);
  const [tag, field] = need.name.split('.');
  return world.hasField(tag ?? '', field ?? '');
}

function calledBy(e: Expr, lifter: World['lifter']): ModelFunction | null {
  if (e.kind === 'convert') return calledBy(e.value, lifter);
  return e.kind === 'call' ? lifter.function(e.name) : null;
}

/** The function can only return one value, so that nobody who asks it can hear another. */
function isConstant(model: ModelFunction | null): boolean {
  if (model === null || model.unsupported.length > 0) return false;
  /** Empty text for what is no constant. */
  const values = new Set<string>();
  visit(
    model.body,
    () => {},
    s => {
      if (s.kind !== 'return') return;
      let { value } = s;
      while (value?.kind === 'convert') value = value.value;
      values.add(value?.kind === 'const' ? `${value.hi} ${value.lo}` : '');
    },
  );
  return values.size === 1 && !values.has('');
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

/** Names whose meaning differs, or that only one side has. */
export function changedFunctions(before: SideModels, after: SideModels): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [name, print] of after.fingerprints)
    if (before.fingerprints.get(name) !== print) names.add(name);
  for (const name of before.fingerprints.keys()) if (!after.fingerprints.has(name)) names.add(name);
  return names;
}
