/** One patch: what differs in meaning, the scenarios that can tell, and what they say. */
import type { Touched } from '../diff/touched.ts';
import type { Patch, TreeSide } from '../diff/types.ts';
import { compareJobs } from '../harness/compare.ts';
import type { ComparedDelta } from '../harness/compare-deltas.ts';
import { BUG_HUNT_PREEMPTIONS, type JobResult, type JobViolation } from '../harness/job.ts';
import type { JobRunner } from '../harness/runner.ts';
import { scenarios } from '../harness/scenarios/all.ts';
import type { Scenario } from '../harness/scenarios/scenario.ts';
import type { TimedJob } from '../harness/service.ts';
import { changedFunctions, type SideModels } from '../harness/side.ts';
import type { Bounds, Delta, InconclusiveReason, ScenarioRun, Violation } from '../result.ts';
import { type Decided, note, oneSided } from './one-sided.ts';
import { globalReasons, reason, unique } from './reasons.ts';
import { type ChangedBody, changedBodies, dependsOn, replacedReasons } from './replaced-body.ts';
import type { ChangedLines } from './touched.ts';
import { unseenChanges } from './unseen.ts';

export interface PatchInput {
  readonly patch: Patch;
  /** Position in the series: side k is before. */
  readonly k: number;
  readonly before: TreeSide;
  readonly after: TreeSide;
  readonly touched: Touched;
  readonly ranges: ChangedLines;
}

export interface PatchComparison {
  readonly untouched: boolean;
  /** Functions whose meaning differs, with their file. */
  readonly changed: ReadonlyMap<string, string>;
  /** Functions that were written anew and do what they did. */
  readonly proved: readonly string[];
  readonly violations: readonly Violation[];
  readonly deltas: readonly Delta[];
  readonly scenarios: readonly ScenarioRun[];
  readonly inconclusive: readonly InconclusiveReason[];
}

const NOTHING: PatchComparison = {
  untouched: false,
  changed: new Map(),
  proved: [],
  violations: [],
  deltas: [],
  scenarios: [],
  inconclusive: [],
};

/** Only C and headers of these folders can change what the MMU does. */
const canMatter = (path: string): boolean =>
  /^(?:arch\/x86|include|virt\/kvm)\/.*\.[ch]$/.test(path);

const isMmuFile = (path: string): boolean => path.startsWith('arch/x86/kvm/mmu');

export async function comparePatch(runner: JobRunner, input: PatchInput): Promise<PatchComparison> {
  const paths = input.touched.files.flatMap(f => [
    f.path,
    ...(f.oldPath === null ? [] : [f.oldPath]),
  ]);
  if (!paths.some(canMatter)) return { ...NOTHING, untouched: true };
  const relevant = input.touched.files.filter(f => [f.path, f.oldPath ?? ''].some(canMatter));
  if (relevant.every(f => f.tokensEqual))
    return { ...NOTHING, untouched: !relevant.some(f => isMmuFile(f.path)) };
  const bodies = (isRead: (path: string) => boolean): ChangedBody[] =>
    changedBodies(input.touched, input.before, input.after, isRead);
  // A source file of the kernel outside of the MMU is no part of the unit: nothing has to be parsed to know that.
  const outside = relevant.every(f => f.path.endsWith('.c') && !paths.some(isMmuFile));
  if (outside && bodies(() => false).length === 0) return { ...NOTHING, untouched: true };
  const afterwards = paths.some(isMmuFile) ? runner.side(input.after) : null;
  const before = await runner.side(input.before);
  const seen = (path: string): boolean => before.filesRead.has(path) || isMmuFile(path);
  const isSeen = paths.some(seen);
  const sameTokens = relevant.filter(f => seen(f.path)).every(f => f.tokensEqual);
  if (!isSeen && bodies(seen).length === 0) return { ...NOTHING, untouched: true };
  // A file that the models are not lifted from leaves them as they are.
  const after = isSeen ? await (afterwards ?? runner.side(input.after)) : before;
  const [broken] = [...after.diagnostics, ...before.diagnostics];
  if (broken !== undefined)
    return {
      ...NOTHING,
      inconclusive: [reason(broken.code, broken.message, broken.file, broken.line)],
    };
  const differ = sameTokens ? new Set<string>() : changedFunctions(before, after);
  const proved =
    isSeen && differ.size > 0 && mayProve(runner)
      ? await runner.equal(input.before, input.after, [...differ].sort())
      : new Set<string>();
  const names = [...differ].filter(name => !proved.has(name));
  const changedHere = bodies(path => seen(path) || after.filesRead.has(path)).filter(
    body => !proved.has(body.name),
  );
  const standIns = replacedReasons(changedHere, before, after, s => isAskedFor(runner, s));
  if (!isSeen) return { ...NOTHING, untouched: standIns.length === 0, inconclusive: standIns };
  if (sameTokens) return { ...NOTHING, inconclusive: standIns };
  const changed = new Map(names.map(n => [n, after.files.get(n) ?? before.files.get(n) ?? '']));
  const run = new PatchRun(runner, input, before, after, changed, changedHere, standIns);
  if (names.length === 0)
    return {
      ...NOTHING,
      proved: [...proved],
      scenarios: run.unneeded(proved),
      inconclusive: [...standIns, ...globalReasons(input.touched)],
    };
  return { ...(await run.run()), proved: [...proved] };
}

/** Who asks for a scenario, or for everything, wants to see it run. */
const mayProve = ({ options }: JobRunner): boolean =>
  !options.thorough && options.scenarios.length === 0;

function isAskedFor(runner: JobRunner, scenario: Scenario): boolean {
  const { scenarios: only, exclude } = runner.options;
  return (only.length === 0 || only.includes(scenario.id)) && !exclude.includes(scenario.id);
}

class PatchRun {
  private readonly runner: JobRunner;
  private readonly input: PatchInput;
  private readonly before: SideModels;
  private readonly after: SideModels;
  private readonly changed: ReadonlyMap<string, string>;
  private readonly bodies: readonly ChangedBody[];
  private readonly violations = new Map<string, Violation>();
  private readonly deltas: Delta[] = [];
  private readonly runs: ScenarioRun[] = [];
  private readonly reasons: InconclusiveReason[];
  private readonly coveredBefore = new Set<string>();
  private readonly coveredAfter = new Set<string>();
  private readonly decided: Decided = { before: new Map(), after: new Map() };
  private introduced = false;
  /** No initialiser and no type changes, so that what is not entered is the same on both sides. */
  private readonly onlyCodeChanges: boolean;

  constructor(
    runner: JobRunner,
    input: PatchInput,
    before: SideModels,
    after: SideModels,
    changed: ReadonlyMap<string, string>,
    bodies: readonly ChangedBody[],
    standIns: readonly InconclusiveReason[],
  ) {
    this.reasons = [...standIns];
    this.runner = runner;
    this.input = input;
    this.before = before;
    this.after = after;
    this.changed = changed;
    this.bodies = bodies;
    this.onlyCodeChanges = input.touched.entities.every(
      e => e.kind === 'function' || e.kind === 'macro',
    );
  }

  async run(): Promise<Omit<PatchComparison, 'proved'>> {
    const wanted: Scenario[] = [];
    for (const scenario of scenarios) {
      const why = this.whyNot(scenario);
      if (why === null) wanted.push(scenario);
      else this.runs.push(this.notRun(scenario, why));
    }
    await this.runAll(wanted);
    const order = new Map(scenarios.map((s, i) => [s.id, i]));
    this.runs.sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
    this.explainUnreached();
    return {
      untouched: false,
      changed: this.changed,
      violations: [...this.violations.values()],
      deltas: this.deltas,
      scenarios: this.runs,
      inconclusive: this.introduced ? [] : unique(this.reasons),
    };
  }

  /** Scenarios that would have been run for these functions. */
  unneeded(proved: ReadonlySet<string>): ScenarioRun[] {
    const reach = (scenario: Scenario): boolean =>
      [...proved].some(n => this.reaches(scenario, n, this.after.files.get(n) ?? ''));
    return scenarios.flatMap(s => {
      const fit = this.after.fits.get(s.id);
      const fits = fit !== undefined && fit.missing === null && fit.gap === null;
      return fits && reach(s) ? [this.notRun(s, 'what it reaches is proved equal')] : [];
    });
  }

  /** In order, with some started ahead where more than one thread runs them. */
  private async runAll(wanted: readonly Scenario[]): Promise<void> {
    const started: Promise<readonly [TimedJob, TimedJob]>[] = [];
    for (const [i, scenario] of wanted.entries()) {
      if (this.introduced || this.runner.outOfTime()) {
        const why = this.introduced
          ? 'a violation was found already'
          : 'the time asked for was used up';
        this.runs.push(this.notRun(scenario, why));
        continue;
      }
      for (let ahead = started.length; ahead <= i + this.runner.ahead(); ahead++) {
        const next = wanted[ahead];
        if (next === undefined) break;
        const both = this.runBoth(next);
        // It is looked at in its turn, or not at all.
        both.catch(() => {});
        started.push(both);
      }
      const [was, is] = (await started[i]) as readonly [TimedJob, TimedJob];
      await this.finish(scenario, was, is);
    }
  }

  /** A run that enters nothing of what changes is the same run on the other side. */
  private async runBoth(scenario: Scenario): Promise<readonly [TimedJob, TimedJob]> {
    const was = await this.runner.run(this.input.before, scenario);
    if (!this.entersChange(was.result)) return [was, was];
    return [was, await this.runner.run(this.input.after, scenario)];
  }

  private entersChange(job: JobResult): boolean {
    if (!this.onlyCodeChanges) return true;
    const entered = new Set(job.covered.map(c => c.slice(0, c.indexOf(' '))));
    return [...this.changed.keys()].some(
      name => entered.has(name) || this.before.statements.get(name)?.length === 0,
    );
  }

  private async finish(scenario: Scenario, was: TimedJob, is: TimedJob): Promise<void> {
    await this.take(scenario, was.result, is.result);
    const bound = is.result.boundHit ?? was.result.boundHit;
    this.runs.push({
      id: scenario.id,
      axes: axesOf(scenario),
      ran: true,
      exhaustive: was.result.exhaustive && is.result.exhaustive,
      states: was.result.states + is.result.states,
      transitions: was.result.transitions + is.result.transitions,
      ms: this.runner.options.verbose ? was.ms + is.ms : null,
      bounds: this.bounds(scenario),
      why: this.boundText(scenario, bound),
    });
  }

  private boundText(scenario: Scenario, bound: string | null): string | null {
    if (bound !== null) return `ended by the bound of ${bound}`;
    if (this.runner.isFull(scenario)) return null;
    return `large: only schedules of at most ${BUG_HUNT_PREEMPTIONS} preemptions; --thorough searches all`;
  }

  private whyNot(scenario: Scenario): string | null {
    const { scenarios: only, exclude } = this.runner.options;
    if (only.length > 0 && !only.includes(scenario.id)) return 'not asked for';
    if (exclude.includes(scenario.id)) return 'excluded';
    const [was, is] = [this.before.fits.get(scenario.id), this.after.fits.get(scenario.id)];
    const missing = was?.missing ?? is?.missing ?? null;
    if (missing !== null) return `this kernel has no ${missing}`;
    const gap = was?.gap ?? is?.gap ?? null;
    if (gap !== null) return `this kernel does not fit: ${gap}`;
    if (!this.reachesChange(scenario)) return 'nothing it reaches changes';
    const body = this.bodies.find(b => this.isOutdated(b, scenario));
    if (body !== undefined) return `${body.name}() changes, which it runs a stand-in for`;
    return null;
  }

  /**
   * A protocol may change on both of its ends at once: with an old caller the new callee could look broken. What is
   * replaced inside of the MMU are counts and constants, beside which everything else can be judged.
   */
  private isOutdated(body: ChangedBody, scenario: Scenario): boolean {
    return !isMmuFile(body.file) && dependsOn(body, scenario, this.before, this.after);
  }

  private reachesChange(scenario: Scenario): boolean {
    return [...this.changed].some(([name, file]) => this.reaches(scenario, name, file));
  }

  private reaches(scenario: Scenario, name: string, file: string): boolean {
    if (scenario.without?.includes(file)) return false;
    return [this.before, this.after].some(
      side => side.fits.get(scenario.id)?.reached.has(name) ?? false,
    );
  }

  private async take(scenario: Scenario, was: JobResult, is: JobResult): Promise<void> {
    for (const c of was.covered) this.coveredBefore.add(c);
    note(this.decided.before, was.decided);
    // Lines of the other side say nothing about this one.
    if (is !== was) {
      for (const c of is.covered) this.coveredAfter.add(c);
      note(this.decided.after, is.decided);
    }
    const compared = compareJobs(was, is);
    for (const { violation, status } of compared.violations)
      await this.takeViolation(scenario, violation, status, status === 'fixed' ? was : is);
    for (const delta of compared.deltas) await this.takeDelta(scenario, delta, was, is);
    for (const open of compared.open) this.reasons.push(reason(open.code, open.message));
  }

  private async takeViolation(
    scenario: Scenario,
    v: JobViolation,
    status: Violation['status'],
    job: JobResult,
  ): Promise<void> {
    const known = this.violations.get(v.identity);
    const rank = (s: string): number => ['pre-existing', 'fixed', 'introduced'].indexOf(s);
    if (known !== undefined && rank(known.status) >= rank(status)) return;
    if (status === 'introduced') this.introduced = true;
    const which = status === 'fixed' ? 'before' : 'after';
    const tree = which === 'before' ? this.input.before : this.input.after;
    const counterexample =
      status === 'pre-existing'
        ? null
        : await this.runner.trace(
            tree,
            scenario,
            v.schedule,
            job,
            { patch: this.input.patch.index, which },
            { invariant: v.invariant, text: v.text, thread: v.thread },
          );
    this.violations.set(v.identity, {
      invariant: v.invariant,
      status,
      fixedBy: null,
      scenario: scenario.id,
      site: v.site,
      summary: v.text,
      identity: v.identity,
      counterexample,
    });
  }

  private async takeDelta(
    scenario: Scenario,
    d: ComparedDelta,
    was: JobResult,
    is: JobResult,
  ): Promise<void> {
    const key = `${d.kind}|${d.role}|${d.summary}`;
    if (this.deltas.some(x => `${x.kind}|${x.thread}|${x.summary}` === key)) return;
    const first = d.witness !== null && !this.deltas.some(x => x.witness !== null);
    let witness: Delta['witness'] = null;
    if (first && d.witness !== null) {
      const job = d.witness.side === 'before' ? was : is;
      const tree = d.witness.side === 'before' ? this.input.before : this.input.after;
      const schedule = job.outcomes[d.witness.outcome];
      if (schedule !== undefined)
        witness = await this.runner.trace(
          tree,
          scenario,
          schedule,
          job,
          { patch: this.input.patch.index, which: d.witness.side },
          null,
        );
    }
    this.deltas.push({
      kind: d.kind,
      scenario: scenario.id,
      thread: d.role,
      helper: null,
      summary: d.summary,
      before: d.before,
      after: d.after,
      witness,
    });
  }

  private bounds(scenario: Scenario): Bounds {
    const { maxStates, timeoutSeconds, machine } = this.runner.options;
    return {
      threads: scenario.threads.length,
      preemptions: this.runner.isFull(scenario) ? null : BUG_HUNT_PREEMPTIONS,
      states: maxStates,
      yields: machine.yields,
      timeoutSeconds,
    };
  }

  private notRun(scenario: Scenario, why: string): ScenarioRun {
    return {
      id: scenario.id,
      axes: axesOf(scenario),
      ran: false,
      exhaustive: false,
      states: 0,
      transitions: 0,
      ms: null,
      bounds: this.bounds(scenario),
      why,
    };
  }

  /** Changed functions and statements no execution reached: nothing is known about them. */
  private explainUnreached(): void {
    if (this.introduced) return;
    const { replaced } = this.after;
    const ran = this.runs.some(r => r.ran);
    for (const [name, file] of this.changed) {
      if (replaced.has(name)) {
        const said = this.reasons.some(r => r.message.startsWith(`${name}() changes`));
        if (!said)
          this.reasons.push(
            reason('replaced-body', `${name}() changes, but a stand-in runs instead of it`, file),
          );
        continue;
      }
      if (!scenarios.some(s => this.reaches(s, name, file)))
        this.reasons.push(reason('unreached-function', `no scenario reaches ${name}()`, file));
    }
    if (!ran) return;
    this.unreachedLines(this.after, this.input.ranges.added, this.coveredAfter, 'after');
    this.unreachedLines(this.before, this.input.ranges.removed, this.coveredBefore, 'before');
    const changed = [...this.changed.keys()].filter(name => !replaced.has(name));
    const isSame =
      this.deltas.length === 0 &&
      [...this.violations.values()].every(v => v.status === 'pre-existing');
    if (isSame) this.reasons.push(...unseenChanges(changed, this.before, this.after));
    for (const one of oneSided(changed, this.before, this.after, this.decided, this.input.ranges))
      this.reasons.push(reason('one-sided-condition', one.message, one.file, one.line));
  }

  private unreachedLines(
    side: SideModels,
    lines: ReadonlyMap<string, ReadonlySet<number>>,
    covered: ReadonlySet<string>,
    which: 'before' | 'after',
  ): void {
    const reached = new Set([...covered].map(c => c.slice(c.indexOf(' ') + 1)));
    for (const [file, changed] of lines) {
      for (const name of this.changed.keys()) {
        if (side.files.get(name) !== file) continue;
        for (const line of side.statements.get(name) ?? []) {
          if (!changed.has(line) || reached.has(`${file}:${line}`)) continue;
          this.reasons.push(
            reason(
              'unreached-statement',
              `no execution reaches this changed statement (${which} the patch)`,
              file,
              line,
            ),
          );
        }
      }
    }
  }
}

function axesOf(s: Scenario): string[] {
  return [
    s.axes.paging,
    s.axes.accessedDirty ? 'a/d on' : 'a/d off',
    `quirk ${s.axes.quirk}`,
    `${s.axes.vcpus} vCPU${s.axes.vcpus === 1 ? '' : 's'}`,
    ...(s.axes.smm ? ['SMM'] : []),
  ];
}
