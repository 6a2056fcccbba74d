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
const MAX_ROUNDS = 600;

export function exploreToFixpoint(
  build: (racing: ReadonlySet<string>) => Program,
  options: FixpointOptions,
): FixpointResult {
  const racing = new Set<string>(options.racing);
  let program = build(racing);
  let runs = 0;
  let totalTransitions = 0;
  const ends = (e: Exploration): boolean => options.stopAtFirst && e.found.size > 0;
  /** One search, and the program for the next one, which knows what this one learned. */
  const once = (preemptions: number | null, untilLearned: boolean): Exploration => {
    const last = explore(program, { ...options, preemptions, untilLearned });
    runs++;
    totalTransitions += last.transitions;
    const { conflicts } = program.machine;
    const fresh = [...conflicts.racing].filter(name => !racing.has(name));
    if (fresh.length === 0 || ends(last)) return last;
    for (const name of fresh) racing.add(name);
    const facts = conflicts.facts();
    program = build(racing);
    program.machine.conflicts.adopt(facts);
    return last;
  };
  const round = (preemptions: number | null): Exploration => {
    for (let i = 0; i < MAX_ROUNDS; i++) {
      program.machine.conflicts.settle();
      const searched = program;
      const last = once(preemptions, true);
      if (ends(last) || (searched === program && !program.machine.conflicts.changed)) return last;
    }
    throw new Error('the search keeps learning conflicts');
  };
  let bounded: Exploration | null = null;
  for (const [i, bound] of options.passes.entries()) {
    // Whatever a pass leaves unlearned, the next one learns; only what is reported has to be complete.
    const isLast = !options.full && i === options.passes.length - 1;
    bounded = isLast ? round(bound) : once(bound, false);
    if (ends(bounded)) return { ...bounded, program, runs, totalTransitions };
  }
  if (!options.full && bounded !== null) return { ...bounded, program, runs, totalTransitions };
  const result = round(null);
  return { ...result, program, runs, totalTransitions };
}
