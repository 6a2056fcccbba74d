/** What of the scenarios and invariants a tree has room for. */
import { type Unbound, unboundInvariants } from '../harness/invariants/standing.ts';
import { scenarios } from '../harness/scenarios/all.ts';
import { SideWorlds, scenarioFit } from '../harness/side.ts';
import { shapeOf, type World } from '../harness/world.ts';
import type { SourceReader } from '../semantics/c/source.ts';
import { bind } from '../semantics/compile/bindings.ts';

export interface TreeFit {
  readonly unfit: readonly { readonly id: string; readonly why: string }[];
  readonly unbound: readonly Unbound[];
}

/** Reads the tree once more, with the page tables and the threads of the scenarios. */
export function treeFit(reader: SourceReader): TreeFit {
  const worlds = new SideWorlds(reader);
  const unfit: { id: string; why: string }[] = [];
  let plain: World | null = null;
  for (const scenario of scenarios) {
    const world = worlds.of(shapeOf(scenario));
    if (!world.shape.indirect) plain ??= world;
    const { missing, gap } = scenarioFit(world, scenario);
    if (missing !== null) unfit.push({ id: scenario.id, why: `this kernel has no ${missing}` });
    else if (gap !== null) unfit.push({ id: scenario.id, why: `this kernel does not fit: ${gap}` });
  }
  if (plain === null) throw new Error('no scenario without shadow paging');
  const { layout } = plain.code(new Set()).unit;
  return { unfit, unbound: unboundInvariants(bind(plain.lifter, layout)) };
}
