import { type Command, InvalidArgumentError, Option } from 'commander';
import type { AskCommandOptions } from '../run-ask.ts';

const several = (value: string, before: readonly string[] = []): string[] => [...before, value];

export function registerAsk(program: Command): void {
  program
    .command('ask')
    .description('say who can hold, take or put a reference to a root, with a witness')
    .argument('<question>', 'who holds|takes|puts root-reference at HELPER | while PREDICATE')
    .option('--tree <dir[@rev]>', 'kernel tree: git repository or plain folder')
    .option('--base <rev>', 'commit of the tree')
    .option('--scenario <id>', 'ask only this one; may be given several times', several)
    .addOption(
      new Option('--states <n>', 'bound on distinct states of a scenario')
        .argParser(stateBound)
        .default(100_000),
    )
    .addOption(
      new Option('--format <format>', 'how to say it').choices(['text', 'json']).default('text'),
    )
    .option('-o, --output <file>', 'write the answer there')
    .addHelpText(
      'after',
      '\nExample:\n  mmudelta ask "who holds root-reference at tdp_mmu_zap_root"\n\ndocs/ask.md has the grammar. Exit status: 0 answered, 2 bad input,\n3 could not tell.',
    )
    .action(async (question: string, options: AskCommandOptions) => {
      // The engine takes time to load, which the other commands do not have.
      const { runAsk } = await import('../run-ask.ts');
      process.exitCode = runAsk(question, options);
    });
}

function stateBound(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new InvalidArgumentError('a number from 1');
  return Number(value);
}
