import type { CheckResult } from '../result.ts';
import type { ReviewMail } from './mail/review-mail.ts';

/** A reporter is a pure function of the result and of how it should look. */
export type Reporter = (result: CheckResult, options: ReportOptions) => Report;

export interface ReportOptions {
  readonly color: boolean;
  /** Columns of the terminal; the text report never uses fewer than 40. */
  readonly width: number;
  readonly verbose: boolean;
  /** The mails that were checked, for the reporters that answer them. */
  readonly mails: readonly ReviewMail[];
}

export interface Report {
  readonly output: string;
  readonly exitStatus: number;
}

export const defaultOptions: ReportOptions = {
  color: false,
  width: 80,
  verbose: false,
  mails: [],
};
