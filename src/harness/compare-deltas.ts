/** Differences of two explorations in words: outcomes by what changed in them, protocol by what is new or gone. */
import type { JobResult } from './job.ts';
import { COSTS, THEN } from './protocol.ts';

export interface ComparedDelta {
  readonly kind: 'outcome' | 'protocol' | 'cost';
  readonly role: string | null;
  readonly summary: string;
  readonly before: string | null;
  readonly after: string | null;
  /** Outcome whose schedule is the witness, and on which side it stands. */
  readonly witness: { readonly side: 'before' | 'after'; readonly outcome: string } | null;
}

/** How many deltas of one kind are spelt out; the rest is counted. */
const MOST_DELTAS = 4;

export function deltasOf(before: JobResult, after: JobResult): ComparedDelta[] {
  return [
    ...outcomeDeltas(before, after),
    ...protocolDeltas(before, after),
    ...costDeltas(before, after),
  ];
}

/** Parts of an outcome that another one does not have. */
function missingFrom(outcome: string, other: string): string[] {
  const parts = other.split('; ');
  return outcome.split('; ').filter(part => !parts.includes(part));
}

/** The outcome that differs in the fewest parts. */
function nearest(outcome: string, others: readonly string[]): string | null {
  const distance = (o: string): number => missingFrom(o, outcome).length;
  return [...others].sort((a, b) => distance(a) - distance(b) || (a < b ? -1 : 1))[0] ?? null;
}

function outcomeDeltas(before: JobResult, after: JobResult): ComparedDelta[] {
  if (!before.exhaustive || !after.exhaustive) return [];
  const [was, is] = [Object.keys(before.outcomes), Object.keys(after.outcomes)];
  const lost = was.filter(o => !Object.hasOwn(after.outcomes, o));
  const gained = is.filter(o => !Object.hasOwn(before.outcomes, o));
  const deltas: ComparedDelta[] = [];
  const replaced = new Set<string>();
  for (const outcome of gained.slice(0, MOST_DELTAS)) {
    const from = nearest(outcome, lost.length > 0 ? lost : was);
    if (from !== null && lost.includes(from)) replaced.add(from);
    const verb = from !== null && lost.includes(from) ? 'at rest now' : 'at rest now also';
    deltas.push({
      kind: 'outcome',
      role: null,
      before: from === null ? null : missingFrom(from, outcome).join('; '),
      after: from === null ? outcome : missingFrom(outcome, from).join('; '),
      summary: `${verb}: ${from === null ? outcome : missingFrom(outcome, from).join('; ')}`,
      witness: { side: 'after', outcome },
    });
  }
  for (const outcome of lost.filter(o => !replaced.has(o)).slice(0, MOST_DELTAS)) {
    const left = nearest(outcome, is);
    const gone = left === null ? outcome : missingFrom(outcome, left).join('; ');
    deltas.push({
      kind: 'outcome',
      role: null,
      before: gone,
      after: null,
      summary: `no longer possible at rest: ${gone}`,
      witness: { side: 'before', outcome },
    });
  }
  const more =
    Math.max(0, gained.length - MOST_DELTAS) +
    Math.max(0, lost.length - replaced.size - MOST_DELTAS);
  if (more > 0)
    deltas.push({
      kind: 'outcome',
      role: null,
      before: null,
      after: null,
      summary: `${more} more outcomes differ`,
      witness: null,
    });
  return deltas;
}

const eventsOf = (follows: readonly string[]): Set<string> =>
  new Set(follows.flatMap(f => f.split(THEN)).filter(e => e !== ''));

function protocolDeltas(before: JobResult, after: JobResult): ComparedDelta[] {
  const deltas: ComparedDelta[] = [];
  const [all, now] = [before.protocol.follows, after.protocol.follows];
  const complete = before.protocol.complete && after.protocol.complete;
  for (const role of [...new Set([...Object.keys(all), ...Object.keys(now)])].sort()) {
    const [was, is] = [all[role] ?? [], now[role] ?? []];
    const gained = is.filter(f => !was.includes(f));
    const lost = was.filter(f => !is.includes(f));
    if (gained.length === 0 && lost.length === 0) continue;
    // A cut-off search misses what lies behind the cut: only what is new in both directions counts.
    if (!complete && (gained.length === 0 || lost.length === 0)) continue;
    const [had, has] = [eventsOf(was), eventsOf(is)];
    const fresh = [...has].filter(e => !had.has(e));
    const gone = [...had].filter(e => !has.has(e));
    deltas.push({
      kind: 'protocol',
      role,
      witness: null,
      before: fresh.length + gone.length > 0 || lost.length === 0 ? null : pairs(lost),
      after: fresh.length + gone.length > 0 || gained.length === 0 ? null : pairs(gained),
      summary: `${role}: ${protocolSummary(fresh, gone)}`,
    });
  }
  return deltas;
}

function protocolSummary(fresh: readonly string[], gone: readonly string[]): string {
  const parts: string[] = [];
  const left = new Set(fresh);
  const leaves = new Set(gone);
  for (const event of gone) {
    const lock = /^(read|write)_lock\((.*)\)$/.exec(event);
    if (lock === null) continue;
    const other = `${lock[1] === 'read' ? 'write' : 'read'}_lock(${lock[2]})`;
    if (!left.has(other)) continue;
    const mode = lock[1] === 'read' ? 'write' : 'read';
    parts.push(`takes ${shortLock(lock[2] ?? '')} for ${mode} only, before for ${lock[1]} too`);
    for (const set of [left, leaves])
      for (const e of [...set]) if (e.endsWith(`lock(${lock[2]})`)) set.delete(e);
  }
  if (left.size > 0) parts.push(`now also ${list([...left].map(inWords))}`);
  if (leaves.size > 0) parts.push(`no longer ${list([...leaves].map(inWords))}`);
  return parts.length > 0 ? parts.join('; ') : 'the same events in another order';
}

const shortLock = (name: string): string => name.split('.').at(-1) ?? name;

/** An event as a reviewer would say it. */
export function inWords(event: string): string {
  const lock = /^(read|write|spin|mutex)_(lock|unlock)\((.*)\)$/.exec(event);
  if (lock !== null) {
    const mode = lock[1] === 'read' || lock[1] === 'write' ? ` for ${lock[1]}` : '';
    return lock[2] === 'lock'
      ? `takes ${shortLock(lock[3] ?? '')}${mode}`
      : `drops ${shortLock(lock[3] ?? '')}`;
  }
  if (event.startsWith('SPTE '))
    return `changes an SPTE (${event.slice('SPTE '.length).replace(' -> ', ' to ')})`;
  return event;
}

const list = (words: readonly string[]): string =>
  words.length > MOST_DELTAS
    ? `${words.slice(0, MOST_DELTAS).join(', ')} and ${words.length - MOST_DELTAS} more`
    : words.join(', ');

function pairs(follows: readonly string[]): string {
  const shown = follows.slice(0, MOST_DELTAS).map(f => {
    const [first = '', second = ''] = f.split(THEN);
    return first === ''
      ? `begins with ${inWords(second)}`
      : `${inWords(first)}, then ${inWords(second)}`;
  });
  return follows.length > MOST_DELTAS
    ? `${shown.join('; ')}; ${follows.length - MOST_DELTAS} more`
    : shown.join('; ');
}

const range = ([least, most]: readonly [number, number]): string =>
  least === most ? String(least) : `${least} to ${most}`;

function costDeltas(before: JobResult, after: JobResult): ComparedDelta[] {
  if (!before.protocol.complete || !after.protocol.complete) return [];
  const deltas: ComparedDelta[] = [];
  for (const [key, was] of Object.entries(before.protocol.costs)) {
    const is = after.protocol.costs[key];
    if (is === undefined) continue;
    const [role = ''] = key.split(': ');
    was.forEach((old, i) => {
      const now = is[i];
      if (now === undefined || (old[0] === now[0] && old[1] === now[1])) return;
      deltas.push({
        kind: 'cost',
        role,
        before: range(old),
        after: range(now),
        summary: `${key.slice(role.length + 2)}: ${COSTS[i]} ${range(old)} -> ${range(now)}`,
        witness: null,
      });
    });
  }
  return deltas;
}
