/** Every name whose body is not lifted but provided, and why. */
import { REPLACE_PREFIX, STATIC_CALL_PREFIX } from '../lift/calls.ts';
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
  readonly kind: 'primitive' | 'stub';
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

function stubs(driverTexts: readonly string[]): Replaced[] {
  const names = new Set<string>();
  const calls = new Set<string>();
  for (const text of driverTexts) {
    for (const match of text.matchAll(new RegExp(`\\b${REPLACE_PREFIX}(\\w+)\\(`, 'g')))
      names.add(match[1] as string);
    for (const match of text.matchAll(new RegExp(`\\b${STATIC_CALL_PREFIX}(\\w+)\\(`, 'g')))
      calls.add(match[1] as string);
  }
  return [
    ...[...names].map(
      (name): Replaced => ({
        name,
        kind: 'stub',
        reason: "the scenarios' environment stands in for it",
      }),
    ),
    ...[...calls].map(
      (name): Replaced => ({
        name: `static_call(${name})`,
        kind: 'stub',
        reason: "the vendor module's part, chosen by the scenarios' environment",
      }),
    ),
    ...[...SILENT_MACROS].map(
      (name): Replaced => ({
        name,
        kind: 'stub',
        reason: 'prints, annotates or checks at build time: no effect on the MMU',
      }),
    ),
    { name: 'trace_*', kind: 'stub', reason: 'trace points: no effect on the MMU' },
  ];
}

/** Sorted by name. `driverTexts`: the C that stands in for what surrounds the MMU. */
export function replacedBodies(driverTexts: readonly string[]): Replaced[] {
  const all = new Map<string, Replaced>();
  for (const each of [...stubs(driverTexts), ...primitives()]) all.set(each.name, each);
  return [...all.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
