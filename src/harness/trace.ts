/** A schedule run again, step by step, as the data reports and `replay` show. */

import type {
  Geometry,
  StateSection,
  Trace,
  TraceEvent,
  TraceEventKind,
  TraceStep,
  TraceViolation,
} from '../result.ts';
import { type Program, YieldsSpent } from '../semantics/compile/program.ts';
import { walk } from '../semantics/kernel/guest.ts';
import {
  kernelName,
  type TraceEvent as MachineEvent,
  PathEnds,
  poolOf,
  T,
  Unmodelled,
} from '../semantics/kernel/machine.ts';
import { PoolExhausted } from '../semantics/kernel/memory.ts';
import { DRAIN } from '../semantics/kernel/store-buffer.ts';
import { listRoots } from './at-rest.ts';
import type { Move } from './explore/explore.ts';
import type { Scenario } from './scenarios/scenario.ts';

/** Schedules travel as one integer a step: thread, outcome of its point, then the choices on the way. */
const CHOICES = 1024;
const THREADS = 64;
const OUTCOMES = 4;

export function encodeMove(m: Move): number {
  // A leading 1 keeps zeroes in front.
  const inner = (m.inner ?? []).reduce((n, digit) => n * OUTCOMES + digit, 1);
  return ((inner - 1) * THREADS + m.tid) * CHOICES + m.choice + 1;
}

export function decodeMove(n: number): Move {
  const choice = (n % CHOICES) - 1;
  const rest = Math.floor(n / CHOICES);
  const tid = rest % THREADS;
  const inner: number[] = [];
  for (let code = Math.floor(rest / THREADS) + 1; code > 1; code = Math.floor(code / OUTCOMES))
    inner.unshift(code % OUTCOMES);
  return inner.length === 0 ? { tid, choice } : { tid, choice, inner };
}

const KINDS: Readonly<Record<string, TraceEventKind>> = {
  lock: 'lock',
  unlock: 'unlock',
  rcu: 'rcu',
  spte: 'spte',
  flush: 'flush',
  request: 'request',
  alloc: 'alloc',
  free: 'free',
  refcount: 'refcount',
  guest: 'guest',
  host: 'guest',
  yield: 'yield',
  op: 'check',
};

export interface TraceRequest {
  readonly scenario: Scenario;
  readonly schedule: readonly Move[];
  readonly violation: TraceViolation | null;
  readonly side: Trace['side'];
  readonly geometry: Geometry;
  readonly read: (file: string) => string | null;
}

export function buildTrace(program: Program, request: TraceRequest): Trace {
  const { scenario, schedule } = request;
  const lines = sourceLines(request.read);
  const steps: TraceStep[] = [];
  const m = program.machine;
  program.start();
  m.violations = [];
  for (const move of schedule) {
    const site = program.unit.sites[m.thread(move.tid, T.site)];
    const isChoice = program.isLocalChoice(move.tid);
    const target = move.choice === DRAIN ? bufferedTarget(program, move.tid) : '';
    m.trace = [];
    runStep(program, move);
    const events = m.trace.filter(e => e.kind !== 'store-buffer').map(e => showEvent(program, e));
    m.trace = null;
    if (move.choice === DRAIN) {
      steps.push({ ...arrival(move.tid, target), events, state: stateSections(program, scenario) });
      continue;
    }
    steps.push({
      thread: move.tid,
      kind: isChoice ? 'choice' : 'step',
      label: labelOf(site?.what ?? '', site?.locationClass ?? '', isChoice, move.choice),
      helper: site === undefined ? null : kernelName(site.fn),
      file: site?.loc.file ?? null,
      line: site?.loc.line ?? null,
      source: site === undefined ? null : lines(site.loc.file, site.loc.line),
      events,
      choice: isChoice ? move.choice : null,
      state: stateSections(program, scenario),
    });
  }
  return {
    scenario: scenario.id,
    side: request.side,
    threads: scenario.threads.map((t, id) => ({ id, name: t.id, role: t.role })),
    steps,
    violation: request.violation,
    replay: {
      schedule: schedule.map(encodeMove),
      memory: program.spec.memory ?? 'sc',
      geometry: request.geometry,
      axes: [],
    },
    notes: [],
  };
}

const TARGETS: Readonly<Record<string, string>> = {
  'page-table': 'an SPTE',
  'shadow-page': 'a shadow page',
};

/** What the thread's oldest buffered store goes to. */
function bufferedTarget(program: Program, tid: number): string {
  const m = program.machine;
  if (m.buffers === null || m.buffers.size(tid) === 0) return 'memory';
  return TARGETS[poolOf(m, m.buffers.oldest(tid))] ?? 'memory';
}

/** Not the thread moves then but its processor. */
function arrival(thread: number, target: string): Omit<TraceStep, 'events' | 'state'> {
  return {
    thread,
    kind: 'store',
    label:
      target === 'memory'
        ? 'a buffered store reaches memory'
        : `a buffered store reaches ${target}`,
    helper: null,
    file: null,
    line: null,
    source: null,
    choice: null,
  };
}

function runStep(program: Program, move: Move): void {
  try {
    program.step(move.tid, move.choice, move.inner);
  } catch (error) {
    if (
      !(error instanceof PathEnds) &&
      !(error instanceof Unmodelled) &&
      !(error instanceof PoolExhausted) &&
      !(error instanceof YieldsSpent)
    )
      throw error;
  }
}

function sourceLines(
  read: (file: string) => string | null,
): (file: string, line: number) => string | null {
  const files = new Map<string, string[]>();
  return (file, line) => {
    let text = files.get(file);
    if (text === undefined) {
      text = (read(file) ?? '').split('\n');
      files.set(file, text);
    }
    return text[line - 1]?.trim() ?? null;
  };
}

const shortName = (cls: string): string =>
  cls
    .replace(/^global /, '')
    .split('.')
    .filter(p => p !== '')
    .at(-1) ?? cls;

function labelOf(what: string, cls: string, isChoice: boolean, choice: number): string {
  if (isChoice) return `${what}() says ${choice === 0 ? 'no' : choice === 1 ? 'yes' : choice}`;
  if (what === 'load') return `reads ${shortName(cls) === '*u64' ? 'an SPTE' : shortName(cls)}`;
  if (what === 'store') return `writes ${shortName(cls) === '*u64' ? 'an SPTE' : shortName(cls)}`;
  if (what === 'mmd_guest_wait') return 'runs the guest';
  if (what === 'mmd_start') return 'starts';
  return cls === '' ? what : `${what}(${shortName(cls)})`;
}

function showEvent(program: Program, e: MachineEvent): TraceEvent {
  const kind = KINDS[e.kind] ?? 'check';
  const lock = /^(read|write|spin|mutex)_(?:un)?lock\((.*)\)$/.exec(e.text);
  void program;
  if (lock === null) return { kind, text: e.text };
  const name = shortName(lock[2] ?? '');
  const mode = lock[1] === 'read' || lock[1] === 'write' ? ` ${lock[1]}` : '';
  return { kind, text: e.kind === 'lock' ? `${name}${mode}` : name };
}

/** The machine after a step, in the words of the outside. */
function stateSections(program: Program, scenario: Scenario): StateSection[] {
  const m = program.machine;
  const roots = listRoots(program, program.bindings).map((r, i) => ({
    name: `root ${i}`,
    value: `${r.invalid ? 'invalid' : 'valid'}, ${r.count} references`,
  }));
  const rows = scenario.threads.flatMap((t, tid) => {
    if (t.vcpu === null) return [];
    const inGuest = m.thread(tid, T.inGuest) !== 0;
    const maps = scenario.gfns.map(gfn => {
      const found = inGuest ? walk(m, program.guest, m.thread(tid, T.guestRoot), gfn) : null;
      return `gfn ${gfn}: ${found === null ? 'not mapped' : (found.spte & 2) !== 0 ? 'writable' : 'read-only'}`;
    });
    const cached = m.thread(tid, T.tlbPages) !== 0 ? ', old translations may be cached' : '';
    return [
      {
        name: t.id,
        value: `${inGuest ? `in guest, ${maps.join(', ')}` : 'outside the guest'}${cached}`,
      },
    ];
  });
  return [
    { title: 'vCPUs', rows },
    { title: 'TDP roots', rows: roots },
  ].filter(s => s.rows.length > 0);
}
