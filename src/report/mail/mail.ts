import type { CheckResult } from '../../result.ts';
import { exitStatus } from '../../result.ts';
import type { Report, ReportOptions } from '../report.ts';
import { draftReplies } from './draft.ts';

/** All drafts as one mailbox (mboxrd), which every mail program opens. */
export function mailReport(result: CheckResult, options: ReportOptions): Report {
  const drafts = draftReplies(result, options.mails, { reviewer: null });
  const output = drafts.map(draft => {
    const text = draft.text.replace(/^(>*From )/gm, '>$1');
    return `From mmudelta Thu Jan  1 00:00:00 1970\n${text}\n`;
  });
  return { output: output.join(''), exitStatus: exitStatus(result) };
}
