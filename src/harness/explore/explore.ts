/**
 * Stateful depth-first search over all schedules of a program. The engine owns no kernel knowledge: a program offers
 * choices, a step changes the flat state through its undo log, and the fingerprint says whether the state is new.
 */
import { type Program, YieldsSpent } from '../../semantics/compile/program.ts';
import {
  describeSite,
  PathEnds,
  T,
  type TraceEvent,
  Unmodelled,
  type Violation,
} from '../../semantics/kernel/machine.ts';
import { PoolExhausted } from '../../semantics/kernel/memory.ts';
import { checkRaces } from '../../semantics/kernel/races.ts';
import { createVisited } from './visited.ts';

export interface Move {
  readonly tid: number;
  /** Outcome of the point the thread waits at. */
  readonly choice: number;
  /** Outcomes of the choices the thread meets on the way to its next point; 0 for those not named. */
  readonly inner?: readonly number[];
}

const moves: Move[][] = [];

/** The same object for the same move: a search holds and makes millions. */
function moveOf(tid: number, choice: number): Move {
  moves[tid] ??= [];
  const known = moves[tid];
  known[choice + 2] ??= { tid, choice };
  return known[choice + 2] as Move;
}

/** Somebody who looks on. It must change nothing. */
export interface Onlooker {
  /** A search begins, which forgets what earlier ones saw: their scheduling points may have been others. */
  begin(program: Program): void;
  /** After a step that led to a defined state; `path` is the way there, and costs its length. */
  step(program: Program, move: Move, length: number, path: () => readonly Move[]): void;
}

export interface ExploreOptions {
  /** Bound on the number of distinct states. */
  readonly maxStates: number;
  /** Preemptions allowed on a path, or null for all schedules. */
  readonly preemptions: number | null;
  /** Collect which visible event follows which, per thread; the last events then count as state. */
  readonly events: ((tid: number, events: readonly TraceEvent[], last: string) => string) | null;
  /**
   * Give up soon after something new was learned about which memory threads conflict on: the search has to be made
   * again anyway, and its result means nothing.
   */
  readonly untilLearned?: boolean;
  /** Stop at the first violation that is new to the search. */
  readonly stopAtFirst: boolean;
  /** Called at quiescent states; returns what outsiders can see there. */
  readonly observe: ((program: Program) => string) | null;
  /** Checks at quiescent states; reports through the machine. */
  readonly atRest: ((program: Program) => void) | null;
  /** Wall-clock bound in milliseconds, asked for by the user; null for none. */
  readonly deadlineMs: number | null;
  readonly now: () => number;
  readonly onProgress: ((states: number, transitions: number) => void) | null;
  readonly onlooker?: Onlooker;
}

export interface Found {
  readonly violation: Violation;
  readonly schedule: readonly Move[];
}

export interface Unmodelling {
  readonly code: string;
  readonly message: string;
  readonly site: number;
  readonly schedule: readonly Move[];
}

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  readonly maxDepth: number;
  /** The search ended by itself. */
  readonly exhaustive: boolean;
  /** What ended it otherwise. */
  readonly boundHit: string | null;
  readonly found: ReadonlyMap<string, Found>;
  readonly unmodelled: readonly Unmodelling[];
  readonly outcomes: ReadonlyMap<string, readonly Move[]>;
  readonly quiescent: number;
  readonly omission: number;
  /** Memory of the visited set at its end. */
  readonly visitedBytes: number;
}

interface Frame {
  mark: number;
  moves: readonly Move[];
  next: number;
  /** The move under way, and the choices it is to make when it is made again. */
  move: Move | null;
  again: readonly number[] | null;
  /** Some move from here met a choice that is fair, e.g. need_resched(). */
  fairChoice: boolean;
  preemptions: number;
  last: readonly string[];
}

/** Identity of a violation within one program: what is broken, where it shows, by which thread. */
export function violationKey(program: Program, v: Violation): string {
  const site = program.machine.spec.unit.sites[v.site];
  return `${v.invariant}|${v.thread}|${site?.fn ?? ''}|${v.text}`;
}

export function explore(program: Program, options: ExploreOptions): Exploration {
  return new Search(program, options).run();
}

class Search {
  private readonly program: Program;
  private readonly o: ExploreOptions;
  private readonly visited = createVisited();
  private readonly frames: Frame[] = [];
  private sums: Int32Array;
  private readonly print = new Int32Array(2);
  private readonly found = new Map<string, Found>();
  private readonly unmodelled = new Map<string, Unmodelling>();
  private readonly outcomes = new Map<string, readonly Move[]>();
  private depth = -1;
  private transitions = 0;
  private maxDepth = 0;
  private quiescent = 0;
  private boundHit: string | null = null;
  private stop = false;
  /** Transitions left after something was learned. */
  private patience: number | null = null;
  private last: string[];
  /** Number of the state just entered, of those on the path, and their depths. */
  private entering = 0;
  private readonly numbers: number[] = [];
  /** By number of a state: its depth on the path and one more, or 0. */
  private onPath = new Int32Array(1 << 14);
  private readonly onlySignals: boolean[] = [];

  constructor(program: Program, options: ExploreOptions) {
    this.program = program;
    this.o = options;
    this.sums = new Int32Array(program.machine.state.sumsSize * 64);
    this.last = Array.from({ length: program.machine.spec.threads }, () => '');
  }

  run(): Exploration {
    if (this.begin()) {
      this.o.onlooker?.begin(this.program);
      this.takeViolations(null);
      this.enter(null, 0);
    }
    while (this.depth >= 0 && !this.stop) {
      const frame = this.frames[this.depth] as Frame;
      const move = nextMove(frame);
      if (move === null) this.leave();
      else {
        this.tryMove(frame, move);
        if (this.o.untilLearned === true) this.stopIfLearned();
      }
    }
    return {
      states: this.visited.size,
      transitions: this.transitions,
      maxDepth: this.maxDepth,
      exhaustive: this.boundHit === null && !this.stop && this.o.preemptions === null,
      boundHit: this.boundHit,
      found: this.found,
      unmodelled: [...this.unmodelled.values()],
      outcomes: this.outcomes,
      quiescent: this.quiescent,
      omission: this.visited.omissionProbability(),
      visitedBytes: this.visited.bytes,
    };
  }

  /** Some more steps tend to teach more, at a price in proportion to what was searched. */
  private stopIfLearned(): void {
    if (!this.program.machine.conflicts.changed) return;
    if (this.patience === null) this.patience = 200 + (this.transitions >> 2);
    else if (--this.patience <= 0) this.stop = true;
  }

  /** False when the program cannot even be set up. */
  private begin(): boolean {
    try {
      this.program.start();
      return true;
    } catch (error) {
      if (error instanceof PathEnds) {
        this.takeViolations(null);
        return false;
      }
      if (!(error instanceof Unmodelled)) throw error;
      this.unmodelled.set(error.message, {
        code: error.code,
        message: error.message,
        site: error.site,
        schedule: [],
      });
      return false;
    }
  }

  private tryMove(frame: Frame, move: Move): void {
    const state = this.program.machine.state;
    const mark = state.mark();
    this.transitions++;
    const { events } = this.o;
    if (events !== null) {
      this.program.machine.trace = [];
      this.last = [...frame.last];
    }
    const alive = this.perform(move);
    const { choices } = this.program.machine;
    if (choices.arity.length > 0) this.planAgain(frame, move);
    if (events !== null) {
      const trace = this.program.machine.trace ?? [];
      this.program.machine.trace = null;
      this.last[move.tid] = events(move.tid, trace, this.last[move.tid] ?? '');
    }
    this.takeViolations(move);
    if (alive) this.o.onlooker?.step(this.program, move, this.depth + 1, () => this.path(move));
    if (alive && !this.stop) {
      if (this.enter(move, frame.preemptions + this.preempts(frame, move))) return;
    }
    state.undoTo(mark);
    state.restoreSums(this.sums, this.depth * state.sumsSize);
  }

  /** 1 when the move takes the turn of a thread that could go on; only counted where that is bounded. */
  private preempts(frame: Frame, move: Move): number {
    if (this.o.preemptions === null || this.depth === 0) return 0;
    const last = (this.frames[this.depth - 1] as Frame).move;
    if (last === null || last.tid === move.tid) return 0;
    return frame.moves.some(m => m.tid === last.tid) ? 1 : 0;
  }

  /** What the choices of the move just made leave to be tried. */
  private planAgain(frame: Frame, move: Move): void {
    const { taken, arity, fair } = this.program.machine.choices;
    if (fair) frame.fairChoice = true;
    frame.move = { tid: move.tid, choice: move.choice, inner: [...taken] };
    for (let i = arity.length - 1; i >= 0 && frame.again === null; i--) {
      const digit = taken[i] as number;
      if (digit + 1 < (arity[i] as number)) frame.again = [...taken.slice(0, i), digit + 1];
    }
  }

  /** False when the path cannot go on. */
  private perform(move: Move): boolean {
    try {
      this.program.step(move.tid, move.choice, move.inner);
      return true;
    } catch (error) {
      if (error instanceof PathEnds) return false;
      if (error instanceof YieldsSpent) {
        this.boundHit ??= error.message;
        return false;
      }
      if (error instanceof PoolExhausted) {
        this.boundHit ??= `object pool ${error.message}`;
        return false;
      }
      if (error instanceof Unmodelled) {
        const key = `${error.code} ${error.message}`;
        if (!this.unmodelled.has(key)) {
          this.unmodelled.set(key, {
            code: error.code,
            message: error.message,
            site: error.site,
            schedule: this.path(move),
          });
        }
        return false;
      }
      throw error;
    }
  }

  /** Moves from the start to the state on top, and `last` behind them. */
  private path(last: Move | null): Move[] {
    const moves: Move[] = [];
    for (let d = 0; d < this.depth; d++) moves.push((this.frames[d] as Frame).move as Move);
    if (last !== null) moves.push((this.frames[this.depth] as Frame).move as Move);
    return moves;
  }

  private takeViolations(move: Move | null): void {
    const { machine } = this.program;
    if (machine.violations.length === 0) return;
    for (const violation of machine.violations) {
      const key = violationKey(this.program, violation);
      const schedule = this.path(move);
      const known = this.found.get(key);
      if (known === undefined || known.schedule.length > schedule.length)
        this.found.set(key, { violation, schedule });
      if (this.o.stopAtFirst) this.stop = true;
    }
    machine.violations = [];
  }

  /** Makes the current state a frame unless it was seen; false when it was. */
  private enter(move: Move | null, preemptions: number): boolean {
    if (this.o.preemptions !== null && preemptions > this.o.preemptions) return false;
    const { state } = this.program.machine;
    state.fingerprint(this.print);
    let a = this.print[0] as number;
    if (this.o.preemptions !== null)
      a = Math.imul(a ^ (preemptions * 64 + (move?.tid ?? 0) + 1), 0x9e3779b1);
    if (this.o.events !== null) a = hashStrings(a, this.last);
    const number = this.visited.add(a, this.print[1] as number);
    if (number < 0) {
      if (this.o.preemptions === null && move !== null) this.checkCycle(~number, move);
      return false;
    }
    this.entering = number;
    if (this.visited.size >= this.o.maxStates) {
      this.boundHit = `${this.o.maxStates} states`;
      this.stop = true;
    }
    if ((this.visited.size & 0x3fff) === 0) this.checkTime();
    this.push(preemptions);
    return true;
  }

  /**
   * A cycle in which one thread goes round while nobody else can run, without a choice that could lead out: it never
   * ends. need_resched() and its like are fair, so a cycle they could leave is none; a signal may never come.
   */
  private checkCycle(number: number, move: Move): void {
    const start = (this.onPath[number] as number) - 1;
    if (start < 0) return;
    for (let d = start; d <= this.depth; d++) {
      const { moves, fairChoice } = this.frames[d] as Frame;
      if (fairChoice) return;
      if (moves.some(m => m.tid !== move.tid)) return;
      if (moves.length > 1 && !this.onlySignals[d]) return;
    }
    const { machine } = this.program;
    machine.tid = move.tid;
    const site = machine.thread(move.tid, T.site);
    machine.report(
      'livelock',
      `${describeSite(machine, site)} repeats for ever and nobody else can run`,
      site,
      false,
    );
    this.takeViolations(move);
  }

  private checkTime(): void {
    this.o.onProgress?.(this.visited.size, this.transitions);
    if (this.o.deadlineMs !== null && this.o.now() > this.o.deadlineMs) {
      this.boundHit = 'the time asked for';
      this.stop = true;
    }
  }

  private push(preemptions: number): void {
    const { state } = this.program.machine;
    this.depth++;
    if (this.depth > this.maxDepth) this.maxDepth = this.depth;
    if ((this.depth + 1) * state.sumsSize > this.sums.length) {
      const bigger = new Int32Array(this.sums.length * 2);
      bigger.set(this.sums);
      this.sums = bigger;
    }
    state.saveSums(this.sums, this.depth * state.sumsSize);
    const moves = this.movesHere();
    this.numbers[this.depth] = this.entering;
    this.putOnPath(this.entering, this.depth + 1);
    this.onlySignals[this.depth] =
      moves.length > 1 && moves.every(m => this.program.waitsForSignal(m.tid));
    const frame = this.frames[this.depth];
    if (frame === undefined)
      this.frames.push({
        mark: state.mark(),
        moves,
        next: 0,
        move: null,
        again: null,
        fairChoice: false,
        preemptions,
        last: this.last,
      });
    else {
      frame.mark = state.mark();
      frame.moves = moves;
      frame.next = 0;
      frame.move = null;
      frame.again = null;
      frame.fairChoice = false;
      frame.preemptions = preemptions;
      frame.last = this.last;
    }
    checkRaces(this.program.machine);
    this.atState(moves);
  }

  private putOnPath(number: number, depth: number): void {
    if (number >= this.onPath.length) {
      const bigger = new Int32Array(this.onPath.length * 2);
      bigger.set(this.onPath);
      this.onPath = bigger;
    }
    this.onPath[number] = depth;
  }

  private movesHere(): readonly Move[] {
    const n = this.program.machine.spec.threads;
    if (this.o.preemptions === null) {
      for (let tid = 0; tid < n; tid++) {
        // A choice touches nothing another thread can see: taking it first loses no behaviour.
        if (this.program.isLocalChoice(tid))
          return this.program.outcomes(tid).map(choice => moveOf(tid, choice));
      }
    }
    const moves: Move[] = [];
    for (let tid = 0; tid < n; tid++) {
      for (const choice of this.program.outcomes(tid)) moves.push(moveOf(tid, choice));
    }
    return moves;
  }

  private atState(moves: readonly Move[]): void {
    const n = this.program.machine.spec.threads;
    if (moves.length > 0) {
      this.takeViolations(null);
      return;
    }
    const stuck: number[] = [];
    for (let tid = 0; tid < n; tid++) if (!this.program.isQuiet(tid)) stuck.push(tid);
    if (stuck.length > 0) {
      this.program.machine.tid = stuck[0] as number;
      this.program.machine.report(
        'deadlock',
        `no thread can run; threads ${stuck.join(', ')} wait for ever`,
        0,
        false,
      );
    } else this.atRest();
    this.takeViolations(null);
  }

  private atRest(): void {
    this.quiescent++;
    this.o.atRest?.(this.program);
    if (this.o.observe === null) return;
    const seen = this.o.observe(this.program);
    const known = this.outcomes.get(seen);
    if (known === undefined || known.length > this.depth) this.outcomes.set(seen, this.path(null));
  }

  private leave(): void {
    const { state } = this.program.machine;
    this.onPath[this.numbers[this.depth] as number] = 0;
    this.depth--;
    if (this.depth < 0) return;
    const frame = this.frames[this.depth] as Frame;
    state.undoTo(frame.mark);
    state.restoreSums(this.sums, this.depth * state.sumsSize);
  }
}

/** The move to make from here, the one under way with other choices first; null when all were made. */
function nextMove(frame: Frame): Move | null {
  const { move, again } = frame;
  if (move !== null && again !== null) {
    frame.move = { tid: move.tid, choice: move.choice, inner: again };
    frame.again = null;
    return frame.move;
  }
  frame.move = frame.moves[frame.next] ?? null;
  frame.next++;
  return frame.move;
}

function hashStrings(seed: number, words: readonly string[]): number {
  let h = seed;
  for (const word of words) {
    for (let i = 0; i < word.length; i++) h = Math.imul(h ^ word.charCodeAt(i), 0x01000193);
    h = Math.imul(h ^ (h >>> 13), 0x5bd1e995);
  }
  return h;
}
