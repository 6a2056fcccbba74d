/**
 * RCU and SRCU: Documentation/RCU/Design/Requirements. A reader section is rcu_read_lock(), or any region with
 * preemption or interrupts off, a held spinlock or rwlock included. A callback runs as soon as every section that was
 * open when it was queued has ended: the earliest moment allowed, which is the one that exposes use-after-free.
 */
import { describeSite, event, type Machine, RCU_SLOTS, T } from './machine.ts';

import { READER_STORES } from './store-buffer.ts';

type Prim = (...args: number[]) => number;

const WATCHED = 1;
const UNWAITED = 2;

const isReader = (m: Machine, tid: number): boolean =>
  m.thread(tid, T.rcuDepth) > 0 || m.thread(tid, T.atomicDepth) > 0;

export function enterAtomic(m: Machine): void {
  m.setThread(m.tid, T.atomicDepth, m.thread(m.tid, T.atomicDepth) + 1);
}

export function leaveAtomic(m: Machine, site: number): void {
  m.setThread(m.tid, T.atomicDepth, m.thread(m.tid, T.atomicDepth) - 1);
  quiesce(m, site);
}

/** When the thread's last reader section ends it stops blocking callbacks and synchronize_rcu(). */
function quiesce(m: Machine, site: number): void {
  if (isReader(m, m.tid)) return;
  const blocks = m.thread(m.tid, T.syncBlocks);
  m.setThread(m.tid, T.syncBlocks, m.buffers === null ? blocks & ~1 : m.buffers.readerEnds(blocks));
  const blocked = m.thread(m.tid, T.rcuBlocks);
  if (blocked === 0) return;
  m.buffers?.drainAll(m.tid);
  m.setThread(m.tid, T.rcuBlocks, 0);
  for (let i = 0; i < RCU_SLOTS; i++) if ((blocked & (1 << i)) !== 0) runIfReady(m, i, site);
}

function runIfReady(m: Machine, slot: number, site: number): void {
  const head = m.S[m.cells.rcuHead + slot] as number;
  if (head === 0) return;
  for (let t = 0; t < m.spec.threads; t++)
    if ((m.thread(t, T.rcuBlocks) & (1 << slot)) !== 0) return;
  const fn = m.S[m.cells.rcuFunction + slot] as number;
  // The grace period waited for the stores of ended readers, too.
  for (let t = 0; t < m.spec.threads; t++)
    if ((m.buffers?.tagged(t) ?? 0) > 0) m.buffers?.drainAll(t);
  m.state.write(m.cells.rcuHead + slot, 0);
  m.state.write(m.cells.rcuFunction + slot, 0);
  event(m, 'rcu', 'grace period ends, callback runs', site);
  callbacks.get(m)?.(fn, head, site);
}

const callbacks = new WeakMap<Machine, (fn: number, head: number, site: number) => void>();

/** How to run a callback: set once the code is linked. */
export function onCallback(
  m: Machine,
  run: (fn: number, head: number, site: number) => void,
): void {
  callbacks.set(m, run);
}

export function synchronized(m: Machine, tid: number, bit: number): boolean {
  const mask = bit === 1 ? 1 | READER_STORES : bit;
  for (let t = 0; t < m.spec.threads; t++) {
    if (t !== tid && (m.thread(t, T.syncBlocks) & mask) !== 0) return false;
  }
  return true;
}

/** Marks the readers a synchronize_*() that starts now has to wait for: bit 0 of RCU, bit 1 of SRCU. */
export function startSync(m: Machine, bits: number): void {
  for (let t = 0; t < m.spec.threads; t++) {
    if (t === m.tid) continue;
    let blocks = 0;
    if ((bits & 1) !== 0 && isReader(m, t)) blocks |= 1;
    if ((bits & 1) !== 0 && m.buffers !== null && m.buffers.tagged(t) > 0) blocks |= READER_STORES;
    if ((bits & 2) !== 0 && m.thread(t, T.srcuDepth) > 0) blocks |= 2;
    if (blocks !== 0) m.setThread(t, T.syncBlocks, m.thread(t, T.syncBlocks) | blocks);
  }
}

export function rcuPrimitives(m: Machine): Record<string, Prim> {
  const nest = (slot: number, by: number): void => {
    m.setThread(m.tid, slot, m.thread(m.tid, slot) + by);
    m.conflicts.inReader = isReader(m, m.tid);
  };
  const leave = (slot: number, site: number, what: string): number => {
    if (m.thread(m.tid, slot) <= 0)
      m.report('lock-balance', `${what} without its lock, in ${describeSite(m, site)}`, site, true);
    nest(slot, -1);
    quiesce(m, site);
    return 0;
  };
  const p: Record<string, Prim> = {
    p_rcu_read_lock: () => {
      nest(T.rcuDepth, 1);
      return 0;
    },
    p_rcu_read_unlock: site => leave(T.rcuDepth, site as number, 'rcu_read_unlock()'),
    ...dereferences(m),
    p_preempt_disable: () => {
      nest(T.atomicDepth, 1);
      return 0;
    },
    p_preempt_enable: site => leave(T.atomicDepth, site as number, 'preempt_enable()'),
    p_rcu_read_lock_held: () => (isReader(m, m.tid) ? 1 : 0),
    p_call_rcu: (head, fn, site) => {
      queue(m, head as number, fn as number, site as number);
      return 0;
    },
    p_synchronize_rcu: site => wait(m, 1, site as number),
    p_srcu_read_lock: () => {
      nest(T.srcuDepth, 1);
      return 0;
    },
    p_srcu_read_unlock: (_srcu, _index, site) => srcuUnlock(m, site as number),
    p_kvm_vcpu_srcu_read_lock: () => {
      nest(T.srcuDepth, 1);
      return 0;
    },
    p_kvm_vcpu_srcu_read_unlock: (_vcpu, site) => srcuUnlock(m, site as number),
    p_srcu_read_lock_held: () => (m.thread(m.tid, T.srcuDepth) > 0 ? 1 : 0),
    p_synchronize_srcu: (_srcu, site) => wait(m, 2, site as number),
    p_rcu_barrier: () => {
      if (m.S[m.cells.rcuWatch] === UNWAITED) m.state.write(m.cells.rcuWatch, WATCHED);
      return 0;
    },
    p_mmd_rcu_watch: () => {
      m.state.write(m.cells.rcuWatch, WATCHED);
      return 0;
    },
    p_mmd_rcu_unwaited: () => (m.S[m.cells.rcuWatch] === UNWAITED ? 1 : 0),
  };
  p['p_local_irq_disable'] = p['p_preempt_disable'] as Prim;
  p['p_local_irq_enable'] = p['p_preempt_enable'] as Prim;
  p['p_local_irq_save'] = p['p_preempt_disable'] as Prim;
  p['p_local_irq_restore'] = (_flags, site) => (p['p_preempt_enable'] as Prim)(site as number);
  p['p_synchronize_srcu_expedited'] = p['p_synchronize_srcu'] as Prim;
  for (const name of [
    'smp_mb',
    'smp_rmb',
    'smp_wmb',
    'mb',
    'rmb',
    'wmb',
    'smp_mb__before_atomic',
    'smp_mb__after_atomic',
    'smp_mb__after_srcu_read_unlock',
    'smp_mb__after_srcu_read_lock',
    'smp_acquire__after_ctrl_dep',
  ])
    p[`p_${name}`] = () => 0;
  return p;
}

/** kernel/rcu/update.c rcu_read_lock_held(): what lockdep takes for a reader of rcu_dereference(). */
function dereferences(m: Machine): Record<string, Prim> {
  const complain = (site: number): number => {
    if (!m.conflicts.enabled) return 0;
    const name = m.spec.unit.sites[site]?.what ?? '';
    m.report(
      'rcu-dereference-outside-reader',
      `${name}() outside of a reader section and of what it names instead, in ${describeSite(m, site)}`,
      site,
      false,
    );
    return 0;
  };
  return {
    p_rcu_lockdep_reader: (...args) =>
      m.thread(m.tid, T.rcuDepth) > 0 || args[0] !== 0 ? 0 : complain(args.at(-1) as number),
    p_rcu_lockdep_held: (...args) => (args[0] !== 0 ? 0 : complain(args.at(-1) as number)),
  };
}

function srcuUnlock(m: Machine, site: number): number {
  const depth = m.thread(m.tid, T.srcuDepth);
  if (depth <= 0)
    m.report(
      'lock-balance',
      `srcu_read_unlock() without its lock, in ${describeSite(m, site)}`,
      site,
      true,
    );
  m.setThread(m.tid, T.srcuDepth, depth - 1);
  if (depth === 1) m.setThread(m.tid, T.syncBlocks, m.thread(m.tid, T.syncBlocks) & ~2);
  return 0;
}

/** The wait itself happened at the scheduling point; here only the rules are checked. */
function wait(m: Machine, bit: number, site: number): number {
  const inside =
    bit === 1
      ? isReader(m, m.tid)
      : m.thread(m.tid, T.srcuDepth) > 0 || m.thread(m.tid, T.atomicDepth) > 0;
  if (inside)
    m.report(
      bit === 1 ? 'sleep-in-atomic' : 'deadlock',
      `waits for a grace period inside a reader section, in ${describeSite(m, site)}`,
      site,
      true,
    );
  return 0;
}

function queue(m: Machine, head: number, fn: number, site: number): void {
  if (m.S[m.cells.rcuWatch] === WATCHED) m.state.write(m.cells.rcuWatch, UNWAITED);
  m.read(head, site);
  for (let i = 0; i < RCU_SLOTS; i++) {
    if ((m.S[m.cells.rcuHead + i] as number) === head)
      m.report(
        'double-free',
        `call_rcu() twice on one object, in ${describeSite(m, site)}`,
        site,
        true,
      );
  }
  let slot = 0;
  while (slot < RCU_SLOTS && m.S[m.cells.rcuHead + slot] !== 0) slot++;
  if (slot === RCU_SLOTS) throw new Error('too many RCU callbacks pending');
  m.state.write(m.cells.rcuHead + slot, head);
  m.state.write(m.cells.rcuFunction + slot, fn);
  event(m, 'rcu', 'call_rcu()', site);
  for (let t = 0; t < m.spec.threads; t++)
    if (isReader(m, t)) m.setThread(t, T.rcuBlocks, m.thread(t, T.rcuBlocks) | (1 << slot));
  runIfReady(m, slot, site);
}
