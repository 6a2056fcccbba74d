/** A scenario as the search runs it. Definitions live in scenarios/, one file each. */
import type { ScenarioThread, WorldSpec } from './world.ts';

export interface Scenario extends WorldSpec {
  readonly id: string;
  readonly title: string;
  readonly threads: readonly ScenarioThread[];
  /** Guest frames whose mappings count as outcome. */
  readonly gfns: readonly number[];
}
