import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hasConfigHooks, installHook, uninstallHook } from '../../src/cli/hook/install.ts';
import { outgoing, parseUpdates } from '../../src/cli/hook/outgoing.ts';
import { findRepository, type Repository, readSettings } from '../../src/cli/hook/repository.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const start = [at('../../node_modules/.bin/tsx'), at('support/fake-main.ts')];
const mmuFile = 'arch/x86/kvm/mmu/mmu.c';

let dir: string;
let work: string;
let home: string;
const outer = { ...process.env };

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mmudelta hook '));
  home = join(dir, 'home');
  work = join(dir, 'a work tree');
  mkdirSync(home);
  for (const name of Object.keys(process.env))
    if (name.startsWith('GIT_')) delete process.env[name];
  Object.assign(process.env, { HOME: home, GIT_CONFIG_NOSYSTEM: '1' });
  writeFileSync(
    join(home, '.gitconfig'),
    '[user]\n\tname = Dev\n\temail = dev@example.org\n[init]\n\tdefaultBranch = main\n[advice]\n\tdetachedHead = false\n',
  );
});

afterEach(() => {
  process.env = { ...outer };
  rmSync(dir, { recursive: true, force: true });
});

function tryGit(cwd: string, ...args: string[]): { status: number; text: string } {
  const run = spawnSync('git', args, { cwd, encoding: 'utf8' });
  return { status: run.status ?? 128, text: run.stdout + run.stderr };
}

function git(cwd: string, ...args: string[]): string {
  const { status, text } = tryGit(cwd, ...args);
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${text}`);
  return text.trim();
}

let count = 0;

function commit(cwd: string, subject: string, file = mmuFile): string {
  mkdirSync(join(cwd, file, '..'), { recursive: true });
  writeFileSync(join(cwd, file), `int n${count++};\n`);
  git(cwd, 'add', '-A');
  git(cwd, 'commit', '-qm', subject);
  return git(cwd, 'rev-parse', 'HEAD');
}

/** A repository with one commit, pushed to a bare one called origin. */
function setUp(format = 'sha1'): Repository {
  git(dir, 'init', '-q', '--bare', `--object-format=${format}`, 'origin.git');
  git(dir, 'init', '-q', `--object-format=${format}`, work);
  git(work, 'remote', 'add', 'origin', join(dir, 'origin.git'));
  commit(work, 'root');
  commit(work, 'base');
  git(work, 'push', '-q', 'origin', 'main');
  return repositoryAt(work);
}

function repositoryAt(cwd: string): Repository {
  const found = findRepository(cwd);
  if (found === null) throw new Error(`no repository at ${cwd}`);
  return found;
}

function install(repository: Repository): string {
  const done = installHook(repository, 'file', false, start);
  expect(done).toMatchObject({ ok: true });
  return done.text;
}

function remoteHead(ref = 'main'): string {
  return git(join(dir, 'origin.git'), 'rev-parse', ref);
}

describe('git push', () => {
  test('goes through when nothing breaks', () => {
    install(setUp());
    const id = commit(work, 'fine');
    const { status, text } = tryGit(work, 'push', 'origin', 'main');
    expect(text).toContain('checking 1 outgoing MMU commit');
    expect(text).toContain('mmudelta: equivalent: ');
    expect([status, remoteHead()]).toEqual([0, id]);
  });

  test('is stopped by a violation, and not with --no-verify', () => {
    install(setUp());
    const before = remoteHead();
    const id = commit(work, 'BREAKS it');
    const { status, text } = tryGit(work, 'push', 'origin', 'main');
    expect(status).not.toBe(0);
    expect(text).toContain('broken: patch 2/2 breaks spte-outlives-memslot');
    expect(text).toContain('git push --no-verify');
    expect(remoteHead()).toBe(before);
    expect(tryGit(work, 'push', '--no-verify', 'origin', 'main').status).toBe(0);
    expect(remoteHead()).toBe(id);
  });

  test.each(['UNDECIDED', 'CRASH'])('%s only warns, unless strict', word => {
    install(setUp());
    commit(work, word);
    git(work, 'config', 'mmudelta.strict', 'true');
    expect(tryGit(work, 'push', 'origin', 'main').status).not.toBe(0);
    git(work, 'config', 'mmudelta.strict', 'false');
    const { status, text } = tryGit(work, 'push', 'origin', 'main');
    expect(text).toContain('mmudelta: warning: ');
    expect(status).toBe(0);
  });

  test('says in one line that there is nothing to do, and is quick about it', () => {
    install(setUp());
    commit(work, 'BREAKS nothing here', 'drivers/net/a file.c');
    const { status, text } = tryGit(work, 'push', 'origin', 'main');
    expect(status).toBe(0);
    expect(text.match(/mmudelta: .*/g)).toEqual([
      'mmudelta: no outgoing commit touches the MMU; nothing to check',
    ]);
  });

  test('runs the hook that was there, first, with the same arguments and input', () => {
    const repository = setUp();
    const log = join(dir, 'log');
    const file = join(work, '.git/hooks/pre-push');
    mkdirSync(join(work, '.git/hooks'), { recursive: true });
    writeFileSync(
      file,
      `#!/bin/sh\necho "$@" >>'${log}'\ncat >>'${log}'\n[ ! -e '${dir}/stop' ]\n`,
    );
    chmodSync(file, 0o755);
    expect(install(repository)).toContain('after the hook that was there');
    expect(install(repository)).toContain('updated');
    const id = commit(work, 'fine');
    expect(tryGit(work, 'push', 'origin', 'main').text).toContain('equivalent');
    const seen = readFileSync(log, 'utf8');
    expect(seen).toContain(
      `origin ${join(dir, 'origin.git')}\nrefs/heads/main ${id} refs/heads/main`,
    );
    writeFileSync(join(dir, 'stop'), '');
    commit(work, 'fine too');
    const stopped = tryGit(work, 'push', 'origin', 'main');
    expect(stopped.status).not.toBe(0);
    expect(stopped.text).not.toContain('mmudelta: ');
    expect(uninstallHook(repository)).toMatchObject({ ok: true });
    expect(readFileSync(file, 'utf8')).toContain(log);
    expect(existsSync(`${file}.before-mmudelta`)).toBe(false);
  });

  test('works from a linked work tree, with a SHA-256 repository', () => {
    setUp('sha256');
    const linked = join(dir, 'linked tree');
    git(work, 'worktree', 'add', '-q', '-b', 'topic', linked);
    install(repositoryAt(linked));
    commit(linked, 'BREAKS it');
    const { status, text } = tryGit(linked, 'push', 'origin', 'topic');
    expect(text).toContain('checked: BREAKS it');
    expect(status).not.toBe(0);
  });

  test('a new branch is held against what the remote has', () => {
    install(setUp());
    git(work, 'checkout', '-q', '-b', 'topic');
    commit(work, 'one');
    commit(work, 'two');
    const { text } = tryGit(work, 'push', 'origin', 'topic');
    expect(text).toContain('checked: two, one\n');
  });

  test('deleted refs, tags and pushes of nothing new go unchecked', () => {
    install(setUp());
    git(work, 'push', '-q', '--no-verify', 'origin', 'main:old');
    expect(tryGit(work, 'push', 'origin', ':old').text).toContain('only deleted');
    git(work, 'tag', '-a', '-m', 'tag', 'v1');
    const { status, text } = tryGit(work, 'push', 'origin', 'v1');
    expect([status, /no outgoing commit/.test(text)]).toEqual([0, true]);
    expect(tryGit(work, 'push', 'origin', 'main').status).toBe(0);
  });

  test('a tag brings its commits', () => {
    install(setUp());
    commit(work, 'BREAKS it');
    git(work, 'tag', '-a', '-m', 'tag', 'v1');
    expect(tryGit(work, 'push', 'origin', 'v1').status).not.toBe(0);
  });

  test('a bare repository pushes on', () => {
    setUp();
    const mirror = join(dir, 'mirror of it.git');
    git(dir, 'clone', '-q', '--bare', work, mirror);
    git(mirror, 'config', 'remote.origin.url', join(dir, 'origin.git'));
    commit(work, 'BREAKS it');
    git(work, 'push', '-q', '--no-verify', mirror, 'main:topic');
    install(repositoryAt(mirror));
    const { status, text } = tryGit(mirror, 'push', 'origin', 'topic');
    expect([text.includes('nothing tells'), status]).toEqual([true, 0]);
    git(mirror, 'config', 'mmudelta.base', 'main');
    expect(tryGit(mirror, 'push', 'origin', 'topic:other').status).not.toBe(0);
  });

  test('a mmudelta that is gone stops nobody', () => {
    const repository = setUp();
    installHook(repository, 'file', false, [join(dir, 'gone'), join(dir, 'gone.js')]);
    commit(work, 'BREAKS it');
    git(work, 'config', 'mmudelta.strict', 'true');
    expect(tryGit(work, 'push', 'origin', 'main').status).not.toBe(0);
    git(work, 'config', '--unset', 'mmudelta.strict');
    const { status, text } = tryGit(work, 'push', 'origin', 'main');
    expect([status, text.includes('nothing is checked')]).toEqual([0, true]);
  });
});

describe('install', () => {
  test('core.hooksPath inside the repository is used, one outside only with --shared', () => {
    setUp();
    git(work, 'config', 'core.hooksPath', 'my hooks');
    install(repositoryAt(work));
    expect(existsSync(join(work, 'my hooks/pre-push'))).toBe(true);
    const outside = join(dir, 'outside');
    git(work, 'config', 'core.hooksPath', outside);
    expect(installHook(repositoryAt(work), 'file', false, start)).toMatchObject({ ok: false });
    expect(existsSync(outside)).toBe(false);
    expect(installHook(repositoryAt(work), 'file', true, start)).toMatchObject({ ok: true });
    expect(existsSync(join(outside, 'pre-push'))).toBe(true);
  });

  test('git 2.54 and later take it from the configuration', () => {
    const repository = setUp();
    const versions: [number, number][] = [
      [2, 39],
      [2, 54],
      [3, 0],
    ];
    expect(versions.map(version => hasConfigHooks({ ...repository, version }))).toEqual([
      false,
      true,
      true,
    ]);
    installHook({ ...repository, version: [2, 54] }, 'auto', false, start);
    expect(git(work, 'config', 'hook.mmudelta.event')).toBe('pre-push');
    const command = git(work, 'config', 'hook.mmudelta.command');
    commit(work, 'BREAKS it');
    const id = git(work, 'rev-parse', 'HEAD');
    const run = spawnSync('sh', ['-c', `${command} "$@"`, 'x', 'origin', 'url'], {
      cwd: work,
      encoding: 'utf8',
      input: `refs/heads/main ${id} refs/heads/main ${remoteHead()}\n`,
    });
    expect(run.status).toBe(1);
    expect(uninstallHook(repository)).toMatchObject({ ok: true });
    expect(tryGit(work, 'config', 'hook.mmudelta.event').status).toBe(1);
    expect(uninstallHook(repository).text).toContain('no hook of ours');
  });

  test('a hook that somebody put over ours is left alone', () => {
    const repository = setUp();
    const file = join(work, '.git/hooks/pre-push');
    writeFileSync(file, '#!/bin/sh\nexit 0\n');
    install(repository);
    writeFileSync(file, '#!/bin/sh\nexit 7\n');
    expect(uninstallHook(repository)).toMatchObject({ ok: false });
    expect(installHook(repository, 'file', false, start)).toMatchObject({ ok: false });
    expect(readFileSync(file, 'utf8')).toContain('exit 7');
  });
});

describe('what goes out', () => {
  const none = { enabled: true, strict: false, timeoutSeconds: null, maxCommits: 50, base: null };

  test('lines of git are read, others are not', () => {
    const [a, z] = ['a'.repeat(40), '0'.repeat(64)];
    expect(
      parseUpdates(`refs/heads/x ${a} refs/heads/y ${a}\n(delete) ${z} refs/x ${z}\n`),
    ).toHaveLength(2);
    expect(parseUpdates('refs/heads/x --upload-pack=x refs/heads/y 1\n\n \n')).toEqual([]);
    expect(outgoing(dir, 'origin', [], { ...none, paths: [] })).toMatchObject({ kind: 'nothing' });
  });

  test('a line of commits is one range; around merges each commit is its own', () => {
    setUp();
    const base = git(work, 'rev-parse', 'HEAD');
    const first = commit(work, 'one');
    commit(work, 'other', 'fs/a.c');
    const last = commit(work, 'two');
    const settings = readSettings(work);
    const update = (localId: string) => [
      { localRef: 'x', localId, remoteRef: 'y', remoteId: base },
    ];
    expect(outgoing(work, 'origin', update(last), settings)).toEqual({
      kind: 'ranges',
      ranges: [`${first}^..${last}`],
      commits: 2,
    });
    git(work, 'checkout', '-q', '-b', 'side', base);
    const side = commit(work, 'side', 'arch/x86/kvm/mmu/spte.c');
    git(work, 'checkout', '-q', 'main');
    git(work, 'merge', '-q', '-m', 'merge', 'side');
    const end = commit(work, 'three');
    const found = outgoing(work, 'origin', update(end), settings);
    expect(found).toMatchObject({ kind: 'ranges', commits: 4 });
    expect(found.kind === 'ranges' && [...found.ranges].sort()).toEqual(
      [first, last, side, end].map(id => `${id}^..${id}`).sort(),
    );
    git(work, 'config', 'mmudelta.maxCommits', '3');
    expect(outgoing(work, 'origin', update(end), readSettings(work))).toMatchObject({
      kind: 'nothing',
    });
  });

  test('settings are read as git reads them', () => {
    setUp();
    git(work, 'config', 'mmudelta.strict', 'on');
    git(work, 'config', 'mmudelta.timeout', 'soon');
    git(work, 'config', '--add', 'mmudelta.path', 'a b');
    git(work, 'config', '--add', 'mmudelta.path', 'c');
    git(work, 'config', 'mmudelta.enabled', '0');
    expect(readSettings(work)).toEqual({
      ...none,
      strict: true,
      enabled: false,
      paths: ['a b', 'c'],
    });
  });
});
