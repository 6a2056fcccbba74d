import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { inert } from '../../report/inert.ts';
import type { Checker } from '../checker.ts';
import { type HookChange, type HookKind, installHook, uninstallHook } from '../hook/install.ts';
import { findRepository, type Repository, readSettings } from '../hook/repository.ts';
import { exitStatus, terminalWidth } from '../output.ts';

interface InstallOptions {
  readonly as: HookKind;
  readonly shared: boolean;
}

const settingsHelp = `
Settings (git config):
  mmudelta.enabled     false lets every push go unchecked
  mmudelta.strict      true also stops a push that could not be judged
  mmudelta.timeout     seconds for one check
  mmudelta.maxCommits  more commits than this go unchecked (50)
  mmudelta.base        what a remote has, where nothing else tells
  mmudelta.path        files that count as MMU; may be given several times

Example:
  mmudelta hook install
  git config mmudelta.strict true`;

export function registerHook(program: Command, check: Checker): void {
  const hook = program
    .command('hook')
    .description('check what a `git push` sends, and stop it when something breaks')
    .addHelpText('after', settingsHelp);
  hook
    .command('install')
    .description('install the pre-push hook in this repository')
    .addOption(
      new Option('--as <kind>', 'git config (git 2.54 and later) or a file')
        .choices(['auto', 'config', 'file'])
        .default('auto'),
    )
    .option('--shared', 'also where core.hooksPath is shared by repositories', false)
    .addHelpText('after', '\nExample:\n  mmudelta hook install')
    .action((options: InstallOptions) => {
      const start = [process.execPath, resolve(process.argv[1] ?? '')];
      change(repository => installHook(repository, options.as, options.shared, start));
    });
  hook
    .command('uninstall')
    .description('remove the hook; one that was there before comes back')
    .addHelpText('after', '\nExample:\n  mmudelta hook uninstall')
    .action(() => change(uninstallHook));
  hook
    .command('run')
    .description('what git calls: refs on standard input')
    .argument('[remote]', 'name of the remote')
    .argument('[url]', 'where it is')
    .addHelpText('after', '\nExample:\n  mmudelta hook run origin <refs')
    .action(async (remote: string | undefined, url: string | undefined) => {
      process.exitCode = await run(remote ?? url ?? 'origin', check);
    });
}

function change(how: (repository: Repository) => HookChange): void {
  const repository = findRepository(process.cwd());
  const done =
    repository === null ? { ok: false, text: 'this is no git repository' } : how(repository);
  const stream = done.ok ? process.stdout : process.stderr;
  stream.write(`mmudelta: ${inert(done.text)}\n`);
  process.exitCode = done.ok ? exitStatus.good : exitStatus.badInput;
}

/** Whatever happens to us, only a judged commit (or `strict`) may stop a push. */
async function run(remote: string, check: Checker): Promise<0 | 1> {
  const say = (text: string): void => {
    process.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
  };
  try {
    const repository = findRepository(process.cwd());
    if (repository === null) throw new Error('this is no git repository');
    const updates = process.stdin.isTTY === true ? '' : readFileSync(0, 'utf8');
    const { runHook } = await import('../hook/run.ts');
    const color = process.stderr.isTTY === true && (process.env['NO_COLOR'] ?? '') === '';
    return await runHook({ repository, remote, updates }, check, {
      say,
      color,
      width: terminalWidth(),
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    say(`mmudelta: warning: nothing was checked: ${inert(message)}`);
    return readSettings(process.cwd()).strict ? 1 : 0;
  }
}
