import { describeSite, type Machine, T } from './machine.ts';

/** Something that may wait, which nobody may do with a spinlock or rwlock held or as a reader of RCU. */
export function checkSleep(m: Machine, site: number, what: string): void {
  if (m.thread(m.tid, T.atomicDepth) === 0 && m.thread(m.tid, T.rcuDepth) === 0) return;
  m.report(
    'sleep-in-atomic',
    `${what} may sleep with a spinlock, rwlock or RCU read section held, in ${describeSite(m, site)}`,
    site,
    false,
  );
}
