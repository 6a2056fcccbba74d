/** Two explorations of one scenario to violations with their status, deltas, and what keeps the answer open. */
import { type ComparedDelta, deltasOf } from './compare-deltas.ts';
import type { JobResult, JobViolation } from './job.ts';

export interface ComparedViolation {
  readonly violation: JobViolation;
  readonly status: 'introduced' | 'pre-existing' | 'fixed';
}

export interface Comparison {
  readonly violations: readonly ComparedViolation[];
  readonly deltas: readonly ComparedDelta[];
  /** Reasons why equality is not proven. */
  readonly open: readonly { readonly code: string; readonly message: string }[];
}

export function compareJobs(before: JobResult, after: JobResult): Comparison {
  const violations = compareViolations(before, after);
  const open = openReasons(before, 'before').concat(openReasons(after, 'after'));
  return {
    violations,
    deltas: deltasOf(before, after),
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
  const { exhaustive, quiescent, unmodelled, violations } = job;
  return exhaustive && quiescent === 0 && unmodelled.length === 0 && violations.length === 0;
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
