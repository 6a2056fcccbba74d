/**
 * Repeats a search until it learns nothing new about which memory threads conflict on (see semantics/kernel/
 * conflicts.ts): first cheap preemption-bounded passes, which find most conflicts and most bugs, then the full search.
 */
import type { Program } from '../../semantics/compile/program.ts';
import { type Exploration, type ExploreOptions, explore } from './explore.ts';

export interface FixpointOptions extends Omit<ExploreOptions, 'preemptions'> {
  /** Bounded passes before the full search, e.g. [0, 1, 2]. */
  readonly passes: readonly number[];
  /** Whether the full search follows the bounded passes. */
  readonly full: boolean;
  /** Classes known to race from elsewhere: saves rebuilding, changes no result. */
  readonly racing: readonly string[];
}

export interface FixpointResult extends Exploration {
  readonly program: Program;
  /** Searches made altogether. */
  readonly runs: number;
  readonly totalTransitions: number;
}

/** More rounds than any kernel needs; each round learns at least one fact of finitely many. */
const MAX_ROUNDS = 60;

export function exploreToFixpoint(
  build: (racing: ReadonlySet<string>) => Program,
  options: FixpointOptions,
): FixpointResult {
  const racing = new Set<string>(options.racing);
  let program = build(racing);
  let runs = 0;
  let totalTransitions = 0;
  const round = (preemptions: number | null): Exploration => {
    for (let i = 0; i < MAX_ROUNDS; i++) {
      const last = explore(program, { ...options, preemptions });
      runs++;
      totalTransitions += last.transitions;
      const { conflicts } = program.machine;
      const found = options.stopAtFirst && last.found.size > 0;
      if (!conflicts.changed || found) return last;
      conflicts.settle();
      const fresh = [...conflicts.racing].filter(name => !racing.has(name));
      if (fresh.length === 0) continue;
      for (const name of fresh) racing.add(name);
      const facts = conflicts.facts();
      program = build(racing);
      program.machine.conflicts.adopt(facts);
    }
    throw new Error('the search keeps learning conflicts');
  };
  let bounded: Exploration | null = null;
  for (const bound of options.passes) {
    bounded = round(bound);
    if (options.stopAtFirst && bounded.found.size > 0) {
      return { ...bounded, program, runs, totalTransitions };
    }
  }
  if (!options.full && bounded !== null) return { ...bounded, program, runs, totalTransitions };
  const result = round(null);
  return { ...result, program, runs, totalTransitions };
}
