/**
 * One exploration job: a scenario on one side. A job is a pure function of the unit, the scenario and the bounds, and
 * its result is plain data, so that it can be cached and compared without the program that made it.
 */
import type { ConflictFacts } from '../semantics/kernel/conflicts.ts';
import { kernelName } from '../semantics/kernel/machine.ts';
import { checkAtRest, observe } from './at-rest.ts';
import type { Move } from './explore/explore.ts';
import { exploreToFixpoint } from './explore/fixpoint.ts';
import { neverEnds } from './progress.ts';
import { type Protocol, protocolOf } from './protocol.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { type MachineOptions, programFor, type World } from './world.ts';

export interface JobOptions {
  /** Search everything; else only schedules with at most {@link BUG_HUNT_PREEMPTIONS} preemptions. */
  readonly full: boolean;
  readonly racing: readonly string[];
  readonly machine?: MachineOptions;
  readonly maxStates: number;
  readonly deadlineMs: number | null;
  readonly now: () => number;
  readonly onProgress: ((states: number, transitions: number) => void) | null;
}

export interface JobViolation {
  /** Stable across sides: invariant, role, and what is wrong without places. */
  readonly identity: string;
  readonly invariant: string;
  readonly role: string;
  readonly text: string;
  readonly site: { readonly helper: string; readonly file: string; readonly line: number } | null;
  readonly thread: number;
  readonly schedule: readonly Move[];
}

export interface JobResult {
  readonly scenario: string;
  readonly states: number;
  readonly transitions: number;
  /** The whole search was asked for, not only its bounded passes. */
  readonly full: boolean;
  readonly exhaustive: boolean;
  readonly boundHit: string | null;
  readonly violations: readonly JobViolation[];
  readonly outcomes: Readonly<Record<string, readonly Move[]>>;
  readonly unmodelled: readonly { readonly code: string; readonly message: string }[];
  /** `function file:line` of every statement that ran. */
  readonly covered: readonly string[];
  /** By `function#index`: how the operands of tests came out, bit 0 for true and bit 1 for false. */
  readonly decided: Readonly<Record<string, number>>;
  readonly protocol: Protocol;
  readonly quiescent: number;
  readonly racing: readonly string[];
  /** What the search learned of conflicts: a schedule only means the same under the same scheduling points. */
  readonly facts: ConflictFacts;
}

const BELONGS_TO_DATA = new Set(['data-race', 'lock-order']);
const PLACE = /\b\w+\(\) at [^\s,;)]+:\d+/g;

export function identityOf(invariant: string, role: string, text: string): string {
  // A race or an order of locks belongs to the data, whoever shows it first.
  const who = BELONGS_TO_DATA.has(invariant) ? '' : role;
  return `${invariant}|${who}|${text.replace(PLACE, '@')}`;
}

/** Most bugs need one preemption beyond those at locks; what is too large to search whole is searched for those. */
export const BUG_HUNT_PREEMPTIONS = 1;
const BUG_HUNT_STATES = 30_000;
const BUG_HUNT_PASSES: readonly number[] = [0, BUG_HUNT_PREEMPTIONS];

export function runJob(world: World, scenario: Scenario, options: JobOptions): JobResult {
  const result = exploreToFixpoint(racing => programFor(world, scenario, racing, options.machine), {
    passes: options.full ? [0, 1] : BUG_HUNT_PASSES,
    full: options.full,
    racing: options.racing,
    maxStates: options.full ? options.maxStates : Math.min(options.maxStates, BUG_HUNT_STATES),
    stopAtFirst: false,
    events: null,
    observe: p => observe(p, p.bindings, scenario.gfns),
    atRest: p => checkAtRest(p, p.bindings),
    deadlineMs: options.deadlineMs,
    now: options.now,
    onProgress: options.onProgress,
  });
  const { program } = result;
  const { unit } = program;
  const endless = neverEnds(program);
  const violations = new Map<string, JobViolation>();
  for (const { violation, schedule } of [
    ...result.found.values(),
    ...(endless === null ? [] : [endless]),
  ]) {
    const role = scenario.threads[violation.thread]?.role ?? '';
    const identity = identityOf(violation.invariant, role, violation.text);
    const known = violations.get(identity);
    if (known !== undefined && known.schedule.length <= schedule.length) continue;
    const site = unit.sites[violation.site];
    violations.set(identity, {
      identity,
      invariant: violation.invariant,
      role,
      text: violation.text,
      thread: violation.thread,
      schedule,
      site:
        site === undefined || site.fn === ''
          ? null
          : { helper: kernelName(site.fn), file: site.loc.file, line: site.loc.line },
    });
  }
  const covered = new Set<string>();
  program.covered.forEach((hit, i) => {
    const point = unit.cover[i];
    if (hit !== 0 && point !== undefined)
      covered.add(`${point.fn} ${point.loc.file}:${point.loc.line}`);
  });
  const decided: Record<string, number> = {};
  program.decided.forEach((seen, i) => {
    const decision = unit.decisions[i];
    if (seen !== 0 && decision !== undefined) decided[`${decision.fn}#${decision.index}`] = seen;
  });
  return {
    scenario: scenario.id,
    states: result.states,
    transitions: result.totalTransitions,
    full: options.full,
    exhaustive: result.exhaustive,
    boundHit: result.boundHit,
    violations: [...violations.values()],
    outcomes: Object.fromEntries([...result.outcomes].sort(([a], [b]) => (a < b ? -1 : 1))),
    unmodelled: result.unmodelled.map(({ code, message }) => ({ code, message })),
    covered: [...covered].sort(),
    decided,
    protocol: protocolOf(program, scenario, options),
    quiescent: result.quiescent,
    racing: [...unit.racing].sort(),
    facts: program.machine.conflicts.facts(),
  };
}
