/** A counterexample of a report run again on the tree it came from, and held against what the report says. */

import type { TreeSide } from '../diff/types.ts';
import { noCache } from '../harness/result-cache.ts';
import { JobRunner } from '../harness/runner.ts';
import { findScenario } from '../harness/scenarios/all.ts';
import { decodeMove } from '../harness/trace.ts';
import { inert } from '../report/inert.ts';
import { inertJson } from '../report/json.ts';
import { painter, wrap } from '../report/layout.ts';
import { traceText } from '../report/trace-text.ts';
import { type CheckResult, RESULT_SCHEMA, type Trace, type Violation } from '../result.ts';
import { checkOptions, type RunCheckOptions } from './check-options.ts';
import { type IntakeOptions, takeIn } from './intake.ts';
import { toolVersion } from './package.ts';

export type Replayed =
  | { readonly ok: true; readonly data: ReplayData }
  | { readonly ok: false; readonly why: string };

/** docs/schema/replay.json */
export interface ReplayData {
  readonly schema: 'mmudelta-replay/1';
  readonly tool: { readonly version: string };
  /** The same steps, and the same violation at their end. */
  readonly reproduced: boolean;
  readonly invariant: string;
  readonly summary: string;
  /** As it runs now. */
  readonly counterexample: Trace;
}

const fail = (why: string): Replayed => ({ ok: false, why });

function isReport(value: unknown): value is CheckResult {
  return (
    typeof value === 'object' &&
    value !== null &&
    'schema' in value &&
    value.schema === RESULT_SCHEMA &&
    'patches' in value
  );
}

/** Values of an option of the recorded command line. */
const all = (args: readonly string[], name: string): string[] =>
  args.flatMap((arg, i) => (arg === name ? [args[i + 1] ?? ''] : []));

function intakeOf(args: readonly string[]): IntakeOptions {
  const text = (name: 'tree' | 'base' | 'range'): IntakeOptions => {
    const [value] = all(args, `--${name}`);
    return value === undefined ? {} : { [name]: value };
  };
  const [series] = all(args, '--series');
  return {
    ...text('tree'),
    ...text('base'),
    ...text('range'),
    ...(series === undefined ? {} : { series: Number(series) }),
  };
}

/** The search has to be the same, since it learns where schedules may switch. */
function searchOf(args: readonly string[], report: CheckResult): RunCheckOptions {
  const number = (name: 'levels' | 'yields' | 'states'): RunCheckOptions => {
    const [value] = all(args, `--${name}`);
    return value === undefined ? {} : { [name]: Number(value) };
  };
  const [config] = all(args, '--config');
  return {
    ...number('levels'),
    ...number('yields'),
    ...number('states'),
    ...(config === undefined ? {} : { config }),
    scenario: all(args, '--scenario'),
    memory: report.memory,
    thorough: args.includes('--thorough'),
    jobs: 1,
  };
}

function pick(report: CheckResult, patch: number | null, n: number): Violation | null {
  const found = report.patches
    .filter(p => patch === null || p.index === patch)
    .flatMap(p => p.violations.filter(v => v.counterexample !== null));
  return found[n - 1] ?? null;
}

export async function replayReport(
  report: unknown,
  patch: number | null,
  n: number,
): Promise<Replayed> {
  if (!isReport(report)) return fail(`not a report of schema ${RESULT_SCHEMA}`);
  const violation = pick(report, patch, n);
  const recorded = violation?.counterexample ?? null;
  if (violation === null || recorded === null) return fail('the report has no such counterexample');
  const args = report.tool.arguments;
  const [first] = args.slice(1);
  if (first === '-') return fail('the report is of standard input, which cannot be read again');
  const made = checkOptions(searchOf(args, report));
  if (!made.ok) return fail(made.diagnostics.map(d => d.message).join('; '));
  const intake = takeIn(
    first === undefined || first.startsWith('--') ? undefined : first,
    intakeOf(args),
  );
  if (!intake.ok || intake.value.trees === null)
    return fail('the series or its tree cannot be read any more');
  const { trees } = intake.value;
  const runner = new JobRunner({ ...made.value, cache: noCache, progress: () => {} }, 0);
  try {
    const at = trees.patches.findIndex(p => p.index === recorded.side.patch);
    const side = trees.sides[recorded.side.which === 'before' ? at : at + 1];
    if (at < 0 || side === undefined) return fail('that patch does not apply any more');
    return await rerun(runner, side, violation, recorded);
  } finally {
    await runner.close();
    trees.dispose();
  }
}

async function rerun(
  runner: JobRunner,
  side: TreeSide,
  violation: Violation,
  recorded: Trace,
): Promise<Replayed> {
  const scenario = findScenario(recorded.scenario);
  if (scenario === null) return fail(`this version has no scenario ${recorded.scenario}`);
  const fit = (await runner.side(side)).fits.get(scenario.id);
  if (fit === undefined || fit.missing !== null || fit.gap !== null)
    return fail(`the scenario ${scenario.id} does not fit this tree any more`);
  const { result } = await runner.run(side, scenario);
  const trace = await runner.trace(
    side,
    scenario,
    recorded.replay.schedule.map(decodeMove),
    result,
    recorded.side,
    recorded.violation,
  );
  const same = JSON.stringify(trace.steps) === JSON.stringify(recorded.steps);
  return {
    ok: true,
    data: {
      schema: 'mmudelta-replay/1',
      tool: { version: toolVersion() },
      reproduced: same && result.violations.some(v => v.identity === violation.identity),
      invariant: violation.invariant,
      summary: violation.summary,
      counterexample: trace,
    },
  };
}

export const replayJson = (data: ReplayData): string => `${inertJson(data)}\n`;

export function replayText(data: ReplayData, width: number): string {
  const verdict = data.reproduced
    ? `reproduced: ${inert(data.invariant)}: ${inert(data.summary)}`
    : 'NOT reproduced: the tree, the series or the tool differs from when the report was made';
  const lines = traceText(data.counterexample, width, painter(false));
  return `${[...lines, '', ...wrap(verdict, width)].join('\n')}\n`;
}
