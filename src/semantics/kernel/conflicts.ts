/**
 * Which memory needs scheduling points. A point stands before an access only if another thread can conflict with it
 * there. What conflicts is learned from the runs themselves and never unlearned: the search repeats until it has
 * nothing new to learn, so a finished search rests on facts that held throughout it.
 *
 * Per location (a global cell, a cell offset in a pool's objects) we keep who accessed
 * it, whether anyone wrote or only added to it, and two locksets in the manner of Eraser (Savage et al., 1997): locks held in any mode at
 * every access, and locks held exclusively at every write. A write is safe from interference when the thread holds
 * exclusively a lock that all accesses hold; a read is, when it holds in any mode a lock that every write excludes.
 * Freeing an object conflicts with every access outside an RCU reader section. Objects nobody else can reach yet, and
 * threads' own stacks, never conflict.
 *
 * A write conflicts with a read only through the bits that it changes. Which bits of a location any write ever changed
 * is learned as well: who reads another bit-field of the same word, or what is only ever overwritten with itself, reads
 * the same before and after.
 */

export interface Conflicts {
  /** Location number of each cell; negative for cells that cannot conflict. */
  readonly location: Int32Array;
  /** Facts learned since the last call to {@link Conflicts.settle}. */
  readonly changed: boolean;
  /** Static classes of plain accesses that race and have to become scheduling points. */
  readonly racing: ReadonlySet<string>;
  /** Locks (by bit) the running thread holds: any mode, exclusively. */
  held: number;
  exclusive: number;
  inReader: boolean;
  /** The accesses that follow add to a counter without looking at it: they commute with each other. */
  adding: boolean;
  /** Off while code runs that no other thread can interfere with. */
  enabled: boolean;
  lockBit(cell: number): number;
  /** `bits` are those that are read, or those that the write changes: -1 when that is not known. */
  access(
    cell: number,
    tid: number,
    write: boolean,
    plain: boolean,
    site: number,
    bits: number,
  ): void;
  /** These threads may look at the cell at any moment, holding nothing: the hardware does for them. */
  watchedBy(cell: number, threads: number): void;
  /** Writes to the cell order threads by being made, whatever they change. */
  ordersBy(cell: number): void;
  /** An object of these locations is freed; `deferred` through RCU. */
  freed(from: number, to: number, tid: number, deferred: boolean): void;
  /** `bits` as for {@link Conflicts.access}; of what is about to be written nothing is known. */
  needsPoint(cell: number, write: boolean, bits: number): boolean;
  contended(cell: number): boolean;
  settle(): void;
  /** Takes over what an earlier program for the same scenario learned. */
  adopt(earlier: ConflictFacts): void;
  facts(): ConflictFacts;
}

/** Facts by location number; numbers are stable as long as the layout is. */
export interface ConflictFacts {
  readonly any: Int32Array;
  readonly safe: Int32Array;
  readonly threads: Int32Array;
  readonly flags: Uint8Array;
  /** Bits that some write changed. */
  readonly bits: Int32Array;
  /** Bit of each lock, by its cell. */
  readonly locks: ReadonlyMap<number, number>;
}

const WRITTEN = 1;
const FREED_LATER = 2;
const OUTSIDE_RCU = 4;
const ADDED = 8;
const READ = 16;

export function createConflicts(
  location: Int32Array,
  locations: number,
  classOfSite: (site: number) => string,
): Conflicts {
  const any = new Int32Array(locations).fill(-1);
  const safe = new Int32Array(locations).fill(-1);
  const threads = new Int32Array(locations);
  const flags = new Uint8Array(locations);
  const bits = new Int32Array(locations);
  const racing = new Set<string>();
  const lockBits = new Map<number, number>();
  let changed = false;

  const changes = (l: number, touched: number): boolean =>
    ((flags[l] as number) & WRITTEN) !== 0 && ((bits[l] as number) & touched) !== 0;
  const conflicting = (l: number, touched: number): boolean => {
    const mask = threads[l] as number;
    if ((mask & (mask - 1)) === 0) return false;
    const f = flags[l] as number;
    if (changes(l, touched) || ((f & ADDED) !== 0 && (f & READ) !== 0)) return true;
    return (f & FREED_LATER) !== 0 && (f & OUTSIDE_RCU) !== 0;
  };
  const learn = (
    l: number,
    nextAny: number,
    nextSafe: number,
    nextThreads: number,
    nextFlags: number,
    nextBits: number,
  ): void => {
    const before = conflicting(l, -1);
    const more = any[l] !== nextAny || safe[l] !== nextSafe || bits[l] !== nextBits;
    any[l] = nextAny;
    safe[l] = nextSafe;
    threads[l] = nextThreads;
    flags[l] = nextFlags;
    bits[l] = nextBits;
    if (conflicting(l, -1) !== before || (before && more)) changed = true;
  };
  const isSafe = (l: number, write: boolean, touched: number): boolean => {
    const f = flags[l] as number;
    if ((f & ADDED) !== 0 || changes(l, touched)) {
      const guard = write ? (any[l] as number) & c.exclusive : (safe[l] as number) & c.held;
      if (guard === 0) return false;
    }
    return !((f & FREED_LATER) !== 0 && !c.inReader);
  };
  const c: Conflicts = {
    location,
    get changed() {
      return changed;
    },
    racing,
    held: 0,
    exclusive: 0,
    inReader: false,
    adding: false,
    enabled: false,
    lockBit: cell => {
      let bit = lockBits.get(cell);
      if (bit === undefined) {
        bit = lockBits.size < 31 ? 1 << lockBits.size : 0;
        lockBits.set(cell, bit);
      }
      return bit;
    },
    access: (cell, tid, write, plain, site, touched) => {
      const l = location[cell] as number;
      if (l < 0 || !c.enabled) return;
      const nextAny = (any[l] as number) & c.held;
      const nextSafe = write ? (safe[l] as number) & c.exclusive : (safe[l] as number);
      const nextThreads = (threads[l] as number) | (1 << tid);
      const how = c.adding ? ADDED : write ? WRITTEN : READ;
      const nextFlags = (flags[l] as number) | how | (c.inReader ? 0 : OUTSIDE_RCU);
      const nextBits = write ? (bits[l] as number) | touched : (bits[l] as number);
      if (
        nextAny !== any[l] ||
        nextSafe !== safe[l] ||
        nextThreads !== threads[l] ||
        nextFlags !== flags[l] ||
        nextBits !== bits[l]
      ) {
        learn(l, nextAny, nextSafe, nextThreads, nextFlags, nextBits);
      }
      const looks = write ? -1 : touched;
      if (plain && conflicting(l, looks) && !isSafe(l, write, looks)) {
        const name = classOfSite(site);
        if (name !== '' && !racing.has(name)) {
          racing.add(name);
          changed = true;
        }
      }
    },
    watchedBy: (cell, mask) => {
      const l = location[cell] as number;
      any[l] = 0;
      threads[l] = (threads[l] as number) | mask;
      flags[l] = (flags[l] as number) | READ | OUTSIDE_RCU;
      // It writes, too: accessed and dirty bits.
      bits[l] = -1;
    },
    ordersBy: cell => {
      bits[location[cell] as number] = -1;
    },
    freed: (from, to, tid, deferred) => {
      for (let cell = from; cell < to; cell++) {
        const l = location[cell] as number;
        if (l < 0) continue;
        if (deferred)
          learn(
            l,
            any[l] as number,
            safe[l] as number,
            (threads[l] as number) | (1 << tid),
            (flags[l] as number) | FREED_LATER,
            bits[l] as number,
          );
        else {
          learn(
            l,
            (any[l] as number) & c.held,
            (safe[l] as number) & c.exclusive,
            (threads[l] as number) | (1 << tid),
            (flags[l] as number) | WRITTEN,
            -1,
          );
        }
      }
    },
    needsPoint: (cell, write, touched) => {
      const l = location[cell];
      if (l === undefined) return true;
      const looks = write ? -1 : touched;
      return l >= 0 && conflicting(l, looks) && !isSafe(l, write, looks);
    },
    contended: cell => {
      const l = location[cell];
      if (l === undefined || l < 0) return true;
      const mask = threads[l] as number;
      return (mask & (mask - 1)) !== 0;
    },
    settle: () => {
      changed = false;
    },
    adopt: earlier => {
      if (earlier.any.length !== locations) return;
      any.set(earlier.any);
      safe.set(earlier.safe);
      threads.set(earlier.threads);
      flags.set(earlier.flags);
      bits.set(earlier.bits);
      for (const [cell, bit] of earlier.locks) lockBits.set(cell, bit);
    },
    facts: () => ({ any, safe, threads, flags, bits, locks: lockBits }),
  };
  return c;
}
