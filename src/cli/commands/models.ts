import { type Command, Option } from 'commander';
import type { ModelsOptions } from '../run-models.ts';

export function registerModels(program: Command): void {
  program
    .command('models')
    .description(
      "list the models of a tree's helpers, and what could not be lifted; write them as TypeScript",
    )
    .option('--tree <dir[@rev]>', 'kernel tree: git repository or plain folder')
    .option('--base <rev>', 'commit of the tree')
    .option('--emit <dir>', 'write the models there')
    .addOption(
      new Option('--format <format>', 'how to say it').choices(['text', 'json']).default('text'),
    )
    .option('-o, --output <file>', 'write the list there')
    .option('-v, --verbose', 'list every helper')
    .addHelpText(
      'after',
      '\nExamples:\n  mmudelta models --tree ~/linux\n  mmudelta models --emit models',
    )
    .action(async (options: ModelsOptions) => {
      // The lifter takes time to load, which other commands do not have.
      const { runModels } = await import('../run-models.ts');
      process.exitCode = await runModels(options);
    });
}
