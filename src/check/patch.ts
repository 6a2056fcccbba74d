/** One patch: what differs in meaning, the scenarios that can tell, and what they say. */
import type { Touched } from '../diff/touched.ts';
import type { Patch, TreeSide } from '../diff/types.ts';
import { type ComparedDelta, compareJobs } from '../harness/compare.ts';
import { BUG_HUNT_PREEMPTIONS, type JobResult, type JobViolation } from '../harness/job.ts';
import type { JobRunner } from '../harness/runner.ts';
import { scenarios } from '../harness/scenarios/all.ts';
import type { Scenario } from '../harness/scenarios/scenario.ts';
import { changedFunctions, replacedFunctions, type SideModels } from '../harness/side.ts';
import type { Bounds, Delta, InconclusiveReason, ScenarioRun, Violation } from '../result.ts';
import type { ChangedLines } from './touched.ts';

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
  readonly violations: readonly Violation[];
  readonly deltas: readonly Delta[];
  readonly scenarios: readonly ScenarioRun[];
  readonly inconclusive: readonly InconclusiveReason[];
}

const NOTHING: PatchComparison = {
  untouched: false,
  changed: new Map(),
  violations: [],
  deltas: [],
  scenarios: [],
  inconclusive: [],
};

const reason = (
  code: string,
  message: string,
  file: string | null = null,
  line: number | null = null,
): InconclusiveReason => ({ code, message, file, line });

/** Only C and headers of these folders can change what the MMU does. */
const canMatter = (path: string): boolean =>
  /^(?:arch\/x86|include|virt\/kvm)\/.*\.[ch]$/.test(path);

export async function comparePatch(runner: JobRunner, input: PatchInput): Promise<PatchComparison> {
  const paths = input.touched.files.flatMap(f => [
    f.path,
    ...(f.oldPath === null ? [] : [f.oldPath]),
  ]);
  if (!paths.some(canMatter)) return { ...NOTHING, untouched: true };
  const before = runner.side(input.before);
  const seen = (path: string): boolean =>
    before.filesRead.has(path) || path.startsWith('arch/x86/kvm/mmu');
  if (!paths.some(seen)) return { ...NOTHING, untouched: true };
  if (input.touched.files.filter(f => seen(f.path)).every(f => f.tokensEqual)) return NOTHING;
  const after = runner.side(input.after);
  const broken = [...after.world.diagnostics, ...before.world.diagnostics].find(
    d => !d.file.startsWith('<'),
  );
  if (broken !== undefined)
    return {
      ...NOTHING,
      inconclusive: [reason(broken.code, broken.message, broken.file, broken.line)],
    };
  const { names } = changedFunctions(before, after);
  const changed = new Map(
    [...names].map(n => [n, after.files.get(n) ?? before.files.get(n) ?? '']),
  );
  if (names.size === 0) return { ...NOTHING, inconclusive: globalReasons(input) };
  return new PatchRun(runner, input, before, after, changed).run();
}

/** Initialisers and build-time constants outside functions are not compared by the models. */
function globalReasons(input: PatchInput): InconclusiveReason[] {
  return input.touched.entities
    .filter(e => e.kind === 'global' && e.change !== 'renamed')
    .map(e =>
      reason(
        'global-changed',
        `the definition of ${e.name} changes, which the models do not compare`,
        e.file,
        e.after?.first ?? null,
      ),
    );
}

class PatchRun {
  private readonly runner: JobRunner;
  private readonly input: PatchInput;
  private readonly before: SideModels;
  private readonly after: SideModels;
  private readonly changed: ReadonlyMap<string, string>;
  private readonly violations = new Map<string, Violation>();
  private readonly deltas: Delta[] = [];
  private readonly runs: ScenarioRun[] = [];
  private readonly reasons: InconclusiveReason[] = [];
  private readonly coveredBefore = new Set<string>();
  private readonly coveredAfter = new Set<string>();
  private introduced = false;

  constructor(
    runner: JobRunner,
    input: PatchInput,
    before: SideModels,
    after: SideModels,
    changed: ReadonlyMap<string, string>,
  ) {
    this.runner = runner;
    this.input = input;
    this.before = before;
    this.after = after;
    this.changed = changed;
  }

  async run(): Promise<PatchComparison> {
    for (const scenario of scenarios) await this.consider(scenario);
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

  private async consider(scenario: Scenario): Promise<void> {
    const why = this.whyNot(scenario);
    if (why !== null) {
      this.runs.push(this.notRun(scenario, why));
      return;
    }
    const [was, is] = await Promise.all([
      this.runner.run(this.input.before, scenario),
      this.runner.run(this.input.after, scenario),
    ]);
    this.take(scenario, was.result, is.result);
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
    const need = scenario.needs.find(n => !this.before.has(n) || !this.after.has(n));
    if (need !== undefined) return `this kernel has no ${need.name}`;
    const gap = this.before.gap(scenario) ?? this.after.gap(scenario);
    if (gap !== null) return `this kernel does not fit: ${gap}`;
    if (!this.reachesChange(scenario)) return 'nothing it reaches changes';
    if (this.introduced) return 'a violation was found already';
    if (this.runner.outOfTime()) return 'the time asked for was used up';
    return null;
  }

  private reachesChange(scenario: Scenario): boolean {
    for (const side of [this.before, this.after]) {
      const reached = side.reaches(scenario);
      for (const name of this.changed.keys()) if (reached.has(name)) return true;
    }
    return false;
  }

  private take(scenario: Scenario, was: JobResult, is: JobResult): void {
    for (const c of was.covered) this.coveredBefore.add(c);
    for (const c of is.covered) this.coveredAfter.add(c);
    const compared = compareJobs(was, is);
    for (const { violation, status } of compared.violations)
      this.takeViolation(scenario, violation, status, status === 'fixed' ? was : is);
    for (const delta of compared.deltas) this.takeDelta(scenario, delta, was, is);
    for (const open of compared.open) this.reasons.push(reason(open.code, open.message));
  }

  private takeViolation(
    scenario: Scenario,
    v: JobViolation,
    status: Violation['status'],
    job: JobResult,
  ): void {
    const known = this.violations.get(v.identity);
    const rank = (s: string): number => ['pre-existing', 'fixed', 'introduced'].indexOf(s);
    if (known !== undefined && rank(known.status) >= rank(status)) return;
    if (status === 'introduced') this.introduced = true;
    const which = status === 'fixed' ? 'before' : 'after';
    const tree = which === 'before' ? this.input.before : this.input.after;
    const counterexample =
      status === 'pre-existing'
        ? null
        : this.runner.trace(
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

  private takeDelta(scenario: Scenario, d: ComparedDelta, was: JobResult, is: JobResult): void {
    const key = `${d.kind}|${d.role}|${d.summary}`;
    if (this.deltas.some(x => `${x.kind}|${x.thread}|${x.summary}` === key)) return;
    const first = d.witness !== null && !this.deltas.some(x => x.witness !== null);
    let witness: Delta['witness'] = null;
    if (first && d.witness !== null) {
      const job = d.witness.side === 'before' ? was : is;
      const tree = d.witness.side === 'before' ? this.input.before : this.input.after;
      const schedule = job.outcomes[d.witness.outcome];
      if (schedule !== undefined)
        witness = this.runner.trace(
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
    const { maxStates, timeoutSeconds } = this.runner.options;
    return {
      threads: scenario.threads.length,
      preemptions: this.runner.isFull(scenario) ? null : BUG_HUNT_PREEMPTIONS,
      states: maxStates,
      yields: null,
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
    const replaced = replacedFunctions(this.after);
    const ran = this.runs.some(r => r.ran);
    for (const [name, file] of this.changed) {
      if (replaced.has(name)) {
        this.reasons.push(
          reason(
            'replaced-body',
            `${name}() changes, but the scenarios run a stand-in for it`,
            file,
          ),
        );
        continue;
      }
      const reachable = scenarios.some(
        s => this.before.reaches(s).has(name) || this.after.reaches(s).has(name),
      );
      if (!reachable)
        this.reasons.push(reason('unreached-function', `no scenario reaches ${name}()`, file));
    }
    if (!ran) return;
    this.unreachedLines(this.after, this.input.ranges.added, this.coveredAfter, 'after');
    this.unreachedLines(this.before, this.input.ranges.removed, this.coveredBefore, 'before');
  }

  private unreachedLines(
    side: SideModels,
    lines: ReadonlyMap<string, ReadonlySet<number>>,
    covered: ReadonlySet<string>,
    which: 'before' | 'after',
  ): void {
    const reached = new Set([...covered].map(c => c.slice(c.indexOf(' ') + 1)));
    for (const [file, changed] of lines) {
      for (const line of side.statements(file, this.changed)) {
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

function axesOf(s: Scenario): string[] {
  return [
    s.axes.paging,
    s.axes.accessedDirty ? 'a/d on' : 'a/d off',
    `quirk ${s.axes.quirk}`,
    `${s.axes.vcpus} vCPU${s.axes.vcpus === 1 ? '' : 's'}`,
  ];
}

function unique(reasons: readonly InconclusiveReason[]): InconclusiveReason[] {
  const seen = new Set<string>();
  return reasons.filter(r => {
    const key = `${r.code} ${r.message} ${r.file}:${r.line}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
