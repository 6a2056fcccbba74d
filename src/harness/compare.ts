/** Two explorations of one scenario to violations with their status, deltas, and what keeps the answer open. */
import type { JobResult, JobViolation } from './job.ts';

export interface ComparedViolation {
  readonly violation: JobViolation;
  readonly status: 'introduced' | 'pre-existing' | 'fixed';
}

export interface ComparedDelta {
  readonly kind: 'outcome' | 'protocol';
  readonly role: string | null;
  readonly summary: string;
  readonly before: string | null;
  readonly after: string | null;
  /** Outcome whose schedule is the witness, and on which side it stands. */
  readonly witness: { readonly side: 'before' | 'after'; readonly outcome: string } | null;
}

export interface Comparison {
  readonly violations: readonly ComparedViolation[];
  readonly deltas: readonly ComparedDelta[];
  /** Reasons why equality is not proven. */
  readonly open: readonly { readonly code: string; readonly message: string }[];
}

/** How many deltas of one kind are spelt out; the rest is counted. */
const MOST_DELTAS = 4;

export function compareJobs(before: JobResult, after: JobResult): Comparison {
  const violations = compareViolations(before, after);
  const open = openReasons(before, 'before').concat(openReasons(after, 'after'));
  return {
    violations,
    deltas: [...outcomeDeltas(before, after), ...protocolDeltas(before, after)],
    open: unique(open),
  };
}

function compareViolations(before: JobResult, after: JobResult): ComparedViolation[] {
  const was = new Map(before.violations.map(v => [v.identity, v]));
  const is = new Map(after.violations.map(v => [v.identity, v]));
  const out: ComparedViolation[] = [];
  for (const [identity, violation] of is) {
    out.push({ violation, status: was.has(identity) ? 'pre-existing' : 'introduced' });
  }
  if (before.quiescent > 0 && neverRests(after)) {
    out.push({ violation: noRest(after), status: 'introduced' });
  }
  for (const [identity, violation] of was)
    if (!is.has(identity)) out.push({ violation, status: 'fixed' });
  return out;
}

/** Everything was searched, nothing went wrong, and still no execution ends. */
function neverRests(job: JobResult): boolean {
  return job.exhaustive && job.quiescent === 0 && job.unmodelled.length === 0;
}

function noRest(job: JobResult): JobViolation {
  return {
    identity: `livelock|${job.scenario}`,
    invariant: 'livelock',
    role: '',
    text: 'no execution comes to rest any more: some operation never ends',
    site: null,
    thread: 0,
    schedule: [],
  };
}

function openReasons(job: JobResult, side: string): { code: string; message: string }[] {
  const out: { code: string; message: string }[] = [];
  for (const u of job.unmodelled)
    out.push({ code: u.code, message: `${job.scenario}, ${side}: ${u.message}` });
  if (job.boundHit !== null && job.full)
    out.push({
      code: 'bound',
      message: `${job.scenario}, ${side}: the search was ended by its bound of ${job.boundHit}`,
    });
  if (
    job.quiescent === 0 &&
    job.unmodelled.length === 0 &&
    job.boundHit === null &&
    job.violations.length === 0
  ) {
    out.push({ code: 'vacuous', message: `${job.scenario}, ${side}: no execution comes to rest` });
  }
  return out;
}

function unique<T extends { readonly code: string; readonly message: string }>(
  items: readonly T[],
): T[] {
  const seen = new Set<string>();
  return items.filter(item => {
    const key = `${item.code} ${item.message.replace(/, (?:before|after):/, ':')}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function outcomeDeltas(before: JobResult, after: JobResult): ComparedDelta[] {
  if (!before.exhaustive || !after.exhaustive) return [];
  const lost = Object.keys(before.outcomes).filter(o => !Object.hasOwn(after.outcomes, o));
  const gained = Object.keys(after.outcomes).filter(o => !Object.hasOwn(before.outcomes, o));
  const deltas: ComparedDelta[] = [];
  for (const outcome of gained.slice(0, MOST_DELTAS)) {
    deltas.push({
      kind: 'outcome',
      role: null,
      before: null,
      after: outcome,
      summary: `new outcome at rest: ${outcome}`,
      witness: { side: 'after', outcome },
    });
  }
  for (const outcome of lost.slice(0, MOST_DELTAS)) {
    deltas.push({
      kind: 'outcome',
      role: null,
      before: outcome,
      after: null,
      summary: `outcome at rest no longer possible: ${outcome}`,
      witness: { side: 'before', outcome },
    });
  }
  const more = Math.max(0, gained.length - MOST_DELTAS) + Math.max(0, lost.length - MOST_DELTAS);
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

function protocolDeltas(before: JobResult, after: JobResult): ComparedDelta[] {
  const deltas: ComparedDelta[] = [];
  const roles = [
    ...new Set([...Object.keys(before.protocol), ...Object.keys(after.protocol)]),
  ].sort();
  for (const role of roles) {
    const was = new Set(before.protocol[role] ?? []);
    const is = new Set(after.protocol[role] ?? []);
    const gained = [...is].filter(p => !was.has(p));
    const lost = [...was].filter(p => !is.has(p));
    if (gained.length === 0 && lost.length === 0) continue;
    deltas.push({
      kind: 'protocol',
      role,
      witness: null,
      before: lost.length === 0 ? null : list(lost),
      after: gained.length === 0 ? null : list(gained),
      summary: protocolSummary(role, lost, gained),
    });
  }
  return deltas;
}

const list = (pairs: readonly string[]): string => {
  const shown = pairs.slice(0, MOST_DELTAS).map(p => p.replace(/^ -> /, 'first '));
  return pairs.length > MOST_DELTAS
    ? `${shown.join('; ')}; ${pairs.length - MOST_DELTAS} more`
    : shown.join('; ');
};

function protocolSummary(role: string, lost: readonly string[], gained: readonly string[]): string {
  const events = (pairs: readonly string[]): Set<string> =>
    new Set(pairs.flatMap(p => p.split(' -> ')).filter(e => e !== ''));
  const was = events(lost);
  const is = events(gained);
  const onlyNew = [...is].filter(e => !was.has(e));
  const onlyOld = [...was].filter(e => !is.has(e));
  const parts: string[] = [];
  if (onlyNew.length > 0) parts.push(`now also ${onlyNew.slice(0, 3).join(', ')}`);
  if (onlyOld.length > 0) parts.push(`no longer ${onlyOld.slice(0, 3).join(', ')} there`);
  return `${role}: the order of visible events changes${parts.length > 0 ? ` (${parts.join('; ')})` : ''}`;
}
