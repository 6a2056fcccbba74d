/**
 * Lock order as lockdep learns it: Documentation/locking/lockdep-design.rst. What was taken inside of what is a fact of
 * the whole search and no part of a state, so it costs none. A read lock of a fair rwlock waits for a waiting writer,
 * so it orders like any other (kernel/locking/lockdep.c, read_lock_is_recursive()). An attempt that gives up does not.
 */
import { ADDRESS_BASE } from '../compile/unit.ts';
import { describeSite, HELD_MAX, type Machine, T } from './machine.ts';

export interface LockOrder {
  /** Cells of locks whose order is written down, outermost first. */
  documented: readonly { readonly cell: number; readonly name: string }[];
  /** The running thread is about to hold the lock as well as all that it holds. */
  taken(address: number, site: number): void;
}

const FINE = 1;
const BROKEN = 2;
const MAX_CLASSES = 1 << 12;

export function createLockOrder(m: Machine, nameOf: (site: number) => string): LockOrder {
  /** Verdict on each pair seen, by outer class * MAX_CLASSES + inner class. */
  const pairs = new Map<number, number>();
  const inside = new Map<number, number[]>();
  const names = new Map<number, string>();

  const leadsTo = (from: number, to: number): boolean => {
    const seen = new Set([from]);
    const queue = [from];
    for (let c = queue.pop(); c !== undefined; c = queue.pop()) {
      if (c === to) return true;
      for (const next of inside.get(c) ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        queue.push(next);
      }
    }
    return false;
  };
  const rank = (lock: number): number =>
    order.documented.findIndex(d => m.conflicts.location[d.cell] === lock);
  const learn = (outer: number, inner: number): number => {
    const [a, b] = [rank(outer), rank(inner)];
    const wrong = a >= 0 && b >= 0 && a > b;
    const verdict = wrong || leadsTo(inner, outer) ? BROKEN : FINE;
    pairs.set(outer * MAX_CLASSES + inner, verdict);
    inside.set(outer, [...(inside.get(outer) ?? []), inner]);
    // Later searches meet the other direction first: both are wrong.
    if (verdict === BROKEN && pairs.has(inner * MAX_CLASSES + outer) && !wrong)
      pairs.set(inner * MAX_CLASSES + outer, BROKEN);
    return verdict;
  };
  const complain = (outer: number, inner: number, site: number): void => {
    const [a, b] = [rank(outer), rank(inner)];
    const outerName = order.documented[a]?.name ?? names.get(outer) ?? 'a lock';
    const innerName = order.documented[b]?.name ?? names.get(inner) ?? 'a lock';
    const text =
      a >= 0 && b >= 0
        ? `${innerName} is taken inside of ${outerName}`
        : `${[outerName, innerName].sort().join(' and ')} are taken in both orders`;
    m.report('lock-order', `${text}, in ${describeSite(m, site)}`, site, false);
  };
  const order: LockOrder = {
    documented: [],
    taken: (address, site) => {
      if (!m.conflicts.enabled || m.thread(m.tid, T.held) === 0) return;
      const inner = m.conflicts.location[(address - ADDRESS_BASE) >> 2] as number;
      if (inner < 0 || inner >= MAX_CLASSES) return;
      if (!names.has(inner)) names.set(inner, nameOf(site));
      for (let i = 0; i < HELD_MAX; i++) {
        const entry = m.thread(m.tid, T.held + i);
        if (entry === 0) return;
        const outer = m.conflicts.location[((entry & ~3) - ADDRESS_BASE) >> 2] as number;
        // Two locks of one class: lockdep needs to be told, and so would we.
        if (outer < 0 || outer === inner) continue;
        const verdict = pairs.get(outer * MAX_CLASSES + inner) ?? learn(outer, inner);
        if (verdict === BROKEN) complain(outer, inner, site);
      }
    },
  };
  return order;
}
