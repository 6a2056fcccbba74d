import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LitmusCommandOptions } from '../run-litmus.ts';

export function registerLitmus(program: Command): void {
  program
    .command('litmus')
    .description(
      'run litmus tests (C, X86, X86_64) on the engine that checks patches; say all outcomes',
    )
    .argument('<file...>', 'tests in the format of herd')
    .addOption(new Option('--memory <model>', 'memory model').choices(['tso', 'sc']).default('tso'))
    .addOption(
      new Option('--states <n>', 'bound on distinct states')
        .argParser(stateBound)
        .default(5_000_000),
    )
    .addOption(
      new Option('--format <format>', 'how to say it').choices(['text', 'json']).default('text'),
    )
    .option('-o, --output <file>', 'write the outcomes there')
    .addHelpText('after', '\nExample:\n  mmudelta litmus SB.litmus --memory sc')
    .action(async (files: string[], options: LitmusCommandOptions) => {
      // The engine takes time to load, which the other commands do not have.
      const { runLitmusFiles } = await import('../run-litmus.ts');
      process.exitCode = runLitmusFiles(files, options);
    });
}

function stateBound(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new InvalidArgumentError('a number from 1');
  return Number(value);
}
