/**
 * What each role does that others can see, and what its operations cost: from schedules without preemption, where
 * every thread runs until it has to wait, so that the order within a thread is seen and nothing else.
 */
import type { Program } from '../semantics/compile/program.ts';
import type { TraceEvent } from '../semantics/kernel/machine.ts';
import { explore } from './explore/explore.ts';
import type { Scenario } from './scenarios/scenario.ts';

export interface Protocol {
  /** Per role: `A`, {@link THEN}, `B` for each visible event B that can follow A; A is empty at the start. */
  readonly follows: Readonly<Record<string, readonly string[]>>;
  /** Per `role: operation`: least and most of each of {@link COSTS}. */
  readonly costs: Readonly<Record<string, readonly (readonly [number, number])[]>>;
  /** All such schedules were seen. */
  readonly complete: boolean;
}

/** What is counted from the beginning of an operation to its end; taking a lock again after a yield is not. */
export const COSTS = [
  'mmu_lock sections for write',
  'mmu_lock sections for read',
  'TLB flushes',
  'kicks of all vCPUs',
  'SPTE writes',
] as const;

/** Between two events; no event has it in its name. */
export const THEN = '\n';

const NOTHING = COSTS.map(() => 0);
/** Counts are state: beyond this many they are all the same. */
const MOST = 9;
const STATES = 6_000;
const BETWEEN = '\u0001';

/** Name of a visible event without numbers that only tell objects apart; null for what is no protocol. */
function eventName(e: TraceEvent): string | null {
  switch (e.kind) {
    case 'lock':
    case 'unlock':
    case 'flush':
    case 'request':
    case 'yield':
    case 'rcu':
    case 'guest':
    case 'op':
    case 'host':
      return e.text;
    case 'spte':
      return `SPTE ${e.text}`;
    case 'free':
      return `frees ${e.text.replace(/ \d+$/, '')}`;
    default:
      return null;
  }
}

const costOf = (e: TraceEvent): number => {
  if (e.kind === 'lock' && /mmu_lock\)$/.test(e.text)) return e.text.startsWith('write') ? 0 : 1;
  return e.kind === 'flush' ? 2 : e.kind === 'request' ? 3 : e.kind === 'spte' ? 4 : -1;
};

/** What a thread did last, as one string: part of the search's state. */
interface Past {
  event: string;
  op: string;
  counts: number[];
  yielded: boolean;
}

function read(text: string): Past {
  const [event = '', op = '', counts = '', yielded = ''] = text.split(BETWEEN);
  return {
    event,
    op,
    counts: counts === '' ? [...NOTHING] : counts.split(',').map(Number),
    yielded: yielded !== '',
  };
}

const write = (p: Past): string =>
  [p.event, p.op, p.op === '' ? '' : p.counts.join(), p.yielded ? 'y' : ''].join(BETWEEN);

class Recorder {
  readonly follows = new Map<string, Set<string>>();
  readonly costs = new Map<string, [number, number][]>();

  step(role: string, events: readonly TraceEvent[], last: string): string {
    const past = read(last);
    // Who ends a grace period is chance: what its callbacks do is nobody's protocol.
    let inCallback = false;
    for (const e of events) {
      if (e.kind === 'rcu' && e.text.startsWith('grace period ends')) inCallback = true;
      else if (e.kind === 'rcu' && e.text === 'callback done') inCallback = false;
      else if (!inCallback) this.take(role, e, past);
    }
    return write(past);
  }

  private take(role: string, e: TraceEvent, past: Past): void {
    const name = eventName(e);
    if (name === null) return;
    const seen = this.follows.get(role) ?? new Set<string>();
    this.follows.set(role, seen);
    seen.add(`${past.event}${THEN}${name}`);
    past.event = name;
    this.count(role, e, past);
  }

  private count(role: string, e: TraceEvent, past: Past): void {
    if (e.kind === 'op' && e.text.startsWith('begins ')) {
      past.op = e.text.slice('begins '.length);
      past.counts = [...NOTHING];
    } else if (e.kind === 'op' && past.op !== '') {
      const key = `${role}: ${past.op}`;
      const known = this.costs.get(key);
      this.costs.set(
        key,
        past.counts.map((n, i) => {
          const [least, most] = known?.[i] ?? [n, n];
          return [Math.min(least, n), Math.max(most, n)];
        }),
      );
      past.op = '';
    } else if (e.kind === 'yield') past.yielded = true;
    else if (e.kind === 'lock' && past.yielded) past.yielded = false;
    else {
      const at = costOf(e);
      if (at >= 0) past.counts[at] = Math.min(MOST, (past.counts[at] as number) + 1);
    }
  }
}

export function protocolOf(
  program: Program,
  scenario: Scenario,
  bounds: { readonly deadlineMs: number | null; readonly now: () => number },
): Protocol {
  const recorder = new Recorder();
  const result = explore(program, {
    maxStates: STATES,
    preemptions: 0,
    stopAtFirst: false,
    observe: null,
    atRest: null,
    deadlineMs: bounds.deadlineMs,
    now: bounds.now,
    onProgress: null,
    events: (tid, events, last) => recorder.step(scenario.threads[tid]?.role ?? '', events, last),
  });
  const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] =>
    [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    follows: Object.fromEntries(
      sorted(recorder.follows).map(([role, seen]) => [role, [...seen].sort()]),
    ),
    costs: Object.fromEntries(sorted(recorder.costs)),
    complete: result.boundHit === null,
  };
}
