/**
 * Partial-order reduction for litmus tests: when a thread's next move touches nothing that another thread will still
 * touch, it goes first and alone (a persistent set of one; Godefroid, LNCS 1032, chapter 4).
 *
 * What a thread will still touch is learned from the runs: which accesses its steps made from each place in its code,
 * and which places followed. A search that learned something new is repeated, so the last one rests on facts that held
 * throughout it. A thread that first goes against a fact does so no matter what was moved before it, since until then
 * it depends on nothing that was moved: the fact cannot stay hidden.
 *
 * Under TSO a store that enters the thread's buffer is nobody else's business; only its arrival in memory is. A finished
 * wait for a grace period is the thread's own business as well.
 */
import type { Program } from '../../semantics/compile/program.ts';
import { POINT_KINDS } from '../../semantics/compile/unit.ts';
import { T } from '../../semantics/kernel/machine.ts';
import { DRAIN } from '../../semantics/kernel/store-buffer.ts';

/** A place in a thread's code, and what steps from there did. Sets of cells are bit masks. */
interface Node {
  reads: number;
  /** Writes that reached memory within the step. */
  writes: number;
  /** Writes that entered the store buffer. */
  pushes: number;
  drains: boolean;
  readonly next: Set<number>;
  /** Everything from here to the thread's end. */
  futureReads: number;
  futureWrites: number;
}

export interface Reduction {
  readonly program: Program;
  /** Something was learned since the last {@link Reduction.settle}. */
  changed(): boolean;
  settle(): void;
}

/** Cells share the last bit when there are too many for one word. */
const BITS = 31;
const ENDED = -1;
const SYNC = POINT_KINDS.indexOf('sync') + 1;

/** Stores to `direct` cells do not wait in a buffer and commute with each other; `ignored` cells are of no concern to other threads. */
export function reduced(
  program: Program,
  direct: ReadonlySet<number>,
  ignored: ReadonlySet<number>,
): Reduction {
  const facts = new Facts(program, direct, ignored);
  const ample = new Ample(program, facts);
  let chosen: { readonly tid: number; readonly drains: boolean } | null = null;
  return {
    changed: () => facts.changed,
    settle: () => {
      facts.changed = false;
    },
    program: {
      ...program,
      isLocalChoice: tid => {
        // The search asks thread by thread, from the first, at each new state.
        if (tid === 0) chosen = ample.choose();
        return chosen?.tid === tid;
      },
      outcomes: tid => {
        const all = program.outcomes(tid);
        if (chosen?.tid !== tid) return all;
        return chosen.drains ? [DRAIN] : all.filter(choice => choice !== DRAIN);
      },
      step: (tid, choice, inner) => facts.step(tid, choice, inner),
    },
  };
}

class Facts {
  changed = false;
  /** Cells whose writes are in no order: beginnings of grace periods. */
  commuting = 0;
  private readonly program: Program;
  private readonly nodes: readonly Map<number, Node>[];
  private readonly bits = new Map<number, number>();
  private readonly now = { reads: 0, writes: 0, pushes: 0, drains: false };

  constructor(program: Program, direct: ReadonlySet<number>, ignored: ReadonlySet<number>) {
    this.program = program;
    const { conflicts, buffers, spec } = program.machine;
    this.nodes = Array.from({ length: spec.threads }, () => new Map());
    for (const cell of direct) this.commuting |= this.bit(cell);
    const { access } = conflicts;
    conflicts.access = (cell, tid, write, plain, site, bits) => {
      if (conflicts.enabled && (conflicts.location[cell] as number) >= 0 && !ignored.has(cell)) {
        const bit = this.bit(cell);
        if (!write) this.now.reads |= bit;
        else if (buffers === null || buffers.direct || direct.has(cell)) this.now.writes |= bit;
        else this.now.pushes |= bit;
      }
      access(cell, tid, write, plain, site, bits);
    };
    if (buffers === null) return;
    const { drainAll } = buffers;
    buffers.drainAll = tid => {
      this.now.drains = true;
      drainAll(tid);
    };
  }

  bit(cell: number): number {
    let bit = this.bits.get(cell);
    if (bit === undefined) {
      bit = 1 << Math.min(this.bits.size, BITS - 1);
      this.bits.set(cell, bit);
    }
    return bit;
  }

  /** Number of the place where the thread is suspended: the resume points of its frames. */
  place(tid: number): number {
    const { S, threadBase } = this.program.machine;
    const base = threadBase[tid] as number;
    if ((S[base + T.top] as number) === 0) return ENDED;
    let key = 0;
    for (let fp = base + (S[base + T.top] as number); ; ) {
      key = key * 8192 + (S[fp] as number);
      const distance = S[fp + 1] as number;
      if (distance === 0) return key;
      fp -= distance;
    }
  }

  node(tid: number): Node | null {
    return this.nodes[tid]?.get(this.place(tid)) ?? null;
  }

  step(tid: number, choice: number, inner?: readonly number[]): void {
    const { now } = this;
    if (choice === DRAIN) {
      this.program.step(tid, choice, inner);
      return;
    }
    const from = this.place(tid);
    now.reads = now.writes = now.pushes = 0;
    now.drains = false;
    try {
      this.program.step(tid, choice, inner);
    } finally {
      this.learn(tid, from);
    }
  }

  private learn(tid: number, from: number): void {
    const { now } = this;
    const places = this.nodes[tid] as Map<number, Node>;
    let node = places.get(from);
    if (node === undefined) {
      node = {
        reads: 0,
        writes: 0,
        pushes: 0,
        drains: false,
        next: new Set(),
        futureReads: 0,
        futureWrites: 0,
      };
      places.set(from, node);
      this.changed = true;
    }
    const to = this.place(tid);
    const isKnown =
      (now.reads & ~node.reads) === 0 &&
      (now.writes & ~node.writes) === 0 &&
      (now.pushes & ~node.pushes) === 0 &&
      (!now.drains || node.drains) &&
      (to === ENDED || node.next.has(to));
    if (isKnown) return;
    this.changed = true;
    node.reads |= now.reads;
    node.writes |= now.writes;
    node.pushes |= now.pushes;
    node.drains ||= now.drains;
    if (to !== ENDED) node.next.add(to);
    foresee(places);
  }
}

/** What can still happen from each place: a fixpoint over the places that follow. */
function foresee(places: ReadonlyMap<number, Node>): void {
  for (let again = true; again; ) {
    again = false;
    for (const node of places.values()) {
      let reads = node.reads;
      let writes = node.writes | node.pushes;
      for (const next of node.next) {
        reads |= places.get(next)?.futureReads ?? 0;
        writes |= places.get(next)?.futureWrites ?? 0;
      }
      if (reads === node.futureReads && writes === node.futureWrites) continue;
      node.futureReads = reads;
      node.futureWrites = writes;
      again = true;
    }
  }
}

class Ample {
  private readonly program: Program;
  private readonly facts: Facts;
  private readonly reads: number[] = [];
  private readonly writes: number[] = [];
  private readonly buffered: number[] = [];

  constructor(program: Program, facts: Facts) {
    this.program = program;
    this.facts = facts;
  }

  /** A thread that can move alone here, by its code or by its oldest buffered store. */
  choose(): { readonly tid: number; readonly drains: boolean } | null {
    const { machine } = this.program;
    const n = machine.spec.threads;
    for (let tid = 0; tid < n; tid++) {
      const node = this.facts.node(tid);
      this.buffered[tid] = this.bufferedCells(tid);
      this.reads[tid] = node?.futureReads ?? 0;
      this.writes[tid] =
        (node?.futureWrites ?? 0) | (this.buffered[tid] as number) | this.beginning(tid);
    }
    for (let tid = 0; tid < n; tid++) {
      if (this.canStepAlone(tid)) return { tid, drains: false };
    }
    for (let tid = 0; tid < n; tid++) {
      const size = machine.buffers?.size(tid) ?? 0;
      if (size === 0) continue;
      const writes = this.bit(machine.buffers?.oldest(tid) ?? 0) | this.beginning(tid);
      if (this.isAlone(tid, 0, writes)) return { tid, drains: true };
    }
    return null;
  }

  /** A grace period begins when the buffer of the thread that asked for it is empty. */
  private beginning(tid: number): number {
    const { machine } = this.program;
    const isWaiting =
      machine.thread(tid, T.pointKind) === SYNC && (machine.buffers?.size(tid) ?? 0) > 0;
    return isWaiting ? this.facts.commuting : 0;
  }

  private bit(cell: number): number {
    return this.facts.bit(cell);
  }

  private bufferedCells(tid: number): number {
    const { buffers } = this.program.machine;
    let cells = 0;
    buffers?.eachCell(tid, cell => {
      cells |= this.bit(cell);
    });
    return cells;
  }

  private canStepAlone(tid: number): boolean {
    const { machine } = this.program;
    const outcomes = this.program.outcomes(tid);
    if (outcomes.length === 0 || outcomes[0] === DRAIN) return false;
    if (machine.thread(tid, T.pointKind) === SYNC) return true;
    const node = this.facts.node(tid);
    // Not yet known: to find out, any order will do.
    if (node === null) return true;
    // A full buffer would let go of a store.
    if ((machine.buffers?.size(tid) ?? 0) > 8) return false;
    const writes = node.writes | (node.drains ? (this.buffered[tid] as number) | node.pushes : 0);
    return this.isAlone(tid, node.reads, writes);
  }

  /** No other thread will write what is read, or touch what is written. */
  private isAlone(tid: number, reads: number, writes: number): boolean {
    for (let other = 0; other < this.reads.length; other++) {
      if (other === tid) continue;
      const theirs = this.writes[other] as number;
      const mine = reads | (writes & ~this.facts.commuting);
      if ((theirs & mine) !== 0 || ((this.reads[other] as number) & writes) !== 0) return false;
    }
    return true;
  }
}
