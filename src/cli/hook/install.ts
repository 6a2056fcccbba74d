import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { askGit, type Repository } from './repository.ts';

/** What was done, or why nothing was, for people. */
export interface HookChange {
  readonly ok: boolean;
  readonly text: string;
}

export type HookKind = 'auto' | 'config' | 'file';

/** How to start this program again: node and the script, both absolute. */
export type StartCommand = readonly string[];

const marker = '# mmudelta pre-push hook, version 1';
const keptName = 'pre-push.before-mmudelta';
const section = 'hook.mmudelta';

/** Single quotes stop every shell expansion. */
function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** From 2.54 on git runs hooks that are named in its configuration. */
export function hasConfigHooks({ version: [major, minor] }: Repository): boolean {
  return major > 2 || (major === 2 && minor >= 54);
}

export function installHook(
  repository: Repository,
  kind: HookKind,
  shared: boolean,
  start: StartCommand,
): HookChange {
  const useConfig = kind === 'config' || (kind === 'auto' && hasConfigHooks(repository));
  if (useConfig) return installInConfig(repository, start);
  if (!repository.ownHooksDir && !shared) {
    const text =
      `core.hooksPath points outside of this repository (${repository.hooksDir}): ` +
      'with --shared the hook is installed there, for every repository that uses it';
    return { ok: false, text };
  }
  return installAsFile(repository, start);
}

function installInConfig({ cwd }: Repository, start: StartCommand): HookChange {
  const command = [...start, 'hook', 'run'].map(quote).join(' ');
  const done =
    askGit(cwd, ['config', '--local', '--replace-all', `${section}.event`, 'pre-push']) !== null &&
    askGit(cwd, ['config', '--local', '--replace-all', `${section}.command`, command]) !== null;
  if (!done) return { ok: false, text: 'git config could not be written' };
  return { ok: true, text: `installed: ${section} in this repository's git config` };
}

function isOurs(file: string): boolean {
  return existsSync(file) && readFileSync(file, 'utf8').includes(marker);
}

function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

function installAsFile(repository: Repository, start: StartCommand): HookChange {
  const file = join(repository.hooksDir, 'pre-push');
  const kept = join(repository.hooksDir, keptName);
  mkdirSync(repository.hooksDir, { recursive: true });
  const ours = isOurs(file);
  if (!ours && isThere(file)) {
    if (isThere(kept)) {
      const text = `${file} is not ours and ${keptName} is there already: please sort them out first`;
      return { ok: false, text };
    }
    renameSync(file, kept);
  }
  // A new file put in place as a whole: a push at this moment finds the old hook or the new one.
  const fresh = `${file}.${process.pid}.new`;
  writeFileSync(fresh, hookScript(start));
  chmodSync(fresh, 0o755);
  renameSync(fresh, file);
  const chained = isThere(kept) ? `, after the hook that was there (now ${keptName})` : '';
  return { ok: true, text: `${ours ? 'updated' : 'installed'}: ${file}${chained}` };
}

export function uninstallHook(repository: Repository): HookChange {
  const { cwd, hooksDir } = repository;
  const done: string[] = [];
  if (askGit(cwd, ['config', '--local', '--remove-section', section]) !== null) {
    done.push(`${section} in the git config`);
  }
  const file = join(hooksDir, 'pre-push');
  const kept = join(hooksDir, keptName);
  if (isOurs(file)) {
    rmSync(file);
    done.push(file);
    if (isThere(kept)) {
      renameSync(kept, file);
      done.push('(the hook that was there before is back)');
    }
  } else if (isThere(kept)) {
    const text = `${file} has been replaced since; the hook from before is kept as ${keptName}`;
    return { ok: false, text };
  }
  if (done.length === 0) return { ok: true, text: 'there was no hook of ours' };
  return { ok: true, text: `removed: ${done.join(' ')}` };
}

/**
 * Plain POSIX shell. The hook that was there comes first, with the same arguments and input; when
 * it stops the push, so do we. A mmudelta that is gone must not stop anybody's push, unless
 * configured strict.
 */
function hookScript(start: StartCommand): string {
  const words = start.map(quote);
  const missing = words.map(word => `[ -e ${word} ]`).join(' && ');
  return `#!/bin/sh
${marker}
# Remove it with: mmudelta hook uninstall. Skip it once with: git push --no-verify
before=$(dirname "$0")/${keptName}
input=$(cat)
feed() { if [ -n "$input" ]; then printf '%s\\n' "$input"; fi; }
if [ -x "$before" ]; then
  feed | "$before" "$@" || exit $?
fi
if ${missing}; then
  feed | ${words.join(' ')} hook run "$@"
  exit $?
fi
if command -v mmudelta >/dev/null 2>&1; then
  feed | mmudelta hook run "$@"
  exit $?
fi
echo 'mmudelta: not found where it was when this hook was installed; nothing is checked' >&2
if [ "$(git config --type=bool mmudelta.strict)" = true ]; then exit 1; fi
exit 0
`;
}
