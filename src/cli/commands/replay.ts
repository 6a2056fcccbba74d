import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { inert } from '../../report/inert.ts';
import { emit, exitStatus, terminalWidth } from '../output.ts';

const number = (value: string): number => {
  const n = Number(value);
  if (!Number.isInteger(n) || n < 1) throw new InvalidArgumentError('a number from 1');
  return n;
};

export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('run a counterexample of a JSON report again, step by step')
    .argument('<file>', 'JSON report of mmudelta check')
    .option('--patch <k>', 'counterexample of this patch', number)
    .option('--violation <n>', 'which of its violations, from 1', number, 1)
    .addHelpText(
      'after',
      '\nExample:\n  mmudelta check series.mbox --format json -o report.json\n  mmudelta replay report.json --patch 2',
    )
    .action(async (file: string, options: { patch?: number; violation: number }) => {
      process.exitCode = await run(file, options);
    });
}

async function run(file: string, options: { patch?: number; violation: number }): Promise<number> {
  const { replayReport } = await import('../replay-report.ts');
  let report: unknown;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    process.stderr.write(
      `mmudelta: ${inert(file)} is no JSON report: ${inert((error as Error).message)}\n`,
    );
    return exitStatus.badInput;
  }
  const done = await replayReport(
    report,
    options.patch ?? null,
    options.violation,
    terminalWidth(),
  );
  if (!done.ok) {
    process.stderr.write(`mmudelta: ${inert(done.why)}\n`);
    return exitStatus.badInput;
  }
  emit(done.text, null);
  return done.reproduced ? exitStatus.good : exitStatus.broken;
}
