/**
 * x86-TSO (Owens, Sarkar, Sewell: A better x86 memory model, TPHOLs 2009; Intel SDM volume 3A, memory ordering): every
 * thread's stores wait in a FIFO of its own, its loads look there first, and locked instructions and MFENCE empty it.
 * That the oldest store reaches memory is a move of its own, so that it may happen at any moment.
 *
 * The FIFO is state: a count, the number of entries an ended RCU reader left behind, whether the thread waits for it to
 * empty, then (address, value) pairs. Bit 0
 * of an address says that the next entry belongs to the same store, bit 1 that the value is a difference. Stores to the thread's own stack, and to objects
 * that no other thread can reach, go straight to memory: nobody could tell the difference.
 */
import { ADDRESS_BASE } from '../compile/unit.ts';
import { event, type Machine, PRIVATE, T } from './machine.ts';

type Prim = (...args: number[]) => number;

/** The scheduler's choice that lets a thread's oldest buffered store reach memory; no other choice has this number. */
export const DRAIN = 0x300;
/** A full buffer lets its oldest store go, as hardware does. */
const ENTRIES = 16;
const HEADER = 3;
export const BUFFER_CELLS = HEADER + ENTRIES * 2;
const TAGGED = 1;
const FENCED = 2;
/** Bit of an entry's address: its value is added to what memory holds by then. */
const DELTA = 2;
/** In T.syncBlocks: stores of an ended reader section are still on their way. */
export const READER_STORES = 4;

export interface StoreBuffers {
  /** A store that enters the buffer is a change of what memory will hold, as of the readers of a lock. */
  adds: boolean;
  /** Stores reach memory at once: during setup, in callbacks, in locked instructions. */
  direct: boolean;
  size(tid: number): number;
  /** Cell of the oldest entry; the buffer must not be empty. */
  oldest(tid: number): number;
  eachCell(tid: number, visit: (cell: number) => void): void;
  /** Entries that a later grace period has to wait for. */
  tagged(tid: number): number;
  drainOne(tid: number): void;
  /** The thread must not go on before its buffer is empty. */
  isFenced(tid: number): boolean;
  /** A step of the running thread begins at a scheduling point. */
  beginStep(): void;
  /** False when the running step has already touched memory. */
  atPoint(): boolean;
  fence(): void;
  /** Called when a buffer that its thread waited for is empty. */
  afterFence: ((tid: number) => void) | null;
  drainAll(tid: number): void;
  /** The running thread's last reader section ends; returns its new T.syncBlocks. */
  readerEnds(blocks: number): number;
}

/**
 * What neither is a locked instruction nor contains one; everything else acts as a full barrier. Unlocks of spinlocks
 * and of a writer are plain stores (asm-generic/qrwlock.h, qspinlock.h), smp_wmb() and smp_rmb() only bind the
 * compiler (arch/x86/include/asm/barrier.h).
 */
const KEEPS_BUFFER = new Set(
  `smp_rmb smp_wmb rmb wmb smp_acquire__after_ctrl_dep smp_mb__before_atomic smp_mb__after_atomic
  smp_mb__after_srcu_read_unlock smp_mb__after_srcu_read_lock
  rcu_read_lock rcu_read_unlock rcu_read_lock_held srcu_read_lock_held preempt_disable preempt_enable
  local_irq_disable local_irq_enable local_irq_save local_irq_restore
  rwlock_is_contended rwlock_needbreak need_resched signal_pending cond_resched
  spin_unlock raw_spin_unlock spin_unlock_irq write_unlock cond_resched_rwlock_write cond_resched_lock
  spin_lock_init rwlock_init mutex_init raw_spin_lock_init
  refcount_set refcount_read atomic_read atomic_read_acquire atomic_set atomic_set_release
  atomic64_read atomic64_read_acquire atomic64_set atomic_long_read atomic_long_read_acquire atomic_long_set
  test_bit arch_test_bit test_bit_acquire __set_bit __clear_bit __test_and_set_bit __test_and_clear_bit bitmap_empty
  lockdep_assert_held lockdep_assert_held_read lockdep_assert_held_write lockdep_assert_not_held lockdep_is_held
  lockdep_is_held_type warn might_sleep mmd_check mmd_op_begin mmd_op_end mmd_progress mmd_act_as mmd_choice mmd_rest
  mmd_rcu_watch mmd_rcu_unwaited
  fill memset memset64 memcpy clear_page
  kvm_mmu_memory_cache_alloc kvm_mmu_topup_memory_cache __kvm_mmu_topup_memory_cache
  kvm_mmu_memory_cache_nr_free_objects kmem_cache_alloc kmem_cache_zalloc kmalloc kzalloc
  __pa __va __phys_addr virt_to_page sptep_to_sp to_shadow_page set_page_private page_private pfn_to_page`
    .trim()
    .split(/\s+/)
    .map(name => `p_${name}`),
);

/**
 * Full barriers that may stand in the middle of a step, since nobody else looks at what they touch. Emptying the buffer
 * there and then would tie it to what came before in the step; so the thread goes on to its next scheduling point, and
 * waits there.
 */
const FENCES_LATER =
  /^p_(?:smp_mb|mb|smp_mb__\w+|srcu_read_(?:un)?lock|kvm_vcpu_srcu_read_(?:un)?lock|(?:try_)?(?:cmp)?xchg\w*|atomic\w+|refcount\w+|(?:test_and_)?(?:set|clear)_bit|(?:raw_)?spin_lock(?:_irq)?|(?:read|write|mutex)_lock(?:_nested)?|(?:read|mutex)_unlock)$/;

export interface BufferPlan {
  /** First cell of each thread's buffer. */
  readonly at: readonly number[];
  /** Sites whose store takes two calls, low word first, and reaches memory as one. */
  readonly wideSites: ReadonlySet<number>;
  /** Cells nobody else ever reads. */
  readonly unbuffered: ReadonlySet<number>;
}

/** Puts buffers between the machine's threads and its memory. */
export function installStoreBuffers(m: Machine, plan: BufferPlan): StoreBuffers {
  const memory = { read: m.read, readPlain: m.readPlain, store: m.store, storePlain: m.storePlain };
  const { S, state } = m;
  const { lane } = state.shape;
  const own = m.threadBase[0] as number;
  const wide = new Set(plan.wideSites);
  let open = { site: 0, address: 0 };
  let touched = true;
  const at = (tid: number): number => plan.at[tid] as number;
  const entry = (tid: number, i: number): number => at(tid) + HEADER + i * 2;
  const size = (tid: number): number => S[at(tid)] as number;

  /** What the thread sees where memory holds `stored`. */
  const forward = (tid: number, address: number, stored: number): number => {
    let value = stored;
    for (let i = 0; i < size(tid); i++) {
      const cell = entry(tid, i);
      const where = S[cell] as number;
      if ((where & ~3) !== address) continue;
      value =
        (where & DELTA) !== 0 ? (value + (S[cell + 1] as number)) | 0 : (S[cell + 1] as number);
    }
    return value;
  };
  const cellAt = (tid: number, i: number): number =>
    (((S[entry(tid, i)] as number) & ~3) - ADDRESS_BASE) >> 2;
  /** Entries the oldest store takes. */
  const oldest = (tid: number): number => {
    let n = 1;
    while (((S[entry(tid, n - 1)] as number) & 1) !== 0 && n < size(tid)) n++;
    return n;
  };
  const toMemory = (tid: number, count: number): void => {
    const { enabled } = m.conflicts;
    // The access was accounted for when the thread made it.
    m.conflicts.enabled = false;
    try {
      for (let i = 0; i < count; i++) {
        const cell = entry(tid, i);
        const where = S[cell] as number;
        const value = S[cell + 1] as number;
        const to = where & ~3;
        memory.store(to, (where & DELTA) === 0 ? value : (memory.read(to, 0) + value) | 0, 0);
      }
    } finally {
      m.conflicts.enabled = enabled;
    }
  };
  const shift = (tid: number, count: number): void => {
    const left = size(tid) - count;
    for (let i = 0; i < left + count; i++) {
      for (let w = 0; w < 2; w++) {
        state.write(entry(tid, i) + w, i < left ? (S[entry(tid, i + count) + w] as number) : 0);
      }
    }
    state.write(at(tid), left);
    const isReleased = left === 0 && S[at(tid) + FENCED] !== 0;
    if (isReleased) state.write(at(tid) + FENCED, 0);
    const tags = Math.max(0, (S[at(tid) + TAGGED] as number) - count);
    state.write(at(tid) + TAGGED, tags);
    const blocks = m.thread(tid, T.syncBlocks);
    if (tags === 0 && (blocks & READER_STORES) !== 0)
      m.setThread(tid, T.syncBlocks, blocks & ~READER_STORES);
    if (isReleased) b.afterFence?.(tid);
  };
  const drainOne = (tid: number): void => {
    const count = oldest(tid);
    m.tid = tid;
    toMemory(tid, count);
    shift(tid, count);
    event(m, 'store-buffer', 'a buffered store reaches memory', 0);
  };
  const drainAll = (tid: number): void => {
    const running = m.tid;
    while (size(tid) > 0) drainOne(tid);
    m.tid = running;
  };
  const joins = (address: number, site: number): boolean => {
    if (!wide.has(site)) return false;
    const isHigh = open.site === site && open.address + 4 === address;
    open = isHigh ? { site: 0, address: 0 } : { site, address };
    return !isHigh;
  };
  const push = (address: number, value: number, site: number, plain: boolean): void => {
    touched = true;
    const cell = m.cellOf(address, site);
    const isOwn = cell >= own && lane[cell] === m.tid + 1;
    const isPrivate = S[m.object[cell] as number] === PRIVATE && (m.object[cell] as number) !== 0;
    if (b.direct || isOwn || isPrivate || plan.unbuffered.has(cell)) {
      (plain ? memory.storePlain : memory.store)(address, value, site);
      return;
    }
    m.conflicts.access(cell, m.tid, true, plain, site, -1);
    // From here on the thread's stores to the object come after the one that publishes it.
    if (value >= ADDRESS_BASE) m.publish(value);
    const joined = joins(address, site);
    if (size(m.tid) === ENTRIES) drainOne(m.tid);
    const n = size(m.tid);
    const before = forward(m.tid, address, S[cell] as number);
    state.write(entry(m.tid, n), joined ? address | 1 : address | (b.adds ? DELTA : 0));
    state.write(entry(m.tid, n) + 1, b.adds ? (value - before) | 0 : value);
    state.write(at(m.tid), n + 1);
  };
  const look = (address: number, stored: number): number => {
    touched = true;
    if (b.direct || size(m.tid) === 0) return stored;
    return forward(m.tid, address, stored);
  };
  const b: StoreBuffers = {
    direct: true,
    adds: false,
    size,
    oldest: tid => cellAt(tid, 0),
    eachCell: (tid, visit) => {
      for (let i = 0; i < size(tid); i++) visit(cellAt(tid, i));
    },
    tagged: tid => S[at(tid) + TAGGED] as number,
    drainOne,
    drainAll,
    isFenced: tid => S[at(tid) + FENCED] !== 0,
    beginStep: () => {
      touched = false;
    },
    atPoint: () => !touched,
    fence: () => state.write(at(m.tid) + FENCED, 1),
    afterFence: null,
    readerEnds: blocks => {
      const n = size(m.tid);
      if (n === 0) return blocks & ~1;
      state.write(at(m.tid) + TAGGED, n);
      return (blocks & 1) === 0 ? blocks : (blocks & ~1) | READER_STORES;
    },
  };
  m.read = (address, site) => look(address, memory.read(address, site));
  m.readPlain = (address, site) => look(address, memory.readPlain(address, site));
  m.store = (address, value, site) => push(address, value, site, false);
  m.storePlain = (address, value, site) => push(address, value, site, true);
  m.buffers = b;
  return b;
}

/** Locked instructions first empty the buffer, then act on memory. */
export function aroundBuffers(
  m: Machine,
  primitives: Readonly<Record<string, Prim>>,
): Record<string, Prim> {
  if (m.buffers === null) return { ...primitives };
  const wrapped: Record<string, Prim> = {};
  for (const [name, run] of Object.entries(primitives)) {
    if (!name.startsWith('p_') || KEEPS_BUFFER.has(name)) {
      wrapped[name] = run;
      continue;
    }
    wrapped[name] = (...args) => {
      const b = m.buffers as StoreBuffers;
      if (b.size(m.tid) > 0 && !b.direct && !b.atPoint() && FENCES_LATER.test(name)) {
        b.fence();
        b.adds = name === 'p_read_unlock';
        try {
          return run(...args);
        } finally {
          b.adds = false;
        }
      }
      const before = b.direct;
      b.drainAll(m.tid);
      b.direct = true;
      try {
        return run(...args);
      } finally {
        b.direct = before;
      }
    };
  }
  return wrapped;
}

/** Sites of 64-bit stores: the generated code stores their halves one after the other. */
export function wideStoreSites(text: string): Set<number> {
  const seen = new Set<number>();
  const wide = new Set<number>();
  for (const [, site] of text.matchAll(/\b(?:sgm?|st|sm)\([^;]*?,(\d+)\);/g)) {
    const n = Number(site);
    if (seen.has(n)) wide.add(n);
    seen.add(n);
  }
  return wide;
}
