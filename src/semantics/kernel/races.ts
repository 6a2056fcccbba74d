/**
 * Data races, without inference: two threads stand right before accesses to one place, at least one of them plain and
 * at least one a write. Either may go first, so nothing orders them: tools/memory-model/Documentation/explanation.txt.
 * Only what became a scheduling point is seen; conflicts.ts makes every plain access one that its locks do not protect.
 */
import { ADDRESS_BASE, pointNumber } from '../compile/unit.ts';
import { argumentFor } from './argued-races.ts';
import { type Machine, T } from './machine.ts';

const ACCESS = pointNumber('access');
const READS = /^(?:load$|.*_read(?:_acquire)?$|.*test_bit)/;

/** Reports each race between the accesses the threads are about to make. */
export function checkRaces(m: Machine): void {
  const n = m.spec.threads;
  for (let a = 0; a + 1 < n; a++) {
    if (m.thread(a, T.pointKind) !== ACCESS || m.thread(a, T.top) === 0) continue;
    const address = m.thread(a, T.pointArgument);
    for (let b = a + 1; b < n; b++) {
      if (m.thread(b, T.pointArgument) !== address) continue;
      if (m.thread(b, T.pointKind) === ACCESS && m.thread(b, T.top) !== 0) pair(m, a, b, address);
    }
  }
}

function pair(m: Machine, a: number, b: number, address: number): void {
  if (address < ADDRESS_BASE) return;
  const { sites } = m.spec.unit;
  const one = sites[m.thread(a, T.site)];
  const other = sites[m.thread(b, T.site)];
  if (one === undefined || other === undefined) return;
  if (one.plain !== true && other.plain !== true) return;
  if (READS.test(one.what) && READS.test(other.what)) return;
  // The scenario's own variables are no kernel code.
  if (one.loc.file.startsWith('<') || other.loc.file.startsWith('<')) return;
  // Under another name it is another member of a union, or a bit-field beside: what is read need not change.
  const { locationClass } = one;
  if (locationClass !== other.locationClass || argumentFor(locationClass) !== null) return;
  m.tid = one.plain === true ? a : b;
  m.report(
    'data-race',
    `a plain access to ${locationClass} races with a write`,
    m.thread(m.tid, T.site),
    false,
  );
}
