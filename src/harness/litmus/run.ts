/** Runs a litmus test on the engine that checks patches, and judges its condition. */

import { FrontCache, loadUnits } from '../../semantics/c/front.ts';
import { CSyntaxError } from '../../semantics/c/parse-cursor.ts';
import { opaqueNames, shims } from '../../semantics/c/shims.ts';
import { type CType, isWide } from '../../semantics/c/types.ts';
import { compileProgram, type Program } from '../../semantics/compile/program.ts';
import { ADDRESS_BASE } from '../../semantics/compile/unit.ts';
import { Lifter } from '../../semantics/lift/lift.ts';
import { modelledNames } from '../../semantics/lift/primitives.ts';
import { NotLifted } from '../../semantics/lift/scope.ts';
import { type Exploration, explore } from '../explore/explore.ts';
import { cUnit } from './c-unit.ts';
import { evaluate, placeText, propositionText, shownPlace } from './condition.ts';
import { type Reduction, reduced } from './independent.ts';
import { headerMacros, kernelHeader } from './kernel-header.ts';
import { LitmusSyntaxError, type LitmusTest, type Place, type Quantifier } from './litmus-test.ts';
import { parseLitmus } from './parse.ts';
import { type LitmusUnit, observed } from './unit.ts';
import { assemblyUnit } from './x86.ts';

export interface LitmusOptions {
  readonly memory: 'tso' | 'sc';
  /** Bound on distinct states. */
  readonly maxStates: number;
  /** Off only to show that the reduction changes nothing. */
  readonly reduce?: boolean;
}

export interface LitmusProblem {
  readonly code: string;
  readonly message: string;
}

/** Plain data; the same test gives the same result, byte for byte. */
export interface LitmusResult {
  readonly name: string;
  readonly arch: string;
  readonly memory: 'tso' | 'sc';
  readonly quantifier: Quantifier | null;
  readonly condition: string | null;
  /** Each state as herd writes it: `0:EAX=1; [x]=2;`, sorted. */
  readonly states: readonly string[];
  /** States that satisfy the condition's proposition, and that do not. */
  readonly positive: number;
  readonly negative: number;
  readonly ok: boolean | null;
  readonly observation: 'Never' | 'Sometimes' | 'Always' | null;
  /** The states are all there are. */
  readonly exhaustive: boolean;
  readonly explored: { readonly states: number; readonly transitions: number };
  readonly problems: readonly LitmusProblem[];
}

/** A plain access of a litmus test may race, and then others can run before it. */
class EveryPlace extends Set<string> {
  override has(): boolean {
    return true;
  }
}

const cache = new FrontCache();
const opaque = new Set([...opaqueNames, ...modelledNames].filter(name => !headerMacros.has(name)));
const header = 'litmus.h';
/** Where readers and grace periods meet; see kernel-header.ts. */
const GRACE = 'mmd_grace';

export function runLitmus(source: string, options: LitmusOptions): LitmusResult {
  const test = parseLitmus(source);
  const unit =
    test.program.kind === 'c'
      ? cUnit(test, test.program.threads)
      : assemblyUnit(test, test.program.threads);
  const { program, lifter } = buildOrSay(unit, options);
  const views = observed(test).map(place => viewOf(place, unit, program, lifter));
  const seen = new Map<string, readonly string[]>();
  const direct = cellsOf(program, lifter, [GRACE]);
  for (const cell of direct) program.machine.conflicts.ordersBy(cell);
  const ignored = cellsOf(program, lifter, unit.registers.values());
  const reduction = options.reduce === false ? null : reduced(program, direct, ignored);
  const exploration = exploreAll(program, reduction, options, () => {
    const values = views.map(view => view());
    const key = JSON.stringify(values);
    seen.set(key, values);
    return key;
  });
  const outcomes = [...exploration.outcomes.keys()].map(key => seen.get(key) as readonly string[]);
  return judge(test, options, outcomes, exploration);
}

/** What the C front end or the lifter refuses is the test's mistake, or a construct nobody models. */
function buildOrSay(
  unit: LitmusUnit,
  options: LitmusOptions,
): { program: Program; lifter: Lifter } {
  try {
    return build(unit, options);
  } catch (error) {
    if (!(error instanceof CSyntaxError) && !(error instanceof NotLifted)) throw error;
    throw new LitmusSyntaxError(`the program is no C that can be read: ${error.message}`);
  }
}

function build(unit: LitmusUnit, options: LitmusOptions): { program: Program; lifter: Lifter } {
  const loaded = loadUnits({ read: path => (path === header ? kernelHeader : null) }, [header], {
    config: new Map(),
    overrides: '',
    opaque,
    shims,
    cache,
    extraUnits: [{ name: 'litmus', text: unit.text }],
  });
  const wrong = loaded.diagnostics[0];
  if (wrong !== undefined)
    throw new LitmusSyntaxError(`the program is no C that can be read: ${wrong.message}`);
  const lifter = new Lifter(loaded.unit);
  const program = compileProgram(lifter, {
    threads: unit.threads.map((entry, i) => ({ name: `P${i}`, entry, vcpu: null })),
    setup: ['mmd_setup'],
    levels: 2,
    bits: 1,
    pools: { misc: 1 },
    racing: new EveryPlace(),
    symmetry: false,
    trackDirty: false,
    stackCells: 320,
    memory: options.memory,
    unbuffered: new Set([GRACE, ...unit.registers.values()]),
  });
  for (const model of program.models.values()) {
    const [first] = model.unsupported;
    if (first !== undefined) throw new LitmusSyntaxError(`${model.name}: ${first.message}`);
  }
  return { program, lifter };
}

/** Searches until nothing new is learned about which accesses conflict: only then is a search complete. */
function exploreAll(
  built: Program,
  reduction: Reduction | null,
  options: LitmusOptions,
  observe: () => string,
): Exploration {
  const { conflicts } = built.machine;
  const program = reduction?.program ?? built;
  const isLearned = (): boolean => conflicts.changed || (reduction?.changed() ?? false);
  for (;;) {
    conflicts.settle();
    reduction?.settle();
    const found = explore(program, {
      maxStates: options.maxStates,
      preemptions: null,
      events: null,
      stopAtFirst: false,
      observe,
      atRest: null,
      // Not time but new facts end a search early: it has to be done again anyway.
      deadlineMs: 0,
      now: () => (isLearned() ? 1 : 0),
      onProgress: null,
    });
    if (!isLearned() || found.states >= options.maxStates) return found;
  }
}

function cellsOf(program: Program, lifter: Lifter, names: Iterable<string>): Set<number> {
  const cells = new Set<number>();
  const { unit } = program.machine.spec;
  for (const name of names) {
    const global = lifter.unit.globals.get(name);
    if (global === undefined) continue;
    for (let i = 0; i < unit.layout.cells(global.type); i++) cells.add(unit.globalCell(global) + i);
  }
  return cells;
}

/** How to read one observable from a state at rest. */
function viewOf(place: Place, unit: LitmusUnit, program: Program, lifter: Lifter): () => string {
  const name =
    place.kind === 'register'
      ? unit.registers.get(placeText(place))
      : unit.globals.get(place.name)?.cName;
  const global = name === undefined ? undefined : lifter.unit.globals.get(name);
  if (global === undefined) throw new LitmusSyntaxError(`nothing is called ${placeText(place)}`);
  const { S, spec } = program.machine;
  const { layout } = spec.unit;
  let { type } = global;
  let cell = spec.unit.globalCell(global);
  if (type.kind === 'array') {
    type = type.of;
    cell += (place.kind === 'memory' ? (place.index ?? 0) : 0) * layout.cells(type);
  }
  const scalar = scalarOf(type);
  const symbols = addresses(unit, lifter, program);
  return () => {
    const lo = S[cell] as number;
    const symbol = lo >= ADDRESS_BASE ? symbols.get(lo) : undefined;
    if (symbol !== undefined) return symbol;
    if (isWide(scalar)) {
      const bits = (BigInt((S[cell + 1] as number) >>> 0) << 32n) | BigInt(lo >>> 0);
      return String(scalar.kind === 'int' && !scalar.signed ? bits : BigInt.asIntN(64, bits));
    }
    return String(scalar.kind === 'int' && !scalar.signed ? lo >>> 0 : lo);
  };
}

/** A record stands for its first member: the counter, the lock word. */
function scalarOf(type: CType): CType {
  if (type.kind !== 'record') return type;
  return type.record.complete()?.fields[0]?.type ?? type;
}

function addresses(unit: LitmusUnit, lifter: Lifter, program: Program): Map<number, string> {
  const found = new Map<number, string>();
  const { spec } = program.machine;
  for (const [name, { cName }] of unit.globals) {
    const global = lifter.unit.globals.get(cName);
    if (global === undefined) continue;
    const cell = spec.unit.globalCell(global);
    found.set(program.machine.addressOf(cell), name);
    if (global.type.kind !== 'array') continue;
    const size = spec.unit.layout.cells(global.type.of);
    for (let i = 1; i < (global.type.count ?? 0); i++)
      found.set(program.machine.addressOf(cell + i * size), `${name}[${i}]`);
  }
  return found;
}

function judge(
  test: LitmusTest,
  options: LitmusOptions,
  outcomes: readonly (readonly string[])[],
  exploration: Exploration,
): LitmusResult {
  const places = observed(test);
  const index = new Map(places.map((place, i) => [placeText(place), i]));
  const reader = (values: readonly string[]) => (place: Place) =>
    values[index.get(placeText(place)) as number] as string;
  const kept = outcomes.filter(
    values => test.filter === null || evaluate(test.filter, reader(values)),
  );
  const shown = sortedPlaces(places);
  const states = new Map(
    kept.map(values => [
      shown.map(place => `${shownPlace(place)}=${reader(values)(place)};`).join(' '),
      values,
    ]),
  );
  const { condition } = test;
  const positive =
    condition === null
      ? 0
      : [...states.values()].filter(v => evaluate(condition.proposition, reader(v))).length;
  const negative = condition === null ? 0 : states.size - positive;
  const problems = problemsOf(exploration, outcomes.length);
  return {
    name: test.name,
    arch: test.arch,
    memory: options.memory,
    quantifier: condition?.quantifier ?? null,
    condition: condition === null ? null : propositionText(condition.proposition),
    states: [...states.keys()].sort(),
    positive,
    negative,
    ok: condition === null ? null : isOk(condition.quantifier, positive, negative),
    observation:
      condition === null
        ? null
        : positive === 0
          ? 'Never'
          : negative === 0
            ? 'Always'
            : 'Sometimes',
    exhaustive: exploration.boundHit === null && exploration.unmodelled.length === 0,
    explored: { states: exploration.states, transitions: exploration.transitions },
    problems,
  };
}

function isOk(quantifier: Quantifier, positive: number, negative: number): boolean {
  if (quantifier === 'exists') return positive > 0;
  return quantifier === 'forall' ? negative === 0 : positive === 0;
}

/** Registers first, thread by thread, then memory. */
function sortedPlaces(places: readonly Place[]): Place[] {
  const key = (p: Place): string =>
    p.kind === 'register'
      ? `0 ${String(p.thread).padStart(3, '0')} ${p.name}`
      : `1 ${placeText(p)}`;
  return [...places].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

/** Rules for kernel code that a litmus test, which asks about a memory model, may well ignore. */
const KERNEL_RULES = new Set(['rcu-dereference-outside-reader', 'data-race', 'lock-order']);

function problemsOf(exploration: Exploration, states: number): LitmusProblem[] {
  const problems: LitmusProblem[] = [];
  if (exploration.boundHit !== null)
    problems.push({
      code: 'bound-hit',
      message: `the search ended at its bound: ${exploration.boundHit}`,
    });
  for (const { code, message } of exploration.unmodelled) problems.push({ code, message });
  for (const { violation } of exploration.found.values())
    if (!KERNEL_RULES.has(violation.invariant))
      problems.push({ code: violation.invariant, message: violation.text });
  if (states === 0 && problems.length === 0)
    problems.push({ code: 'no-final-state', message: 'no execution comes to its end' });
  return problems;
}
