/** Exhaustive searches on a real kernel. */
import { checkAtRest, observe } from '../../src/harness/at-rest.ts';
import { exploreToFixpoint, type FixpointResult } from '../../src/harness/explore/fixpoint.ts';
import { findScenario } from '../../src/harness/scenarios/all.ts';
import type { Scenario } from '../../src/harness/scenarios/scenario.ts';
import { loadWorld, programFor, shapeOf, USUAL_MACHINE } from '../../src/harness/world.ts';
import type { MemoryModel } from '../../src/result.ts';
import type { SourceReader } from '../../src/semantics/c/source.ts';
import { measured, type Spent, stopwatch } from '../yardstick.ts';

export interface SearchSpec {
  readonly scenario: string;
  readonly levels: number;
  readonly memory: MemoryModel;
}

const MAX_STATES = 4_000_000;
/** Of processor time. */
const DEADLINE_MS = 120_000;

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function scenarioOf(spec: SearchSpec): Scenario {
  const found = findScenario(spec.scenario);
  if (found === null) throw new Error(`no scenario ${spec.scenario}`);
  return { ...found, defines: { ...found.defines, MMD_LEVELS: String(spec.levels) } };
}

function search(reader: SourceReader, spec: SearchSpec): { result: FixpointResult; spent: Spent } {
  const scenario = scenarioOf(spec);
  const world = loadWorld(reader, shapeOf(scenario));
  world.code(new Set());
  const stop = stopwatch();
  const result = exploreToFixpoint(
    racing => programFor(world, scenario, racing, { ...USUAL_MACHINE, memory: spec.memory }),
    {
      passes: [0, 1],
      full: true,
      racing: [],
      maxStates: MAX_STATES,
      stopAtFirst: false,
      events: null,
      observe: p => observe(p, p.bindings, scenario.gfns),
      atRest: p => checkAtRest(p, p.bindings),
      deadlineMs: cpuMs() + DEADLINE_MS,
      now: cpuMs,
      onProgress: null,
    },
  );
  return { result, spent: stop() };
}

export function benchSearch(
  reader: SourceReader,
  spec: SearchSpec,
  yardstickMs: number,
  print: (text: string) => void,
): void {
  const { result, spent } = search(reader, spec);
  const name = `${spec.scenario}, ${spec.levels} levels, ${spec.memory}`;
  const end = result.exhaustive ? 'exhaustive' : `ended by ${result.boundHit ?? 'its passes'}`;
  const rate = result.totalTransitions / spent.cpuMs / 1000;
  const memory = process.resourceUsage().maxRSS / 1024;
  print(`${name}: ${measured(spent, yardstickMs)}, ${end}, ${result.found.size} violations`);
  print(
    `  ${result.states} states, ${result.totalTransitions} transitions in ${result.runs} passes, ${rate.toFixed(2)} M transitions/s, ${(rate * yardstickMs * 1000).toFixed(0)} a yardstick`,
  );
  print(
    `  visited set ${(result.visitedBytes / result.states).toFixed(1)} bytes a state, omission probability below ${result.omission.toExponential(1)}, process peak so far ${memory.toFixed(0)} MB`,
  );
}
