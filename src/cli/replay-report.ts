/** A counterexample of a report run again on the tree it came from, and held against what the report says. */

import { DEFAULT_MAX_STATES } from '../check.ts';
import { JobRunner } from '../harness/runner.ts';
import { findScenario } from '../harness/scenarios/all.ts';
import { decodeMove } from '../harness/trace.ts';
import { painter } from '../report/layout.ts';
import { traceText } from '../report/trace-text.ts';
import { type CheckResult, RESULT_SCHEMA, type Trace, type Violation } from '../result.ts';
import { takeIn } from './intake.ts';

export type Replayed =
  | { readonly ok: true; readonly text: string; readonly reproduced: boolean }
  | { readonly ok: false; readonly why: string };

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

/** Option of the recorded command line. */
function option(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
}

function pick(report: CheckResult, patch: number | null, n: number): Violation | null {
  const all = report.patches
    .filter(p => patch === null || p.index === patch)
    .flatMap(p => p.violations.filter(v => v.counterexample !== null));
  return all[n - 1] ?? null;
}

export async function replayReport(
  report: unknown,
  patch: number | null,
  n: number,
  width: number,
): Promise<Replayed> {
  if (!isReport(report)) return fail(`not a report of schema ${RESULT_SCHEMA}`);
  const violation = pick(report, patch, n);
  const recorded = violation?.counterexample ?? null;
  if (violation === null || recorded === null) return fail('the report has no such counterexample');
  const scenario = findScenario(recorded.scenario);
  if (scenario === null) return fail(`this version has no scenario ${recorded.scenario}`);
  const args = report.tool.arguments;
  const [mbox] = args.slice(1);
  const tree = option(args, '--tree');
  const base = option(args, '--base');
  const range = option(args, '--range');
  const intake = takeIn(mbox === undefined || mbox.startsWith('--') ? undefined : mbox, {
    ...(tree === undefined ? {} : { tree }),
    ...(base === undefined ? {} : { base }),
    ...(range === undefined ? {} : { range }),
  });
  if (!intake.ok || intake.value.trees === null)
    return fail('the series or its tree cannot be read any more');
  const { trees } = intake.value;
  try {
    const at = trees.patches.findIndex(p => p.index === recorded.side.patch);
    const side = trees.sides[recorded.side.which === 'before' ? at : at + 1];
    if (side === undefined) return fail('that patch does not apply any more');
    const runner = new JobRunner(
      {
        scenarios: [],
        exclude: [],
        levels: report.geometry.levels === 2 ? null : report.geometry.levels,
        timeoutSeconds: null,
        maxStates: Number(option(args, '--states') ?? DEFAULT_MAX_STATES),
        thorough: true,
        verbose: false,
        progress: () => {},
        now: () => performance.now(),
      },
      0,
    );
    await runner.side(side);
    // Scheduling points are learned by the search; learn them the same way before the schedule means the same again.
    const { result } = await runner.run(side, scenario);
    const trace = await runner.trace(
      side,
      scenario,
      recorded.replay.schedule.map(decodeMove),
      result,
      recorded.side,
      recorded.violation,
    );
    await runner.close();
    return compare(
      trace,
      recorded,
      violation,
      result.violations.some(v => v.identity === violation.identity),
      width,
    );
  } finally {
    trees.dispose();
  }
}

function compare(
  trace: Trace,
  recorded: Trace,
  violation: Violation,
  found: boolean,
  width: number,
): Replayed {
  const same = JSON.stringify(trace.steps) === JSON.stringify(recorded.steps);
  const lines = traceText(trace, width, painter(false));
  const reproduced = same && found;
  const verdict = reproduced
    ? `reproduced: ${violation.invariant}: ${violation.summary}`
    : 'NOT reproduced: the tree, the series or the tool differs from when the report was made';
  return { ok: true, text: `${[...lines, '', verdict].join('\n')}\n`, reproduced };
}
