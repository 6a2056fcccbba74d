import { spawnSync } from 'node:child_process';
import { dirname, resolve } from 'node:path';

/**
 * The repository that a hook serves. Unlike the intake, this wants git as the user has set it up:
 * the hooks folder and the settings are part of that, and a surrounding git says by its environment
 * where it works.
 */
export interface Repository {
  /** Where git commands about it run. */
  readonly cwd: string;
  /** Top of the work tree, or the git directory where there is none. */
  readonly top: string;
  readonly hooksDir: string;
  /** The hooks folder is this repository's own, shared with none but its work trees. */
  readonly ownHooksDir: boolean;
  readonly version: readonly [major: number, minor: number];
}

export function askGit(cwd: string, args: readonly string[], input = ''): string | null {
  const run = spawnSync('git', args, { cwd, input, encoding: 'utf8', maxBuffer: 1 << 28 });
  return run.error === undefined && run.status === 0 ? run.stdout : null;
}

function line(text: string | null): string | null {
  const trimmed = text?.replace(/\n$/, '') ?? '';
  return trimmed === '' ? null : trimmed;
}

/** Null outside of a repository, and without git. */
export function findRepository(cwd: string): Repository | null {
  const gitDir = line(askGit(cwd, ['rev-parse', '--absolute-git-dir']));
  if (gitDir === null) return null;
  const top = line(askGit(cwd, ['rev-parse', '--show-toplevel'])) ?? gitDir;
  const common = line(askGit(cwd, ['rev-parse', '--git-common-dir'])) ?? gitDir;
  const hooks = line(askGit(cwd, ['rev-parse', '--git-path', 'hooks'])) ?? 'hooks';
  const hooksDir = resolve(cwd, hooks);
  const roots = [top, gitDir, resolve(cwd, common)];
  const version = /(\d+)\.(\d+)/.exec(askGit(cwd, ['version']) ?? '');
  return {
    cwd,
    top,
    hooksDir,
    ownHooksDir: roots.some(root => isBelow(hooksDir, root)),
    version: [Number(version?.[1] ?? 0), Number(version?.[2] ?? 0)],
  };
}

function isBelow(path: string, root: string): boolean {
  for (let at = path; at !== dirname(at); at = dirname(at)) if (at === root) return true;
  return false;
}

export interface HookSettings {
  /** Off lets everything go unchecked. */
  readonly enabled: boolean;
  /** Stop the push also when nothing could be decided. */
  readonly strict: boolean;
  readonly timeoutSeconds: number | null;
  /** More commits than this are let go unchecked. */
  readonly maxCommits: number;
  /** What the remote is taken to have when nothing else says. */
  readonly base: string | null;
  readonly paths: readonly string[];
}

/** Files whose change can change a verdict, without the includes that every commit touches. */
export const defaultPaths: readonly string[] = [
  'arch/x86/kvm/mmu',
  'arch/x86/kvm/mmu.h',
  'arch/x86/kvm/x86.c',
  'arch/x86/include/asm/kvm_host.h',
  'include/linux/kvm_host.h',
  'include/linux/kvm_types.h',
  'virt/kvm',
];

/** `git config mmudelta.*`; a value that means nothing counts as not set. */
export function readSettings(cwd: string): HookSettings {
  const found = new Map<string, string[]>();
  const text = askGit(cwd, ['config', '-z', '--get-regexp', '^mmudelta\\.']) ?? '';
  for (const entry of text.split('\0')) {
    if (entry === '') continue;
    const [key = '', ...value] = entry.split('\n');
    const name = key.slice('mmudelta.'.length).toLowerCase();
    found.set(name, [...(found.get(name) ?? []), value.join('\n')]);
  }
  const last = (name: string): string | null => found.get(name)?.at(-1) ?? null;
  return {
    enabled: isTrue(last('enabled'), found.has('enabled'), true),
    strict: isTrue(last('strict'), found.has('strict'), false),
    timeoutSeconds: positive(last('timeout')),
    maxCommits: positive(last('maxcommits')) ?? 50,
    base: last('base') || null,
    paths: found.get('path') ?? defaultPaths,
  };
}

/** As git reads booleans: a key without a value is true. */
function isTrue(value: string | null, isSet: boolean, otherwise: boolean): boolean {
  if (!isSet) return otherwise;
  const word = (value ?? '').toLowerCase();
  if (['', 'true', 'yes', 'on', '1'].includes(word)) return true;
  return ['false', 'no', 'off', '0'].includes(word) ? false : otherwise;
}

function positive(value: string | null): number | null {
  const number = Number(value ?? Number.NaN);
  return Number.isFinite(number) && number > 0 ? number : null;
}
