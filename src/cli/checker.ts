import type { CheckResult } from '../result.ts';
import type { IntakeOptions } from './intake.ts';

/** What `review` and `hook run` need of a check: its result, and the mails to answer. */
export type Checker = (mbox: string | undefined, options: CheckerOptions) => Promise<Checked>;

export interface CheckerOptions extends IntakeOptions {
  /** Seconds; unlimited without it. */
  readonly timeout?: number;
}

export interface Checked {
  readonly result: CheckResult;
  readonly mails: readonly CheckedMail[];
}

export interface CheckedMail {
  readonly index: number;
  /** The mail as it came. */
  readonly raw: string;
}
