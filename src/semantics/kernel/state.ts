/**
 * The flat state: 32-bit cells, an undo log, and a fingerprint kept up to date by every store.
 *
 * Cells belong to a *lane*: 0 is shared, n > 0 the private block of thread n. A lane's cells carry the same hash keys
 * as the matching cells of other lanes, and lanes of interchangeable threads are added up commutatively, so states that
 * differ only by a permutation of such threads have one fingerprint. A lane another cell points into is pinned: it
 * then counts with its own number.
 */
import { ADDRESS_BASE } from '../compile/unit.ts';

export interface StateShape {
  readonly cells: number;
  /** Lane of each cell. */
  readonly lane: Uint8Array;
  /** Number of the cell within its lane's block; equal for matching cells of different lanes. */
  readonly relative: Int32Array;
  readonly lanes: number;
  /** Lanes with the same class are interchangeable. Index 0 is unused. */
  readonly laneClass: readonly number[];
}

export interface FlatState {
  readonly S: Int32Array;
  readonly shape: StateShape;
  /** Stores with undo log and fingerprint. */
  write(cell: number, value: number): void;
  /** Position in the undo log, to hand to {@link FlatState.undoTo}. */
  mark(): number;
  undoTo(mark: number): void;
  /** Back to all zeroes with an empty log. */
  reset(): void;
  /** Lane sums, pins: saved before a step and restored with the undo. */
  saveSums(into: Int32Array, at: number): void;
  restoreSums(from: Int32Array, at: number): void;
  readonly sumsSize: number;
  /** 64-bit fingerprint in two words, second never 0. */
  fingerprint(out: Int32Array): void;
  /** Cells changed since `mark`, oldest first, each once, with their old values. */
  changesSince(mark: number): Map<number, number>;
}

/** Deterministic 32-bit mixing (finalizer of MurmurHash3, public domain constants). */
function mix32(x: number): number {
  let h = x | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

export function createState(shape: StateShape, symmetry: boolean): FlatState {
  const S = new Int32Array(shape.cells);
  const { lane, relative, lanes } = shape;
  const keyA = new Int32Array(shape.cells);
  const keyB = new Int32Array(shape.cells);
  for (let c = 0; c < shape.cells; c++) {
    const id = symmetry && lane[c] !== 0 ? 0x40000000 + (relative[c] as number) : c;
    keyA[c] = mix32(id * 2 + 1);
    keyB[c] = mix32(id * 2 + 0x5bd1e995);
  }
  let log = new Int32Array(1 << 16);
  let top = 0;
  const sumA = new Int32Array(lanes + 1);
  const sumB = new Int32Array(lanes + 1);
  const pins = new Int32Array(lanes + 1);
  const limit = ADDRESS_BASE + shape.cells * 4;

  /** A pointer into the storing cell's own lane hashes by its relative position. */
  const canonical = (ownLane: number, value: number): number => {
    if (value < ADDRESS_BASE || value >= limit) return value;
    const target = (value - ADDRESS_BASE) >> 2;
    if (ownLane === 0 || lane[target] !== ownLane) return value;
    return 0x70000000 + ((relative[target] as number) << 2) + (value & 3);
  };
  const pin = (ownLane: number, value: number, by: number): void => {
    if (value < ADDRESS_BASE || value >= limit) return;
    const target = lane[(value - ADDRESS_BASE) >> 2] as number;
    if (target !== 0 && target !== ownLane) pins[target] = (pins[target] as number) + by;
  };
  const add = (cell: number, value: number, sign: number): void => {
    if (value === 0) return;
    const l = lane[cell] as number;
    const v = symmetry ? canonical(l, value) : value;
    const ka = keyA[cell] as number;
    const kb = keyB[cell] as number;
    let a = Math.imul(v ^ ka, 0x9e3779b1);
    a = Math.imul(a ^ (a >>> 15), 0x85ebca77) ^ kb;
    a ^= a >>> 13;
    let b = Math.imul((v + kb) | 0, 0xc2b2ae3d);
    b = Math.imul(b ^ (b >>> 16), 0x27d4eb2f) ^ ka;
    b ^= b >>> 15;
    if (sign > 0) {
      sumA[l] = ((sumA[l] as number) + a) | 0;
      sumB[l] = ((sumB[l] as number) + b) | 0;
    } else {
      sumA[l] = ((sumA[l] as number) - a) | 0;
      sumB[l] = ((sumB[l] as number) - b) | 0;
    }
    if (symmetry) pin(l, value, sign);
  };

  const write = (cell: number, value: number): void => {
    const old = S[cell] as number;
    const v = value | 0;
    if (old === v) return;
    if (top + 2 > log.length) {
      const bigger = new Int32Array(log.length * 2);
      bigger.set(log);
      log = bigger;
    }
    log[top] = cell;
    log[top + 1] = old;
    top += 2;
    add(cell, old, -1);
    add(cell, v, 1);
    S[cell] = v;
  };

  return {
    S,
    shape,
    write,
    mark: () => top,
    undoTo: mark => {
      while (top > mark) {
        top -= 2;
        S[log[top] as number] = log[top + 1] as number;
      }
    },
    reset: () => {
      S.fill(0);
      sumA.fill(0);
      sumB.fill(0);
      pins.fill(0);
      top = 0;
    },
    sumsSize: 3 * (lanes + 1),
    saveSums: (into, at) => {
      into.set(sumA, at);
      into.set(sumB, at + lanes + 1);
      into.set(pins, at + 2 * (lanes + 1));
    },
    restoreSums: (from, at) => {
      const n = lanes + 1;
      for (let i = 0; i < n; i++) {
        sumA[i] = from[at + i] as number;
        sumB[i] = from[at + n + i] as number;
        pins[i] = from[at + 2 * n + i] as number;
      }
    },
    fingerprint: out => {
      let a = sumA[0] as number;
      let b = sumB[0] as number;
      for (let l = 1; l <= lanes; l++) {
        const salt =
          !symmetry || (pins[l] as number) > 0 ? 0x1000 + l : (shape.laneClass[l] as number);
        const x = mix32((sumA[l] as number) ^ Math.imul(salt, 0x9e3779b1));
        const y = mix32((sumB[l] as number) ^ Math.imul(salt, 0xc2b2ae3d));
        a = (a + mix32(x ^ Math.imul(y, 0x85ebca77))) | 0;
        b = (b + mix32(y + Math.imul(x, 0x27d4eb2f))) | 0;
      }
      out[0] = a;
      out[1] = b === 0 ? 1 : b;
    },
    changesSince: mark => {
      const changes = new Map<number, number>();
      for (let i = mark; i < top; i += 2) {
        const cell = log[i] as number;
        if (!changes.has(cell)) changes.set(cell, log[i + 1] as number);
      }
      return changes;
    },
  };
}
