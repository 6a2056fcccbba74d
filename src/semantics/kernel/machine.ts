/**
 * The simulated machine one exploration runs on: memory map, object pools with lifetimes, threads, and the bookkeeping
 * the primitives share. The primitives themselves live in the files beside this one, a family each.
 */
import { ADDRESS_BASE, type CodeUnit } from '../compile/unit.ts';
import { type Conflicts, createConflicts } from './conflicts.ts';
import type { Ledger } from './references.ts';
import { createState, type FlatState } from './state.ts';
import type { StoreBuffers } from './store-buffer.ts';

/** Cells at the start of each thread's block. */
export const T = {
  /** Frame of the innermost suspended function, relative to the block; 0 when the thread has ended. */
  top: 0,
  pointKind: 1,
  pointArgument: 2,
  site: 3,
  rcuDepth: 4,
  /** Spinlocks and rwlocks held plus preempt_disable() and interrupts off: each makes an RCU reader. */
  atomicDepth: 5,
  srcuDepth: 6,
  /** Bit i: this thread's reader section began before callback i was queued. */
  rcuBlocks: 7,
  /** Bit 0: this thread blocks a synchronize_rcu(), bit 1: a synchronize_srcu(). */
  syncBlocks: 8,
  inGuest: 9,
  guestRoot: 10,
  /** Host pages, writable host pages and page-table pages this vCPU's TLB may still cache. */
  tlbPages: 11,
  tlbWritable: 12,
  tlbTables: 13,
  kicked: 14,
  quiet: 15,
  /** Locks held when the current operation began. */
  opHeld: 16,
  /** vCPU (the address of its thread's block) on whose behalf references are taken and put; 0 for the thread itself. */
  actor: 17,
  /** Times it gave way, where that is bounded. */
  yields: 18,
  /** The root this vCPU has loaded was invalidated by the holder of mmu_lock, who did not ask it yet to drop it. */
  owed: 19,
  /** SPTE that the thread froze, until it writes what it is to become or drops mmu_lock. */
  frozen: 20,
  /** The togglable setting in the running operation: 0 outside of one, 1 not read, else its value and a mark. */
  setting: 21,
  held: 22,
  /** References to each TDP root that this thread took and did not put; see references.ts. */
  owns: 30,
} as const;
export const HELD_MAX = 8;
/** Roots whose references are followed: those with the lowest numbers. */
export const OWNS_MAX = 12;
export const THREAD_HEADER = T.owns + OWNS_MAX;

export const PRIVATE = 3;

/** Value of {@link Machine.watched} for cells whose loads are watched, too. */
export const WATCH_LOADS = 0xff;

export const READ_HELD = 1;
export const WRITE_HELD = 2;
export const PLAIN_HELD = 3;

export interface PoolSpec {
  readonly name: string;
  readonly count: number;
  readonly cells: number;
}
export interface Pool extends PoolSpec {
  readonly base: number;
  /** First status cell: 0 free, 1 live, PRIVATE live and not reachable by other threads yet. */
  readonly status: number;
}

export interface Violation {
  readonly invariant: string;
  readonly text: string;
  readonly site: number;
  readonly thread: number;
  /** The path cannot go on in a defined way. */
  readonly fatal: boolean;
}

/** Thrown when a run reaches something the models do not cover. */
export class Unmodelled extends Error {
  readonly code: string;
  readonly site: number;
  constructor(code: string, message: string, site: number) {
    super(message);
    this.code = code;
    this.site = site;
  }
}

/** Thrown when a path must stop at once, after a fatal violation. */
export class PathEnds extends Error {}

export interface MachineSpec {
  readonly unit: CodeUnit;
  readonly globalsEnd: number;
  readonly pools: readonly PoolSpec[];
  readonly threads: number;
  readonly stackCells: number;
  /** Cells of each vCPU structure placed in its thread's lane, by thread; null for none. */
  readonly vcpus: readonly ({ readonly cell: number; readonly cells: number } | null)[];
  readonly threadClass: readonly number[];
  readonly symmetry: boolean;
}

/** Choices that a step meets between two points: it goes on with each outcome in turn instead of stopping there. */
export interface Choices {
  /** Outcomes to take, in order; 0 from there on. */
  script: readonly number[];
  /** Outcomes taken, and how many each choice had. */
  readonly taken: number[];
  readonly arity: number[];
  /** One of them is fair: neither outcome can be taken for ever. */
  fair: boolean;
  /** Somebody always waits: whoever looks whether to give way is told so. */
  contended: boolean;
}

export interface Machine {
  readonly spec: MachineSpec;
  readonly state: FlatState;
  readonly S: Int32Array;
  /** R[0] high word of a result, R[1] suspended, R[2] low word handed to a resumed caller, R[3] loop fuel. */
  readonly R: Int32Array;
  readonly pools: ReadonlyMap<string, Pool>;
  /** Status cell of the object a cell belongs to, or 0. */
  readonly object: Int32Array;
  readonly threadBase: readonly number[];
  readonly stackBase: readonly number[];
  tid: number;
  /** Choice the scheduler made for the resumed thread. */
  choice: number;
  readonly choices: Choices;
  violations: Violation[];
  trace: TraceEvent[] | null;
  /** Kernel data the primitives keep outside records: RCU callbacks and host pages. */
  readonly cells: {
    readonly rcuHead: number;
    readonly rcuFunction: number;
    /** 0: nobody cares; WATCHED; UNWAITED: a callback was queued since, and no rcu_barrier() came. */
    readonly rcuWatch: number;
    readonly hostCurrent: number;
    readonly hostFreed: number;
    /** Pages the guest wrote, a bit each, of which the host was not told when their mapping went. */
    readonly hostOwed: number;
    readonly private: number;
    /** References of vCPUs without a thread, by root; roots whose owners are unknown, a bit each. */
    readonly orphanOwns: number;
    readonly ownsTainted: number;
  };
  readonly conflicts: Conflicts;
  /** null under sequential consistency. */
  buffers: StoreBuffers | null;
  /** Who owns references to TDP roots; null when that cannot be told on this side. */
  ledger: Ledger | null;
  /** Told of every store to a page table before it happens. */
  beforeTableStore: ((cell: number, value: number, site: number) => void) | null;
  /** Nonzero for cells and for store sites that a rule of the MMU looks at; see protocol-rules.ts. */
  readonly watched: Uint8Array;
  readonly watchedSites: Uint8Array;
  rules: Rules | null;
  addressOf(cell: number): number;
  cellOf(address: number, site: number): number;
  read(address: number, site: number): number;
  store(address: number, value: number, site: number): void;
  /** The same for plain accesses, which must not race. */
  readPlain(address: number, site: number): number;
  storePlain(address: number, value: number, site: number): void;
  /** Another thread can now reach the object the address lies in, and what hangs off it. */
  publish(address: number): void;
  thread(tid: number, slot: number): number;
  setThread(tid: number, slot: number, value: number): void;
  report(invariant: string, text: string, site: number, fatal: boolean): void;
}

/** Rules of the MMU, told of what concerns them. */
export interface Rules {
  store(cell: number, value: number, site: number): void;
  storeAt(cell: number, value: number, site: number): void;
  load(cell: number, site: number): void;
  unlock(address: number, exclusive: boolean, site: number): void;
  enterGuest(tid: number, root: number, site: number): void;
}

export interface TraceEvent {
  readonly kind: string;
  readonly text: string;
  readonly site: number;
  readonly thread: number;
}

export const RCU_SLOTS = 24;
export const HOST_GFNS = 16;

export function createMachine(spec: MachineSpec): Machine {
  let next = spec.globalsEnd;
  const take = (n: number): number => {
    const at = next;
    next += n;
    return at;
  };
  const cells = {
    rcuHead: take(RCU_SLOTS),
    rcuFunction: take(RCU_SLOTS),
    rcuWatch: take(1),
    hostCurrent: take(HOST_GFNS),
    hostFreed: take(2),
    hostOwed: take(1),
    private: 0,
    orphanOwns: take(OWNS_MAX),
    ownsTainted: take(1),
  };
  const pools = new Map<string, Pool>();
  for (const pool of spec.pools) {
    const status = take(pool.count);
    if (next % 4 !== 0) take(4 - (next % 4));
    pools.set(pool.name, { ...pool, status, base: take(pool.count * pool.cells) });
  }
  cells.private = take(pools.get('page-table')?.count ?? 0);
  const blockCells = THREAD_HEADER + spec.stackCells;
  const threadBase = Array.from({ length: spec.threads }, () => take(blockCells));
  const shape = laneShape(spec, next, threadBase, blockCells);
  const state = createState(shape, spec.symmetry);
  const object = new Int32Array(next);
  for (const pool of pools.values()) {
    for (let i = 0; i < pool.count * pool.cells; i++)
      object[pool.base + i] = pool.status + Math.floor(i / pool.cells);
  }
  const { location, count } = locations(spec, next, pools, cells);
  const conflicts = createConflicts(
    location,
    count,
    site => spec.unit.sites[site]?.locationClass ?? '',
  );
  // A vCPU in guest mode walks page tables whenever it likes.
  const walkers = spec.vcpus.reduce((mask, vcpu, t) => (vcpu === null ? mask : mask | (1 << t)), 0);
  const tables = pools.get('page-table');
  for (let i = 0; i < (tables?.cells ?? 0); i++)
    conflicts.watchedBy((tables as Pool).base + i, walkers);
  return assemble(spec, state, pools, cells, object, threadBase, conflicts);
}

/** Numbers the places conflicts are tracked for; see conflicts.ts. */
function locations(
  spec: MachineSpec,
  size: number,
  pools: ReadonlyMap<string, Pool>,
  cells: Machine['cells'],
) {
  const location = new Int32Array(size).fill(-1);
  let count = 0;
  for (let c = 1; c < spec.globalsEnd; c++) location[c] = count++;
  for (let c = cells.hostCurrent; c < cells.hostFreed + 2; c++) location[c] = count++;
  for (const pool of pools.values()) {
    for (let i = 0; i < pool.count * pool.cells; i++)
      location[pool.base + i] = count + (i % pool.cells);
    count += pool.cells;
  }
  return { location, count };
}

function laneShape(
  spec: MachineSpec,
  cells: number,
  threadBase: readonly number[],
  blockCells: number,
) {
  const lane = new Uint8Array(cells);
  const relative = new Int32Array(cells);
  threadBase.forEach((base, t) => {
    for (let i = 0; i < blockCells; i++) {
      lane[base + i] = t + 1;
      relative[base + i] = i;
    }
    const vcpu = spec.vcpus[t];
    if (!vcpu) return;
    for (let i = 0; i < vcpu.cells; i++) {
      lane[vcpu.cell + i] = t + 1;
      relative[vcpu.cell + i] = blockCells + i;
    }
  });
  return { cells, lane, relative, lanes: spec.threads, laneClass: [0, ...spec.threadClass] };
}

function assemble(
  spec: MachineSpec,
  state: FlatState,
  pools: Map<string, Pool>,
  cells: Machine['cells'],
  object: Int32Array,
  threadBase: readonly number[],
  conflicts: Conflicts,
): Machine {
  const S = state.S;
  const size = S.length;
  const tables = pools.get('page-table');
  const watched = new Uint8Array(size);
  const watchedSites = new Uint8Array(spec.unit.sites.length);
  const { readBits } = spec.unit;
  const put = (address: number, value: number, site: number, plain: boolean): void => {
    const cell = machine.cellOf(address, site);
    if (watched[cell] !== 0) machine.rules?.store(cell, value, site);
    if (watchedSites[site] !== 0) machine.rules?.storeAt(cell, value, site);
    if (S[object[cell] as number] !== PRIVATE) {
      conflicts.access(cell, machine.tid, true, plain, site, (S[cell] as number) ^ value);
      if (value >= ADDRESS_BASE && (conflicts.location[cell] as number) >= 0)
        machine.publish(value);
    }
    if (cell >= tableFrom && cell < tableTo && ((cell - tableFrom) & 1) === 0) {
      if (machine.trace !== null && S[cell] !== value)
        event(
          machine,
          'spte',
          `${describeSpte(S[cell] as number)} -> ${describeSpte(value)}`,
          site,
        );
      machine.beforeTableStore?.(cell, value, site);
      if (S[object[cell] as number] !== PRIVATE) publishTable(machine, value);
    }
    state.write(cell, value);
  };
  const tableFrom = tables?.base ?? 0;
  const tableTo = tables === undefined ? 0 : tables.base + tables.count * tables.cells;
  const machine: Machine = {
    spec,
    state,
    S,
    pools,
    cells,
    object,
    threadBase,
    conflicts,
    watched,
    watchedSites,
    rules: null,
    buffers: null,
    ledger: null,
    R: new Int32Array(8),
    stackBase: threadBase.map(b => b + THREAD_HEADER),
    tid: 0,
    choice: 0,
    choices: { script: [], taken: [], arity: [], fair: false, contended: false },
    violations: [],
    trace: null,
    addressOf: cell => ADDRESS_BASE + (cell << 2),
    cellOf: (address, site) => {
      const cell = (address - ADDRESS_BASE) >> 2;
      if (address < ADDRESS_BASE || cell >= size || cell < 1) badPointer(machine, address, site);
      const status = object[cell] as number;
      if (status !== 0 && S[status] === 0) freedObject(machine, cell, site);
      return cell;
    },
    beforeTableStore: null,
    read: (address, site) => {
      const cell = machine.cellOf(address, site);
      if (S[object[cell] as number] !== PRIVATE)
        conflicts.access(cell, machine.tid, false, false, site, readBits[site] as number);
      if (watched[cell] === WATCH_LOADS) machine.rules?.load(cell, site);
      return S[cell] as number;
    },
    readPlain: (address, site) => {
      const cell = machine.cellOf(address, site);
      if (S[object[cell] as number] !== PRIVATE)
        conflicts.access(cell, machine.tid, false, true, site, readBits[site] as number);
      if (watched[cell] === WATCH_LOADS) machine.rules?.load(cell, site);
      return S[cell] as number;
    },
    store: (address, value, site) => put(address, value, site, false),
    storePlain: (address, value, site) => put(address, value, site, true),
    publish: address => {
      const cell = (address - ADDRESS_BASE) >> 2;
      if (address < ADDRESS_BASE || cell >= size) return;
      const status = object[cell] as number;
      if (status !== 0 && S[status] === PRIVATE) publishObject(machine, cell, status);
    },
    thread: (tid, slot) => S[(threadBase[tid] as number) + slot] as number,
    setThread: (tid, slot, value) => state.write((threadBase[tid] as number) + slot, value),
    report: (invariant, text, site, fatal) => {
      machine.violations.push({ invariant, text, site, thread: machine.tid, fatal });
      if (fatal) throw new PathEnds(text);
    },
  };
  return machine;
}

/** An SPTE in words, by the bits the hardware looks at. */
export function describeSpte(lo: number): string {
  if ((lo & 7) === 0) return lo === 0 ? 'none' : 'not present';
  if (lo >>> 12 >= TABLE_PFN) return 'page table';
  return (lo & 2) !== 0 ? 'writable page' : 'read-only page';
}

/** First page frame of the page-table pool; guest pages lie below. */
export const TABLE_PFN = 0x1000;

/** An SPTE that points at a page table makes it, and its shadow page, reachable. */
function publishTable(m: Machine, spte: number): void {
  const pool = m.pools.get('page-table');
  const index = (spte >>> 12) - TABLE_PFN;
  if (pool === undefined || (spte & 7) === 0 || index < 0 || index >= pool.count) return;
  m.publish(m.addressOf(pool.base + index * pool.cells));
  m.publish(m.S[m.cells.private + index] as number);
}

function publishObject(m: Machine, cell: number, status: number): void {
  m.state.write(status, 1);
  const object = objectAt(m, m.addressOf(cell));
  if (object === null) return;
  const { pool, index } = object;
  const base = pool.base + index * pool.cells;
  for (let c = base; c < base + pool.cells; c++) {
    const value = m.S[c] as number;
    if (pool.name === 'page-table') {
      if (((c - base) & 1) === 0) publishTable(m, value);
    } else m.publish(value);
  }
  if (pool.name === 'page-table') m.publish(m.S[m.cells.private + index] as number);
}

function badPointer(m: Machine, address: number, site: number): never {
  const place = describeSite(m, site);
  const isPoison = (address >= 0x100 && address <= 0x122) || address >>> 16 === 0xdead;
  const what = isPoison
    ? 'a poisoned list pointer'
    : address === 0
      ? 'a NULL pointer'
      : `a wild pointer (0x${(address >>> 0).toString(16)})`;
  m.report(isPoison ? 'use-after-free' : 'wild-pointer', `${place} follows ${what}`, site, true);
  throw new PathEnds();
}

function freedObject(m: Machine, cell: number, site: number): never {
  m.report(
    'use-after-free',
    `${describeSite(m, site)} touches ${describeObject(poolOf(m, cell))} that was freed`,
    site,
    true,
  );
  throw new PathEnds();
}

export function poolOf(m: Machine, cell: number): string {
  for (const pool of m.pools.values()) {
    if (cell >= pool.base && cell < pool.base + pool.count * pool.cells) return pool.name;
  }
  return 'object';
}

const OBJECT_NAMES: Readonly<Record<string, string>> = {
  'shadow-page': 'a struct kvm_mmu_page',
  'page-table': 'a page table',
  'list-descriptor': 'a struct pte_list_desc',
  misc: 'an allocation',
};

export function describeObject(pool: string): string {
  return OBJECT_NAMES[pool] ?? `a ${pool}`;
}

/** A stand-in by the name of what it stands in for. */
export const kernelName = (fn: string): string => fn.replace(/^mmd_(?:replace|static_call)__/, '');

export function describeSite(m: Machine, site: number): string {
  const s = m.spec.unit.sites[site];
  return s === undefined || s.fn === ''
    ? 'the simulated kernel'
    : `${kernelName(s.fn)}() at ${s.loc.file}:${s.loc.line}`;
}

/** Pool whose objects the address lies in, with the object's number; null outside all pools. */
export function objectAt(m: Machine, address: number): { pool: Pool; index: number } | null {
  const cell = (address - ADDRESS_BASE) >> 2;
  for (const pool of m.pools.values()) {
    if (cell >= pool.base && cell < pool.base + pool.count * pool.cells) {
      return { pool, index: Math.floor((cell - pool.base) / pool.cells) };
    }
  }
  return null;
}

export function event(m: Machine, kind: string, text: string, site: number): void {
  m.trace?.push({ kind, text, site, thread: m.tid });
}
