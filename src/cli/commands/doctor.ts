import { type Command, Option } from 'commander';
import type { DoctorOptions } from '../run-doctor.ts';

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('say what was found: git, the tree, its kernel version, how many helpers lift')
    .option('--tree <dir[@rev]>', 'kernel tree: git repository or plain folder')
    .option('--base <rev>', 'commit of the tree')
    .addOption(
      new Option('--format <format>', 'how to say it').choices(['text', 'json']).default('text'),
    )
    .option('-o, --output <file>', 'write it there')
    .addHelpText('after', '\nExample:\n  mmudelta doctor --tree ~/linux')
    .action(async (options: DoctorOptions) => {
      // The lifter takes time to load, which other commands do not have.
      const { runDoctor } = await import('../run-doctor.ts');
      process.exitCode = runDoctor(options);
    });
}
