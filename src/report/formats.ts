import { htmlReport } from './html/page.ts';
import { jsonReport } from './json.ts';
import { junitReport } from './junit.ts';
import { mailReport } from './mail/mail.ts';
import type { Reporter } from './report.ts';
import { sarifReport } from './sarif.ts';
import { textReport } from './text.ts';

/** What `--format` takes. */
export const reporters = {
  text: textReport,
  json: jsonReport,
  sarif: sarifReport,
  html: htmlReport,
  mail: mailReport,
  junit: junitReport,
} as const satisfies Readonly<Record<string, Reporter>>;

export type Format = keyof typeof reporters;

export function isFormat(name: string): name is Format {
  return Object.hasOwn(reporters, name);
}
