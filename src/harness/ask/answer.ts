/** Answers a question over the explored states of the scenarios that reach its helper. */
import type { Trace } from '../../result.ts';
import type { SourceReader } from '../../semantics/c/source.ts';
import type { Program } from '../../semantics/compile/program.ts';
import type { Move } from '../explore/explore.ts';
import { exploreToFixpoint } from '../explore/fixpoint.ts';
import { geometryOf } from '../geometry.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { USUAL_RACES } from '../service.ts';
import { SideWorlds, scenarioFit } from '../side.ts';
import { buildTrace } from '../trace.ts';
import { programFor, shapeOf } from '../world.ts';
import { unboundIn } from './predicate.ts';
import type { Question } from './question.ts';
import { hasLine, kernelCalls, MMU, Sightings } from './sightings.ts';

export interface Finding {
  readonly role: string;
  readonly how: string;
  /** It is the thread that runs the helper. */
  readonly itself: boolean;
  /** Function that counted the reference up, and those it did so for, innermost first; empty for the MMU's own. */
  readonly takenBy: readonly string[];
  /** Functions of the tree in which its owner stands, innermost first. */
  readonly standsIn: readonly string[];
  readonly scenario: string;
  /** The shortest way that the search came across. */
  readonly witness: Trace;
}

export interface Searched {
  readonly id: string;
  readonly states: number;
  readonly exhaustive: boolean;
  readonly reached: boolean;
  /** Too large to search whole unless named: searched for schedules with few preemptions, beside the others. */
  readonly hunted: boolean;
  /** Why it says less than all, or null. */
  readonly why: string | null;
}

export interface Answer {
  readonly findings: readonly Finding[];
  /** Nobody else within the scenarios, however threads are scheduled. */
  readonly exhaustive: boolean;
  /** Why the question has no answer; null when it has one. */
  readonly unknown: string | null;
  readonly scenarios: readonly Searched[];
}

export interface AskOptions {
  /** Nobody named the scenarios: large ones are only hunted through. */
  readonly byDefault: boolean;
  readonly maxStates: number;
  readonly progress: (text: string) => void;
}

/** Walkers that yield need more than a small scenario shows. */
const MORE: ReadonlySet<string> = new Set(['zap-all-fast-unmap']);
/** A walk over a range, which can yield in the middle. */
const HUNTED: ReadonlySet<string> = new Set(['zap-all-fast-unmap-range']);
const HUNT_PREEMPTIONS = 1;
const HUNT_STATES = 30_000;
/** Variants that change what is mapped or how often, not who refers to roots. */
const LESS =
  /-(?:no-ad|survivor|move|twice|toggled|sparse|nonblocking|after-delete)$|^mmio-|^(?:memslot-delete-idle|prefault-memslot-delete)$/;

/** The scenarios a question is put to when none are named. */
export const isDefault = (s: Scenario): boolean =>
  s.axes.vcpus === 1 &&
  s.axes.paging === 'tdp' &&
  !LESS.test(s.id) &&
  (s.size === 'small' || MORE.has(s.id) || HUNTED.has(s.id));

const nothing = (unknown: string): Answer => ({
  findings: [],
  exhaustive: false,
  unknown,
  scenarios: [],
});

export function answerQuestion(
  reader: SourceReader,
  question: Question,
  scenarios: readonly Scenario[],
  options: AskOptions,
): Answer {
  const worlds = new SideWorlds(reader);
  const { place } = question;
  const fitting: Scenario[] = [];
  let isInTree = place === null;
  for (const scenario of scenarios) {
    const world = worlds.of(shapeOf(scenario));
    if (place !== null && world.lifter.unit.functions.has(place.helper)) isInTree = true;
    const fit = scenarioFit(world, scenario);
    if (fit.missing !== null || fit.gap !== null) continue;
    if (place === null || fit.reached.has(place.helper)) fitting.push(scenario);
  }
  if (!isInTree) return nothing(`the tree has no function ${place?.helper}() with a body`);
  if (fitting.length === 0)
    return nothing(`none of the scenarios can reach ${place?.helper ?? 'a root'}`);
  const findings = new Map<string, Finding>();
  const searched: Searched[] = [];
  for (const scenario of fitting) {
    options.progress(scenario.id);
    const done = search(worlds, reader, question, scenario, options);
    if (typeof done === 'string') return nothing(done);
    searched.push(done.searched);
    for (const finding of done.findings) {
      const key = `${finding.role}|${finding.how}|${finding.itself}`;
      const known = findings.get(key);
      if (known === undefined || known.witness.steps.length > finding.witness.steps.length)
        findings.set(key, finding);
    }
  }
  return conclude(question, [...findings.values()], searched);
}

function conclude(
  q: Question,
  findings: readonly Finding[],
  scenarios: readonly Searched[],
): Answer {
  const reached = scenarios.filter(s => s.reached);
  const open = scenarios.filter(s => !s.hunted && (!s.exhaustive || s.why !== null));
  const exhaustive = open.length === 0 && scenarios.some(s => !s.hunted);
  const sorted = [...findings].sort((a, b) => order(a.role, b.role) || order(a.how, b.how));
  const less = open[0] ?? scenarios.find(s => s.hunted);
  let unknown: string | null = null;
  if (reached.length === 0) unknown = `${q.place?.helper}() never ran in any of these scenarios`;
  else if (findings.length === 0 && !exhaustive)
    unknown = `nobody was seen, but ${less?.id} says less than all: ${less?.why}`;
  return { findings: sorted, exhaustive, unknown, scenarios };
}

/** The MMU's own references come last: they are no surprise. */
function order(a: string, b: string): number {
  if (a === b) return 0;
  if (a === MMU || b === MMU) return a === MMU ? 1 : -1;
  return a < b ? -1 : 1;
}

function search(
  worlds: SideWorlds,
  reader: SourceReader,
  question: Question,
  scenario: Scenario,
  options: AskOptions,
): { findings: Finding[]; searched: Searched } | string {
  const world = worlds.of(shapeOf(scenario));
  const sightings = new Sightings(question, scenario);
  const hunted = options.byDefault && HUNTED.has(scenario.id);
  const result = exploreToFixpoint(racing => programFor(world, scenario, racing), {
    passes: hunted ? [0, HUNT_PREEMPTIONS] : [0],
    full: !hunted,
    racing: USUAL_RACES,
    maxStates: hunted ? Math.min(options.maxStates, HUNT_STATES) : options.maxStates,
    stopAtFirst: false,
    events: null,
    observe: null,
    atRest: null,
    deadlineMs: null,
    now: () => 0,
    onProgress: null,
    onlooker: sightings,
  });
  const { program } = result;
  const cannot = cannotTell(program, question);
  if (cannot !== null) return cannot;
  const [gap] = result.unmodelled;
  const why =
    result.boundHit !== null
      ? `its search ended at the bound of ${result.boundHit}`
      : gap !== undefined
        ? `it reaches something that is not modelled: ${gap.message}`
        : sightings.undecided || program.machine.ledger?.undecided != null
          ? 'in some states the owner of a reference cannot be told'
          : hunted
            ? `only schedules with at most ${HUNT_PREEMPTIONS} preemption`
            : null;
  const searched = {
    id: scenario.id,
    states: result.states,
    exhaustive: result.exhaustive,
    reached: sightings.reached,
    hunted,
    why,
  };
  const findings = [...sightings.found.values()].map(
    ({ role, how, itself, thread, root, schedule }) => ({
      role,
      how,
      itself,
      ...provenance(program, schedule, thread, root, role === MMU),
      scenario: scenario.id,
      witness: buildTrace(program, {
        scenario,
        schedule,
        violation: null,
        side: { patch: 0, which: 'before' },
        geometry: geometryOf(null),
        read: file => reader.read(file),
      }),
    }),
  );
  return { findings, searched };
}

/** Something the tree or its models lack without which no state can answer. */
function cannotTell(program: Program, { place, predicate }: Question): string | null {
  if (program.machine.ledger === null)
    return 'the tree has no reference count of TDP roots that its models use';
  const [missing] = predicate === null ? [] : unboundIn(predicate, program.bindings);
  if (missing !== undefined) return `the tree has nothing that ${missing} stands for`;
  if (place !== null && place.line !== null && !hasLine(program, place))
    return `${place.helper}() has no statement on line ${place.line}`;
  return null;
}

/** Runs the witness once more, to see who counted the reference up and where its owner ends up. */
function provenance(
  program: Program,
  schedule: readonly Move[],
  thread: number,
  root: number,
  isMmu: boolean,
): Pick<Finding, 'takenBy' | 'standsIn'> {
  const m = program.machine;
  program.start();
  let takenBy: string[] = [];
  for (const move of schedule) {
    const before = kernelCalls(program, move.tid);
    if (m.ledger !== null) m.ledger.log = [];
    program.step(move.tid, move.choice, move.inner);
    for (const change of m.ledger?.log ?? []) {
      if (change.owner !== thread || change.root !== root || change.by <= 0) continue;
      const fn = m.spec.unit.sites[change.site]?.fn ?? '';
      const callers = stillThere(before, kernelCalls(program, move.tid));
      takenBy = callers[0] === fn ? callers : [fn, ...callers];
    }
  }
  if (isMmu) return { takenBy: [], standsIn: [] };
  return { takenBy, standsIn: thread < 0 ? [] : kernelCalls(program, thread) };
}

/** Callers that a step neither entered nor left, innermost first. */
function stillThere(before: readonly string[], after: readonly string[]): string[] {
  let n = 0;
  while (n < before.length && before.at(-1 - n) === after.at(-1 - n)) n++;
  return before.slice(before.length - n);
}
