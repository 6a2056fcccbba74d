/**
 * rwlock_t, spinlock_t and struct mutex: kernel/locking/qrwlock.c, Documentation/locking/locktypes.rst. A lock word
 * holds the number of readers, or WRITER. Who holds what lies with the threads, so that lock words name no thread.
 */
import { ADDRESS_BASE } from '../compile/unit.ts';
import { createLockOrder, type LockOrder } from './lock-order.ts';
import {
  describeSite,
  event,
  HELD_MAX,
  type Machine,
  PLAIN_HELD,
  READ_HELD,
  T,
  WRITE_HELD,
} from './machine.ts';
import { enterAtomic, leaveAtomic } from './rcu.ts';
import { checkSleep } from './sleep.ts';

export const WRITER = 0x10000;

type Prim = (...args: number[]) => number;

export function heldMode(m: Machine, tid: number, address: number): number {
  for (let i = 0; i < HELD_MAX; i++) {
    const entry = m.thread(tid, T.held + i);
    if ((entry & ~3) === (address & ~3) && entry !== 0) return entry & 3;
  }
  return 0;
}

export function heldCount(m: Machine, tid: number): number {
  let n = 0;
  for (let i = 0; i < HELD_MAX; i++) if (m.thread(tid, T.held + i) !== 0) n++;
  return n;
}

/** What conflict tracking needs to know of the running thread; again after every change of locks. */
export function refreshHeld(m: Machine): void {
  let held = 0;
  let exclusive = 0;
  for (let i = 0; i < HELD_MAX; i++) {
    const entry = m.thread(m.tid, T.held + i);
    if (entry === 0) break;
    const bit = m.conflicts.lockBit(((entry & ~3) - ADDRESS_BASE) >> 2);
    held |= bit;
    if ((entry & 3) !== READ_HELD) exclusive |= bit;
  }
  m.conflicts.held = held;
  m.conflicts.exclusive = exclusive;
  m.conflicts.inReader = m.thread(m.tid, T.rcuDepth) > 0 || m.thread(m.tid, T.atomicDepth) > 0;
}

function hold(m: Machine, address: number, mode: number): void {
  for (let i = 0; i < HELD_MAX; i++) {
    if (m.thread(m.tid, T.held + i) !== 0) continue;
    m.setThread(m.tid, T.held + i, (address & ~3) | mode);
    refreshHeld(m);
    return;
  }
  throw new Error('too many locks held');
}

/** Releases; keeps the remaining entries packed so that equal holdings are equal states. */
function drop(m: Machine, address: number): void {
  let found = false;
  for (let i = 0; i < HELD_MAX; i++) {
    const entry = m.thread(m.tid, T.held + i);
    if (!found && (entry & ~3) === (address & ~3)) found = true;
    if (found)
      m.setThread(m.tid, T.held + i, i + 1 < HELD_MAX ? m.thread(m.tid, T.held + i + 1) : 0);
  }
  refreshHeld(m);
}

function lockName(m: Machine, site: number): string {
  const cls = m.spec.unit.sites[site]?.locationClass ?? '';
  return cls === '' ? 'a lock' : cls.replace(/^global /, '');
}

/** True when the lock can be taken now; the engine asks before it lets a thread go on. */
export function lockIsFree(m: Machine, kind: 'read' | 'exclusive', address: number): boolean {
  const word = m.S[(address - ADDRESS_BASE) >> 2] as number;
  return kind === 'read' ? (word & WRITER) === 0 : word === 0;
}

const orders = new WeakMap<Machine, LockOrder>();

/** The order of locks that searches on this machine have seen. */
export function lockOrder(m: Machine): LockOrder {
  let order = orders.get(m);
  if (order === undefined) {
    order = createLockOrder(m, site => lockName(m, site));
    orders.set(m, order);
  }
  return order;
}

export function lockPrimitives(m: Machine): Record<string, Prim> {
  const order = lockOrder(m);
  let trying = false;
  const notHeldYet = (address: number, site: number, verb: string): void => {
    if (heldMode(m, m.tid, address) === 0) return;
    m.report(
      'deadlock',
      `${verb} of ${lockName(m, site)} that the thread already holds, in ${describeSite(m, site)}`,
      site,
      true,
    );
  };
  const take =
    (mode: number, verb: string) =>
    (address: number, site: number): number => {
      if (!trying) order.taken(address, site);
      if (mode === WRITE_HELD || mode === PLAIN_HELD) {
        m.store(address, WRITER, site);
      } else m.store(address, m.read(address, site) + 1, site);
      hold(m, address, mode);
      if (m.trace !== null) event(m, 'lock', `${verb}(${lockName(m, site)})`, site);
      return 0;
    };
  const release =
    (modes: readonly number[], verb: string) =>
    (address: number, site: number): number => {
      const mode = heldMode(m, m.tid, address);
      if (!modes.includes(mode)) {
        m.report(
          'lock-balance',
          `${verb}(${lockName(m, site)}) without holding it so, in ${describeSite(m, site)}`,
          site,
          true,
        );
      }
      m.rules?.unlock(address, mode === WRITE_HELD, site);
      m.store(address, mode === READ_HELD ? m.read(address, site) - 1 : 0, site);
      drop(m, address);
      if (m.trace !== null) event(m, 'unlock', `${verb}(${lockName(m, site)})`, site);
      return 0;
    };
  const atomicTake = (mode: number, verb: string): Prim => {
    const inner = take(mode, verb);
    return (address, site) => {
      inner(address as number, site as number);
      enterAtomic(m);
      m.conflicts.inReader = true;
      return 0;
    };
  };
  const atomicRelease = (modes: readonly number[], verb: string): Prim => {
    const inner = release(modes, verb);
    return (address, site) => {
      inner(address as number, site as number);
      leaveAtomic(m, site as number);
      refreshHeld(m);
      return 0;
    };
  };
  const mutexTake = take(PLAIN_HELD, 'mutex_lock');
  const mutexLock: Prim = (address, site) => {
    checkSleep(m, site as number, 'mutex_lock()');
    return mutexTake(address as number, site as number);
  };
  const tryTake =
    (exclusive: boolean, run: Prim): Prim =>
    (address, site) => {
      // An attempt that fails conflicts with the holder as much as one that succeeds.
      m.read(address as number, site as number);
      if (!lockIsFree(m, exclusive ? 'exclusive' : 'read', address as number)) return 0;
      trying = true;
      run(address as number, site as number);
      trying = false;
      return 1;
    };
  const p: Record<string, Prim> = {
    p_read_lock: atomicTake(READ_HELD, 'read_lock'),
    p_read_unlock: atomicRelease([READ_HELD], 'read_unlock'),
    p_write_lock: atomicTake(WRITE_HELD, 'write_lock'),
    p_write_unlock: atomicRelease([WRITE_HELD], 'write_unlock'),
    p_spin_lock: atomicTake(PLAIN_HELD, 'spin_lock'),
    p_spin_unlock: atomicRelease([PLAIN_HELD], 'spin_unlock'),
    p_mutex_lock: mutexLock,
    p_mutex_unlock: release([PLAIN_HELD], 'mutex_unlock'),
    p_cond_resched: site => {
      checkSleep(m, site as number, 'cond_resched()');
      return 0;
    },
    p_might_sleep: site => {
      checkSleep(m, site as number, 'a sleeping call');
      return 0;
    },
  };
  p['p_raw_spin_lock'] = p['p_spin_lock_irq'] = p['p_spin_lock'] as Prim;
  p['p_raw_spin_unlock'] = p['p_spin_unlock_irq'] = p['p_spin_unlock'] as Prim;
  p['p_mutex_lock_nested'] = (address, _subclass, site) =>
    mutexLock(address as number, site as number);
  p['p_spin_trylock'] = tryTake(true, p['p_spin_lock'] as Prim);
  p['p_write_trylock'] = tryTake(true, p['p_write_lock'] as Prim);
  p['p_read_trylock'] = tryTake(false, p['p_read_lock'] as Prim);
  p['p_mutex_trylock'] = tryTake(true, mutexLock);
  // Drop now; the generated code takes the lock again behind a scheduling point.
  const yieldEvent = (site: number): void => event(m, 'yield', 'yields', site);
  p['p_cond_resched_rwlock_read'] = (address, site) => {
    yieldEvent(site as number);
    return (p['p_read_unlock'] as Prim)(address as number, site as number);
  };
  p['p_cond_resched_rwlock_write'] = (address, site) => {
    yieldEvent(site as number);
    return (p['p_write_unlock'] as Prim)(address as number, site as number);
  };
  p['p_cond_resched_lock'] = (address, site) => {
    yieldEvent(site as number);
    return (p['p_spin_unlock'] as Prim)(address as number, site as number);
  };
  for (const name of [
    'spin_lock_init',
    'rwlock_init',
    'mutex_init',
    'raw_spin_lock_init',
    'init_srcu_struct',
    'cleanup_srcu_struct',
  ])
    p[`p_${name}`] = () => 0;
  return {
    ...p,
    ...assertions(m),
    checkRelock: (address, kind, site) => {
      // A thread about to block on a lock it holds will never run again.
      notHeldYet(
        address as number,
        site as number,
        ['', 'read_lock()', 'write_lock()', 'spin_lock()', 'mutex_lock()'][kind as number] ??
          'lock',
      );
      return 0;
    },
  };
}

/** include/linux/lockdep.h */
function assertions(m: Machine): Record<string, Prim> {
  const complain = (what: string, site: number): void => {
    m.report(
      'lockdep-assertion',
      `${what}(${lockName(m, site)}) fails in ${describeSite(m, site)}`,
      site,
      false,
    );
  };
  return {
    p_lockdep_assert_held: (a, site) => {
      if (heldMode(m, m.tid, a as number) === 0) complain('lockdep_assert_held', site as number);
      return 0;
    },
    p_lockdep_assert_held_read: (a, site) => {
      if (heldMode(m, m.tid, a as number) !== READ_HELD)
        complain('lockdep_assert_held_read', site as number);
      return 0;
    },
    p_lockdep_assert_held_write: (a, site) => {
      if (heldMode(m, m.tid, a as number) < WRITE_HELD)
        complain('lockdep_assert_held_write', site as number);
      return 0;
    },
    p_lockdep_assert_not_held: (a, site) => {
      if (heldMode(m, m.tid, a as number) !== 0)
        complain('lockdep_assert_not_held', site as number);
      return 0;
    },
    p_lockdep_is_held: a => (heldMode(m, m.tid, a as number) !== 0 ? 1 : 0),
    p_lockdep_is_held_type: (a, type) => {
      const mode = heldMode(m, m.tid, a as number);
      if (mode === 0) return 0;
      return type === 0 ? (mode >= WRITE_HELD ? 1 : 0) : mode === READ_HELD ? 1 : 0;
    },
  };
}
