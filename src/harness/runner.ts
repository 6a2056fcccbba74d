/** Runs jobs, each (side, scenario) once: patch k's after is patch k+1's before, and equal models have equal results. */
import { createHash } from 'node:crypto';
import type { TreeSide } from '../diff/types.ts';
import type { Trace, TraceViolation } from '../result.ts';
import type { Move } from './explore/explore.ts';
import { geometryOf } from './geometry.ts';
import { type JobResult, runJob } from './job.ts';
import { JobPool } from './job-pool.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { loadSide, type SideModels } from './side.ts';
import { buildTrace } from './trace.ts';
import { loadWorld, programFor } from './world.ts';

export interface RunnerOptions {
  readonly scenarios: readonly string[];
  readonly exclude: readonly string[];
  readonly levels: number | null;
  readonly timeoutSeconds: number | null;
  readonly maxStates: number;
  /** Large scenarios too. */
  readonly thorough: boolean;
  readonly verbose: boolean;
  readonly progress: (text: string) => void;
  readonly now: () => number;
}

/** What races by design in every kernel: the search finds the same by itself, only slower. */
const USUAL_RACES: readonly string[] = [
  'kvm.mmu_invalidate_seq',
  'kvm_memory_slot.base_gfn',
  'kvm_memory_slot.flags',
  'kvm_memory_slot.npages',
  'kvm_memslots.generation',
  'kvm_mmu_page.spt',
  'kvm_mmu_page.tdp_mmu_page',
  'kvm_mmu_page_role..invalid',
  'list_head.next',
];

export interface TimedJob {
  readonly result: JobResult;
  readonly ms: number;
}

export class JobRunner {
  readonly options: RunnerOptions;
  private readonly deadlineMs: number | null;
  private readonly sides = new Map<number, SideModels>();
  private readonly jobs = new Map<string, TimedJob>();
  private readonly pool = JobPool.available() ? new JobPool() : null;
  /** Location classes that raced so far: most race in every scenario. */
  private readonly racing = new Set<string>(USUAL_RACES);

  constructor(options: RunnerOptions, started: number) {
    this.options = options;
    this.deadlineMs =
      options.timeoutSeconds === null ? null : started + options.timeoutSeconds * 1000;
  }

  side(tree: TreeSide): SideModels {
    let side = this.sides.get(tree.number);
    if (side === undefined) {
      this.options.progress(
        `lifting the tree ${tree.number === 0 ? 'before the series' : `after patch ${tree.number}`}`,
      );
      side = loadSide(tree);
      this.sides.set(tree.number, side);
      // Only neighbours are ever compared.
      this.sides.delete(tree.number - 2);
    }
    return side;
  }

  /** Large scenarios are searched whole only when asked for. */
  isFull(scenario: Scenario): boolean {
    return (
      scenario.size !== 'large' ||
      this.options.thorough ||
      this.options.scenarios.includes(scenario.id)
    );
  }

  outOfTime(): boolean {
    return this.deadlineMs !== null && this.options.now() > this.deadlineMs;
  }

  scenario(s: Scenario): Scenario {
    const { levels } = this.options;
    return levels === null ? s : { ...s, defines: { ...s.defines, MMD_LEVELS: String(levels) } };
  }

  /** Equal keys mean equal models under an equal scenario, hence equal results but for line numbers. */
  private key(side: SideModels, scenario: Scenario): string {
    const hash = createHash('sha256').update(
      JSON.stringify([
        scenario.id,
        scenario.defines,
        this.options.maxStates,
        this.isFull(scenario),
      ]),
    );
    for (const name of [...side.reaches(scenario)].sort())
      hash.update(`${name} ${side.fingerprints.get(name) ?? ''}\n`);
    return hash.digest('hex');
  }

  /** The scenario on one side; two calls for neighbouring sides run at the same time. */
  async run(tree: TreeSide, original: Scenario): Promise<TimedJob> {
    const scenario = this.scenario(original);
    const key = this.key(this.side(tree), original);
    const known = this.jobs.get(key);
    if (known !== undefined) return known;
    this.options.progress(
      `${scenario.id} (${tree.number === 0 ? 'base' : `after patch ${tree.number}`})`,
    );
    const racing = [...this.racing].sort();
    const job =
      this.pool === null
        ? this.runHere(tree, scenario, racing)
        : await this.runThere(tree, scenario, racing);
    for (const name of job.result.racing) this.racing.add(name);
    this.jobs.set(key, job);
    return job;
  }

  private runHere(tree: TreeSide, scenario: Scenario, racing: readonly string[]): TimedJob {
    const from = this.options.now();
    const result = runJob(loadWorld(tree, scenario), scenario, {
      full: this.isFull(scenario),
      racing,
      maxStates: this.options.maxStates,
      deadlineMs: this.deadlineMs,
      now: this.options.now,
      onProgress: (states, transitions) =>
        this.options.progress(`${scenario.id}: ${states} states, ${transitions} transitions`),
    });
    return { result, ms: Math.round(this.options.now() - from) };
  }

  private runThere(
    tree: TreeSide,
    scenario: Scenario,
    racing: readonly string[],
  ): Promise<TimedJob> {
    const remainingMs =
      this.deadlineMs === null ? null : Math.max(0, this.deadlineMs - this.options.now());
    const files = (): ReadonlyMap<string, string | null> =>
      new Map([...this.side(tree).filesRead].map(path => [path, tree.read(path)]));
    return (this.pool as JobPool).run(
      {
        side: tree.number,
        scenario,
        full: this.isFull(scenario),
        racing,
        maxStates: this.options.maxStates,
        remainingMs,
      },
      files,
    );
  }

  async close(): Promise<void> {
    await this.pool?.close();
  }

  trace(
    tree: TreeSide,
    original: Scenario,
    schedule: readonly Move[],
    job: JobResult,
    side: Trace['side'],
    violation: TraceViolation | null,
  ): Trace {
    const scenario = this.scenario(original);
    const world = loadWorld(tree, scenario);
    const program = programFor(world, scenario, new Set(job.racing));
    program.machine.conflicts.adopt(job.facts);
    return buildTrace(program, {
      scenario,
      schedule,
      violation,
      side,
      geometry: geometryOf(this.options.levels),
      read: file => tree.read(file),
    });
  }

  boundsNote(): string {
    const o = this.options;
    return `every search ends after ${o.maxStates} states${o.timeoutSeconds === null ? '' : ` or ${o.timeoutSeconds} s for all`}; object pools of 12 shadow pages and 12 page tables; sequential consistency; yields are unlimited`;
  }
}
