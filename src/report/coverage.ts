import type { CheckResult, ScenarioRun } from '../result.ts';
import { inert } from './inert.ts';
import { ranges } from './summary.ts';

/** What was explored and what was not, over all patches, in as few lines as it takes. */
export interface CoverageGroup {
  readonly state: 'exhaustive' | 'bounded' | 'not run';
  readonly why: string | null;
  /** Scenario ids; each says for which patches when not for all. */
  readonly names: readonly string[];
}

function stateOf(run: ScenarioRun): CoverageGroup['state'] {
  if (!run.ran) return 'not run';
  return run.exhaustive ? 'exhaustive' : 'bounded';
}

export function runName(run: ScenarioRun): string {
  const axes = run.axes.length === 0 ? '' : ` (${run.axes.map(inert).join(', ')})`;
  return inert(run.id) + axes;
}

/** Axes stand behind each name when `axes` is set; else only the names. */
export function coverage(result: CheckResult, axes = true): CoverageGroup[] {
  const groups = new Map<
    string,
    { state: CoverageGroup['state']; why: string | null; patches: Map<string, number[]> }
  >();
  for (const patch of result.patches) {
    for (const run of patch.scenarios) {
      const state = stateOf(run);
      const key = JSON.stringify([state, run.why]);
      const group = groups.get(key) ?? {
        state,
        why: run.why,
        patches: new Map<string, number[]>(),
      };
      groups.set(key, group);
      const name = axes ? runName(run) : inert(run.id);
      group.patches.set(name, [...(group.patches.get(name) ?? []), patch.index]);
    }
  }
  const all = ranges(result.patches.filter(p => p.scenarios.length > 0).map(p => p.index));
  const order = ['exhaustive', 'bounded', 'not run'];
  return [...groups.values()]
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
    .map(group => ({
      state: group.state,
      why: group.why === null ? null : inert(group.why),
      names: [...group.patches].map(([name, patches]) => {
        const which = ranges(patches);
        return which === all ? name : `${name} [${which}]`;
      }),
    }));
}
