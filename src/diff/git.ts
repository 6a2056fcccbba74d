import { spawnSync } from 'node:child_process';
import { devNull } from 'node:os';

export interface GitRun {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface GitOptions {
  readonly cwd?: string;
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
}

const maxOutputBytes = 1 << 30;

/**
 * The environment git runs in. Variables of a surrounding git (a hook, `git rebase --exec`) would
 * redirect us to another repository, and a hostile tree's configuration must not start programs.
 */
export function gitEnvironment(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !name.startsWith('GIT_')) env[name] = value;
  }
  return {
    ...env,
    LC_ALL: 'C.UTF-8',
    LANGUAGE: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_PAGER: 'cat',
    GIT_NO_LAZY_FETCH: '1',
    GIT_ATTR_NOSYSTEM: '1',
  };
}

/** For commands that never need what the user or the machine has configured. */
export const noConfiguration: Readonly<Record<string, string>> = {
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_SYSTEM: devNull,
  GIT_CONFIG_NOSYSTEM: '1',
};

/** Settings that keep a repository's own configuration from running programs or changing what we read. */
export const inertSettings: readonly string[] = [
  'core.fsmonitor=false',
  `core.hooksPath=${devNull}`,
  'core.quotePath=true',
  'apply.whitespace=nowarn',
  'log.showSignature=false',
];

/** Runs git once and waits. A status other than 0 is the caller's to read; no git at all throws. */
export function git(args: readonly string[], options: GitOptions = {}): GitRun {
  const settings = inertSettings.flatMap(setting => ['-c', setting]);
  const run = spawnSync('git', [...settings, ...args], {
    cwd: options.cwd,
    env: { ...gitEnvironment(), ...options.env },
    input: options.input ?? '',
    maxBuffer: maxOutputBytes,
    windowsHide: true,
  });
  if (run.error !== undefined) throw run.error;
  return { status: run.status ?? 128, stdout: run.stdout, stderr: run.stderr.toString('utf8') };
}
