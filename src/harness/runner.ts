/** Runs jobs, each (side, scenario) once: patch k's after is patch k+1's before, and equal models have equal results. */
import { createHash } from 'node:crypto';
import type { TreeSide } from '../diff/types.ts';
import type { Trace, TraceViolation } from '../result.ts';
import type { Move } from './explore/explore.ts';
import { geometryOf } from './geometry.ts';
import type { JobResult } from './job.ts';
import { type Jobs, startJobs } from './job-pool.ts';
import { findSide, keepSide, keyOf, type NamedSide, type ResultCache } from './result-cache.ts';
import type { Scenario } from './scenarios/scenario.ts';
import type { TimedJob } from './service.ts';
import type { SideModels } from './side.ts';
import type { MachineOptions } from './world.ts';

export interface RunnerOptions {
  readonly scenarios: readonly string[];
  readonly exclude: readonly string[];
  readonly levels: number | null;
  readonly timeoutSeconds: number | null;
  readonly maxStates: number;
  readonly machine: MachineOptions;
  /** Kernel configuration: `CONFIG_...` to its value. */
  readonly config: ReadonlyMap<string, string>;
  /** Threads that run jobs. */
  readonly jobs: number;
  /** Large scenarios too. */
  readonly thorough: boolean;
  readonly verbose: boolean;
  readonly cache: ResultCache;
  readonly progress: (text: string) => void;
  readonly now: () => number;
}

export class JobRunner {
  readonly options: RunnerOptions;
  private readonly deadlineMs: number | null;
  private readonly trees = new Map<number, TreeSide>();
  private readonly sides = new Map<number, Promise<NamedSide>>();
  private readonly results = new Map<string, Promise<TimedJob>>();
  private readonly jobs: Jobs;

  constructor(options: RunnerOptions, started: number) {
    this.options = options;
    this.deadlineMs =
      options.timeoutSeconds === null ? null : started + options.timeoutSeconds * 1000;
    this.jobs = startJobs({
      readerOf: side => {
        const tree = this.trees.get(side);
        if (tree === undefined) throw new Error(`no side ${side}`);
        return tree;
      },
      config: options.config,
      now: options.now,
      progress: options.progress,
      threads: options.jobs,
    });
  }

  async side(tree: TreeSide): Promise<SideModels> {
    return (await this.named(tree)).models;
  }

  private named(tree: TreeSide): Promise<NamedSide> {
    let side = this.sides.get(tree.number);
    if (side === undefined) {
      this.trees.set(tree.number, tree);
      side = this.load(tree);
      this.sides.set(tree.number, side);
      // Only neighbours are ever compared.
      this.sides.delete(tree.number - 2);
      this.trees.delete(tree.number - 2);
    }
    return side;
  }

  private async load(tree: TreeSide): Promise<NamedSide> {
    const { cache, config, progress } = this.options;
    const known = findSide(cache, tree, config);
    if (known !== null) return known;
    progress(
      `lifting the tree ${tree.number === 0 ? 'before the series' : `after patch ${tree.number}`}`,
    );
    return keepSide(cache, tree, config, await this.jobs.side(tree.number));
  }

  /** Changed functions that do what they did. */
  async equal(
    before: TreeSide,
    after: TreeSide,
    names: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const [was, is] = [await this.named(before), await this.named(after)];
    const id = is.id === null ? null : was.id;
    const request = { before: before.number, after: after.number, names };
    return new Set(await this.kept(id, ['equal', is.id, names], () => this.jobs.equal(request)));
  }

  /** What was kept under these parts, else what `make` gives, which is kept. */
  private async kept<T>(
    side: string | null,
    parts: readonly unknown[],
    make: () => Promise<T>,
  ): Promise<T> {
    const { cache } = this.options;
    if (side === null) return make();
    const key = keyOf(cache.salt, side, ...parts);
    const known = cache.get(key);
    if (known !== null) return known as T;
    const value = await make();
    cache.put(key, value);
    return value;
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

  private scaled(s: Scenario): Scenario {
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
        this.options.machine,
        this.isFull(scenario),
      ]),
    );
    for (const name of [...(side.fits.get(scenario.id)?.reached ?? [])].sort())
      hash.update(`${name} ${side.fingerprints.get(name) ?? ''}\n`);
    return hash.digest('hex');
  }

  /** The scenario on one side; two calls for neighbouring sides run at the same time. */
  async run(tree: TreeSide, original: Scenario): Promise<TimedJob> {
    const scenario = this.scaled(original);
    const { id, models } = await this.named(tree);
    const key = this.key(models, scenario);
    let job = this.results.get(key);
    if (job === undefined) {
      this.options.progress(
        `${scenario.id} (${tree.number === 0 ? 'base' : `after patch ${tree.number}`})`,
      );
      const { maxStates, machine } = this.options;
      const request = { scenario, full: this.isFull(scenario), machine, maxStates };
      const start = (): Promise<TimedJob> =>
        this.jobs.job({
          side: tree.number,
          ...request,
          remainingMs:
            this.deadlineMs === null ? null : Math.max(0, this.deadlineMs - this.options.now()),
        });
      // What a deadline cut short is no result for others.
      job = this.deadlineMs === null ? this.kept(id, ['job', request], start) : start();
      this.results.set(key, job);
    }
    return job;
  }

  /** Scenarios that are worth starting before the one under way is done. */
  ahead(): number {
    return this.jobs.ahead();
  }

  async close(): Promise<void> {
    await this.jobs.close();
  }

  async trace(
    tree: TreeSide,
    original: Scenario,
    schedule: readonly Move[],
    job: JobResult,
    label: Trace['side'],
    violation: TraceViolation | null,
  ): Promise<Trace> {
    const request = {
      scenario: this.scaled(original),
      schedule,
      machine: this.options.machine,
      violation,
      label,
      geometry: geometryOf(this.options.levels),
    };
    const { id } = await this.named(tree);
    const { racing, facts } = job;
    return this.kept(id, ['trace', request], () =>
      this.jobs.trace({ side: tree.number, ...request, racing, facts }),
    );
  }

  boundsNote(): string {
    const { maxStates, timeoutSeconds, machine, levels } = this.options;
    return [
      `every search ends after ${maxStates} states${timeoutSeconds === null ? '' : ` or ${timeoutSeconds} s for all`}`,
      'object pools of 12 shadow pages and 12 page tables',
      machine.memory === 'tso' ? 'x86-TSO store buffers of 16 entries' : 'sequential consistency',
      machine.yields === null
        ? 'yields are unlimited'
        : `at most ${machine.yields} yields of each thread`,
      ...(levels === null ? [] : [`${levels} levels of page tables`]),
    ].join('; ');
  }
}
