/**
 * Operands of tests that a patch adds, removes or changes and that came out only one way in all executions: what would
 * have followed the other way is unknown, so that nothing speaks for sameness.
 */
import type { SideCondition, SideModels } from '../harness/side.ts';
import type { ChangedLines } from './touched.ts';

/** By `function#index`: bit 0 when it came out true, bit 1 when false. */
export interface Decided {
  readonly before: Map<string, number>;
  readonly after: Map<string, number>;
}

export interface OneSided {
  readonly message: string;
  readonly file: string;
  readonly line: number;
}

const TRUE = 1;
const BOTH = 3;

export function note(into: Map<string, number>, seen: Readonly<Record<string, number>>): void {
  for (const [key, bits] of Object.entries(seen)) into.set(key, (into.get(key) ?? 0) | bits);
}

export function oneSided(
  changed: readonly string[],
  before: SideModels,
  after: SideModels,
  decided: Decided,
  ranges: ChangedLines,
): OneSided[] {
  const out: OneSided[] = [];
  for (const which of ['after', 'before'] as const) {
    const [side, other] = which === 'after' ? [after, before] : [before, after];
    const [own, known] = [countsOf(changed, side), countsOf(changed, other)];
    const lines = which === 'after' ? ranges.added : ranges.removed;
    for (const name of changed) {
      (side.conditions.get(name) ?? []).forEach((condition, i) => {
        if (!condition.decides) return;
        const there = known.get(condition.key) ?? 0;
        // One of several that ask the same is new: it is the one on a line that changes.
        const isMore = (own.get(condition.key) ?? 0) > there;
        if (!isMore || (there > 0 && !lines.get(condition.file)?.has(condition.line))) return;
        const seen = decided[which].get(`${name}#${i}`) ?? 0;
        if (seen !== BOTH) out.push(describe(condition, seen, which));
      });
    }
  }
  return out;
}

/** How often each condition is asked; one that moved to another helper is the same condition. */
function countsOf(names: readonly string[], side: SideModels): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names)
    for (const { key } of side.conditions.get(name) ?? [])
      counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function describe(c: SideCondition, seen: number, which: string): OneSided {
  const what = c.asks === '' ? 'a condition that changes' : `${c.asks}, which changes,`;
  const how =
    seen === 0
      ? 'is never asked'
      : seen === TRUE
        ? 'never comes out false'
        : 'never comes out true';
  return {
    message: `${what} ${how} in any execution (${which} the patch)`,
    file: c.file,
    line: c.line,
  };
}
