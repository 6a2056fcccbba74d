/** Changes that stand-ins keep from being seen: they forbid to call a patch equivalent, and nothing else. */
import type { SideModels } from '../harness/side.ts';
import type { InconclusiveReason } from '../result.ts';
import { reason } from './reasons.ts';

export function unseenChanges(
  changed: readonly string[],
  before: SideModels,
  after: SideModels,
): InconclusiveReason[] {
  return [...otherArguments(changed, before, after), ...unusedResults(changed, after)];
}

function otherArguments(
  changed: readonly string[],
  before: SideModels,
  after: SideModels,
): InconclusiveReason[] {
  const [was, is] = [countsOf(changed, before), countsOf(changed, after)];
  const names = new Set<string>();
  for (const key of new Set([...was.keys(), ...is.keys()]))
    if (was.get(key) !== is.get(key)) names.add(key.split(' ')[0] ?? '');
  return [...names]
    .sort()
    .map(name =>
      reason(
        'stand-in-argument',
        `${name}() is called with other arguments, which its stand-in does not look at`,
      ),
    );
}

function countsOf(names: readonly string[], side: SideModels): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names)
    for (const key of side.standInCalls.get(name) ?? [])
      counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function unusedResults(changed: readonly string[], side: SideModels): InconclusiveReason[] {
  return changed.flatMap(name =>
    (side.replacedCallers.get(name) ?? []).map(caller =>
      reason(
        'stand-in-caller',
        `${caller}() calls ${name}(), and a stand-in runs instead of it`,
        side.files.get(name) ?? null,
      ),
    ),
  );
}
