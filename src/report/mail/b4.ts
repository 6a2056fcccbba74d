import type { CheckResult } from '../../result.ts';
import { inertJson } from '../json.ts';
import type { ReportOptions } from '../report.ts';
import { headline, nfcRefuted } from '../summary.ts';
import { textReport } from '../text.ts';

/** What b4 wants from `b4.review-perpatch-check-cmd`: a JSON array of check results. */
export interface B4Check {
  readonly tool: 'mmudelta';
  readonly status: 'pass' | 'warn' | 'fail';
  readonly summary: string;
  readonly url: string;
  readonly details: string;
}

export function b4Checks(result: CheckResult, options: ReportOptions): B4Check[] {
  const { word, text } = headline(result);
  const details = textReport(result, { ...options, color: false }).output;
  return [
    { tool: 'mmudelta', status: statusOf(result), summary: `${word}: ${text}`, url: '', details },
  ];
}

export function b4Report(result: CheckResult, options: ReportOptions): string {
  return `${inertJson(b4Checks(result, options))}\n`;
}

/** A patch that could not be judged is no failure of the patch. */
function statusOf(result: CheckResult): B4Check['status'] {
  if (result.diagnostics.some(d => d.severity === 'error')) return 'warn';
  if (result.verdict === 'broken' || result.patches.some(nfcRefuted)) return 'fail';
  return result.verdict === 'inconclusive' ? 'warn' : 'pass';
}
