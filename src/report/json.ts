import type { CheckResult } from '../result.ts';
import { exitStatus } from '../result.ts';
import type { Report, ReportOptions } from './report.ts';

/**
 * The contract itself (docs/schema/check.json), in ASCII where a terminal would act on a character.
 */
export function jsonReport(result: CheckResult, options: ReportOptions): Report {
  const shown = options.verbose ? result : withoutTimes(result);
  return { output: `${inertJson(shown)}\n`, exitStatus: exitStatus(result) };
}

/**
 * The same inputs give the same bytes, so a clock's reading is left out unless it was asked for.
 */
function withoutTimes(result: CheckResult): CheckResult {
  return {
    ...result,
    patches: result.patches.map(patch => ({
      ...patch,
      scenarios: patch.scenarios.map(run => ({ ...run, ms: null })),
    })),
  };
}

/** Characters that JSON lets through and a terminal acts on. */
const active = /[\u007f-\u009f]|\p{Cf}|\p{Zl}|\p{Zp}/gu;

export function inertJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(active, char =>
    [...Array(char.length).keys()]
      .map(i => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
