/** Every name whose body is not lifted but provided, and why. */
import {
  ATOMIC_MACROS,
  LOAD_MACROS,
  type PointKind,
  PRIMITIVES,
  SILENT_MACROS,
  STORE_MACROS,
  WARN_MACROS,
} from '../lift/primitives.ts';

export interface Replaced {
  readonly name: string;
  readonly kind: 'primitive' | 'stub' | 'mirror';
  readonly reason: string;
}

const byPoint: Readonly<Record<PointKind, string>> = {
  access: 'one access to shared memory, indivisible',
  'read-lock': 'a lock of the simulated kernel: waits while a writer holds it or waits',
  'write-lock': 'a lock of the simulated kernel: waits for all holders',
  'spin-lock': 'a lock of the simulated kernel',
  'mutex-lock': 'a lock of the simulated kernel',
  unlock: 'a lock of the simulated kernel: others may run before the next statement',
  rcu: 'ends a read-side section of the simulated RCU',
  choice: 'may go either way: the search tries both',
  sync: 'waits for the simulated RCU or SRCU',
  guest: 'the simulated guest',
  flush: 'the simulated TLBs',
  request: 'the simulated requests and kicks',
  quiet: 'the thread rests',
};

function primitives(): Replaced[] {
  const entry = (name: string, reason: string): Replaced => ({ name, kind: 'primitive', reason });
  return [
    ...[...PRIMITIVES]
      .filter(([name]) => !name.startsWith('mmd_'))
      .map(([name, p]) =>
        entry(name, p.point === null ? 'exact meaning in the simulated kernel' : byPoint[p.point]),
      ),
    ...Object.keys(LOAD_MACROS).map(name => entry(name, 'a load that others may race with')),
    ...Object.keys(STORE_MACROS).map(name => entry(name, 'a store that others may race with')),
    ...Object.keys(ATOMIC_MACROS).map(name => entry(name, 'an atomic read-modify-write')),
    ...[...WARN_MACROS].map(name =>
      entry(name, 'a reachability check; the run goes on as the kernel would'),
    ),
  ];
}

const silent: readonly Replaced[] = [
  ...[...SILENT_MACROS].map(
    (name): Replaced => ({
      name,
      kind: 'stub',
      reason: 'prints, annotates or checks at build time: no effect on the MMU',
    }),
  ),
  { name: 'trace_*', kind: 'stub', reason: 'trace points: no effect on the MMU' },
];

/** Sorted by name. `standIns`: what the scenarios' environment stands in for. */
export function replacedNames(standIns: readonly Replaced[]): Replaced[] {
  const all = new Map<string, Replaced>();
  for (const each of [...silent, ...standIns, ...primitives()]) all.set(each.name, each);
  return [...all.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
