import { writeFileSync, writeSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { Diagnostic } from '../diagnostic.ts';
import { inert } from '../report/inert.ts';
import { type Paint, painter } from '../report/layout.ts';

export const exitStatus = { good: 0, broken: 1, badInput: 2, inconclusive: 3 } as const;

export type ColorChoice = 'auto' | 'always' | 'never';

/** Whether to colour what goes to standard output. */
export function wantsColor(choice: ColorChoice, outputFile: string | null): boolean {
  if (choice !== 'auto') return choice === 'always';
  const noColor = process.env['NO_COLOR'] ?? '';
  return outputFile === null && noColor === '' && process.stdout.isTTY === true;
}

export function terminalWidth(): number {
  const columns = process.stdout.columns ?? Number(process.env['COLUMNS']);
  return Number.isInteger(columns) && columns >= 40 ? columns : 80;
}

/** For running text, which is hard to read across a wide screen. */
export const pageWidth = (): number => Math.min(terminalWidth(), 100);

/** Writes a report to the file, or to standard output as a whole, also through a slow pipe. */
export function emit(text: string, outputFile: string | null): void {
  if (outputFile !== null) {
    writeFileSync(outputFile, text);
    return;
  }
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // The reader went away (`| head`): there is nobody left to tell.
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** One diagnostic as lines of text. */
export function diagnosticLines(diagnostic: Diagnostic, paint: Paint): string[] {
  const { severity, code, message, file, line, messageId, hint } = diagnostic;
  const style = severity === 'error' ? 'red' : severity === 'warning' ? 'yellow' : 'cyan';
  const place = file === null ? '' : ` (${inert(file)}${line === null ? '' : `:${line}`})`;
  const lines = [`${paint(style, severity)}: ${inert(message)}${place} [${code}]`];
  if (typeof messageId === 'string') lines.push(`  mail <${inert(messageId)}>`);
  if (typeof hint === 'string') lines.push(`  ${inert(hint)}`);
  return lines;
}

/** To standard error, for commands that have nothing else to show. */
export function complain(diagnostics: readonly Diagnostic[], choice: ColorChoice = 'auto'): void {
  const paint = painter(
    choice === 'always' || (choice === 'auto' && process.stderr.isTTY === true),
  );
  const lines = diagnostics.flatMap(each => diagnosticLines(each, paint));
  if (lines.length > 0) process.stderr.write(`mmudelta: ${lines.join('\n')}\n`);
}

/** Option parsers: what they throw, commander turns into a usage error. */
export function seriesNumber(value: string): number | 'latest' {
  if (value === 'latest') return value;
  if (!/^[1-9]\d{0,5}$/.test(value)) throw new InvalidArgumentError('a number from 1, or latest');
  return Number(value);
}
