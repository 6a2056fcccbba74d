import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { inert } from '../../report/inert.ts';
import { emit, exitStatus, terminalWidth } from '../output.ts';

const number = (value: string): number => {
  const n = Number(value);
  if (!Number.isInteger(n) || n < 1) throw new InvalidArgumentError('a number from 1');
  return n;
};

interface ReplayOptions {
  readonly patch?: number;
  readonly violation: number;
  readonly format: 'text' | 'json';
  readonly output?: string;
}

export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('run a counterexample of a JSON report again, step by step')
    .argument('<file>', 'JSON report of mmudelta check')
    .option('--patch <k>', 'counterexample of this patch', number)
    .option('--violation <n>', 'which of its violations, from 1', number, 1)
    .addOption(
      new Option('--format <format>', 'how to say it').choices(['text', 'json']).default('text'),
    )
    .option('-o, --output <file>', 'write it there')
    .addHelpText(
      'after',
      '\nExample:\n  mmudelta check series.mbox --format json -o report.json\n  mmudelta replay report.json --patch 2',
    )
    .action(async (file: string, options: ReplayOptions) => {
      process.exitCode = await run(file, options);
    });
}

async function run(file: string, options: ReplayOptions): Promise<number> {
  const { replayReport, replayJson, replayText } = await import('../replay-report.ts');
  let report: unknown;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    process.stderr.write(
      `mmudelta: ${inert(file)} is no JSON report: ${inert((error as Error).message)}\n`,
    );
    return exitStatus.badInput;
  }
  const done = await replayReport(report, options.patch ?? null, options.violation);
  if (!done.ok) {
    process.stderr.write(`mmudelta: ${inert(done.why)}\n`);
    return exitStatus.badInput;
  }
  const { data } = done;
  const text = options.format === 'json' ? replayJson(data) : replayText(data, terminalWidth());
  emit(text, options.output ?? null);
  return data.reproduced ? exitStatus.good : exitStatus.broken;
}
