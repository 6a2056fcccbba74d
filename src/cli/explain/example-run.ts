/** One run of a scenario on the embedded tree, for a page that explains it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { explore } from '../../harness/explore/explore.ts';
import { geometryOf } from '../../harness/geometry.ts';
import type { Scenario } from '../../harness/scenarios/scenario.ts';
import { SideWorlds, scenarioFit } from '../../harness/side.ts';
import { buildTrace } from '../../harness/trace.ts';
import { programFor, shapeOf } from '../../harness/world.ts';
import type { Trace } from '../../result.ts';
import { embeddedTree } from '../package.ts';

/** Far more than one thread after another needs. */
const MAX_STATES = 3_000;

export type ExampleRun =
  | { readonly ok: true; readonly trace: Trace }
  | { readonly ok: false; readonly why: string };

/** The shortest run that comes to rest while no thread is interrupted. */
export function exampleRun(scenario: Scenario): ExampleRun {
  const root = embeddedTree();
  const read = (path: string): string | null =>
    existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null;
  const world = new SideWorlds({ read }).of(shapeOf(scenario));
  const { missing, gap } = scenarioFit(world, scenario);
  if (missing !== null || gap !== null)
    return { ok: false, why: `the embedded tree has no ${missing ?? gap}` };
  const program = programFor(world, scenario, new Set());
  const { outcomes } = explore(program, {
    maxStates: MAX_STATES,
    preemptions: 0,
    events: null,
    stopAtFirst: false,
    observe: () => 'rest',
    atRest: null,
    deadlineMs: null,
    now: () => 0,
    onProgress: null,
  });
  const schedule = [...outcomes.values()][0];
  if (schedule === undefined) return { ok: false, why: 'no run without preemption comes to rest' };
  const trace = buildTrace(program, {
    scenario,
    schedule,
    violation: null,
    side: { patch: 0, which: 'before' },
    geometry: geometryOf(null),
    read,
  });
  return { ok: true, trace };
}
