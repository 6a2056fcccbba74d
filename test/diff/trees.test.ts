import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildTrees } from '../../src/diff/build-trees.ts';
import { readSeries } from '../../src/diff/read-series.ts';
import type { Series, Trees } from '../../src/diff/types.ts';
import {
  gitIn,
  makeRepository,
  numberedFunctions,
  seriesMails,
  temporaryFolder,
  writeFiles,
} from './repositories.ts';

const dir = temporaryFolder();
const repo = join(dir, 'repo');
const file = 'lib/numbers.c';
const base = numberedFunctions(6);
let commits: string[] = [];
let mbox = '';
let series: Series;

function parse(path: string): Series {
  const read = readSeries(path);
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
  return read.value;
}

function build(tree: string, options: { base?: string } = {}, from = series): Trees {
  const trees = buildTrees(from, tree, options);
  if (!trees.ok) throw new Error(JSON.stringify(trees.diagnostics));
  return trees.value;
}

beforeAll(() => {
  commits = makeRepository(repo, [
    { [file]: numberedFunctions(2), 'arch/x86/a.c': 'int a;\n' },
    { [file]: base },
    { [file]: base.replace('value = 3', 'value = 33') },
  ]);
  mbox = join(dir, 'series.mbox');
  writeFileSync(mbox, seriesMails(4, 1).join(''));
  series = parse(mbox);
});

/** Every file below a folder with its content and time of change. */
function fingerprint(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map(path => {
      const stat = statSync(join(folder, path));
      if (!stat.isFile()) return `${path} ${stat.mode}`;
      const content = readFileSync(join(folder, path)).toString('latin1');
      return `${path} ${stat.mode} ${stat.mtimeMs} ${content}`;
    });
}

describe('the base', () => {
  it('is the revision that has all old blobs, when HEAD has moved on', () => {
    const trees = build(repo);
    expect(trees.base).toBe(commits[1]);
    expect(trees.baseRule).toMatch(/index lines/);
    trees.dispose();
  });

  it('is what --base says', () => {
    const trees = build(repo, { base: 'HEAD' });
    expect(trees.base).toBe(commits[2]);
    expect(trees.baseRule).toBe('--base');
    // Patch 4 changes the line that HEAD has changed already.
    expect(trees.sides).toHaveLength(4);
    expect(trees.diagnostics).toMatchObject([{ code: 'patch-does-not-apply', patch: 4 }]);
    trees.dispose();
  });

  it('is the REV of DIR@REV', () => {
    const trees = build(`${repo}@${commits[1]?.slice(0, 10)}`);
    expect(trees.base).toBe(commits[1]);
    expect(trees.sides).toHaveLength(5);
    trees.dispose();
  });

  it('is the base-commit of the mails', () => {
    const marked = join(dir, 'marked.mbox');
    const text = readFileSync(mbox, 'utf8');
    writeFileSync(marked, text.replace(/^-- $/m, `base-commit: ${commits[1]}\n-- `));
    const trees = build(repo, {}, parse(marked));
    expect(trees.base).toBe(commits[1]);
    expect(trees.baseRule).toBe('base-commit trailer');
    trees.dispose();
  });

  it('is HEAD when the series applies there, and an unknown base-commit is said', () => {
    const other = join(dir, 'other');
    makeRepository(other, [{ [file]: `${base}\nint more;\n` }]);
    const marked = join(dir, 'unknown.mbox');
    const text = readFileSync(mbox, 'utf8');
    writeFileSync(marked, text.replace(/^-- $/m, `base-commit: ${'12'.repeat(20)}\n-- `));
    const trees = build(other, {}, parse(marked));
    expect(trees.baseRule).toBe('HEAD of the given tree');
    expect(trees.diagnostics.map(each => each.code)).toEqual(['base-commit-unknown']);
    expect(trees.sides).toHaveLength(5);
    trees.dispose();
  });

  it.each(['nowhere', '--help', 'HEAD~99', ''])('refuses the revision %j', revision => {
    const trees = buildTrees(series, repo, { base: revision });
    expect(trees.ok).toBe(false);
    if (!trees.ok) expect(trees.diagnostics[0]?.code).toBe('no-such-revision');
  });

  it('refuses a tree that is not there', () => {
    const trees = buildTrees(series, join(dir, 'nowhere'));
    expect(trees.ok).toBe(false);
    if (!trees.ok) expect(trees.diagnostics[0]?.code).toBe('no-such-tree');
  });
});

describe('the sides', () => {
  it('differ patch by patch and share what no patch touches', () => {
    const trees = build(repo);
    const texts = trees.sides.map(side => side.read(file));
    expect(texts[0]).toBe(base);
    expect(texts.map(text => text?.match(/value = (1\d)/g)?.length ?? 0)).toEqual([0, 1, 2, 3, 4]);
    expect(new Set(trees.sides.map(side => side.hash('arch/x86/a.c'))).size).toBe(1);
    expect(new Set(trees.sides.map(side => side.hash(file))).size).toBe(5);
    expect(trees.sides[4]?.exists('nowhere.c')).toBe(false);
    expect(trees.sides[4]?.read('../../../etc/passwd')).toBeNull();
    expect(trees.sides[4]?.read('/etc/passwd')).toBeNull();
    trees.dispose();
  });

  it('are the same from a work tree, a dirty one, a bare, a shallow, a linked one, and a folder', () => {
    const want = build(`${repo}@${commits[1]}`);
    const hashes = want.sides.map(side => side.hash(file));
    const texts = want.sides.map(side => side.read(file));
    want.dispose();
    gitIn(dir, 'clone', '-q', '--bare', repo, 'bare.git');
    gitIn(dir, 'clone', '-q', '--depth=2', `file://${repo}`, 'shallow');
    gitIn(repo, 'worktree', 'add', '-q', join(dir, 'linked'), commits[1] ?? '');
    gitIn(dir, 'clone', '-q', repo, 'dirty');
    writeFiles(join(dir, 'dirty'), { [file]: 'int nothing;\n' });
    cpSync(join(dir, 'linked'), join(dir, 'folder'), {
      recursive: true,
      filter: from => !from.endsWith('.git'),
    });
    const names = ['bare.git', 'shallow', 'linked', 'dirty', 'folder'];
    for (const name of names) {
      const trees = build(join(dir, name));
      expect(
        trees.sides.map(side => side.hash(file)),
        name,
      ).toEqual(hashes);
      expect(
        trees.sides.map(side => side.read(file)),
        name,
      ).toEqual(texts);
      const codes = trees.diagnostics.map(each => each.code);
      expect(codes, name).toEqual(['dirty', 'shallow'].includes(name) ? ['work-tree-differs'] : []);
      trees.dispose();
    }
  });

  it('are not made up where a partial clone lacks the files', () => {
    gitIn(repo, 'config', 'uploadpack.allowFilter', 'true');
    gitIn(dir, 'clone', '-q', '--bare', '--filter=blob:none', `file://${repo}`, 'partial.git');
    gitIn(repo, 'config', '--unset', 'uploadpack.allowFilter');
    const trees = buildTrees(series, `${join(dir, 'partial.git')}@${commits[1]}`);
    expect(trees.ok).toBe(false);
    if (!trees.ok) expect(trees.diagnostics[0]?.message).toContain('a partial clone?');
  });

  it('follow links inside the tree only', () => {
    const tree = join(dir, 'links');
    writeFiles(tree, { [file]: base, 'arch/x86/real.c': 'int real;\n' });
    gitIn(tree, 'init', '-q');
    spawnSync('ln', ['-s', '../x86/real.c', join(tree, 'arch', 'inside.c')]);
    spawnSync('ln', ['-s', '/etc/passwd', join(tree, 'arch', 'outside.c')]);
    mkdirSync(join(tree, 'arch', 'y'));
    gitIn(tree, 'add', '-A');
    gitIn(tree, 'commit', '-q', '-m', 'links');
    spawnSync('ln', ['-sf', 'x86/real.c', join(tree, 'arch', 'inside.c')]);
    gitIn(tree, 'commit', '-qam', 'mend');
    const plain = join(dir, 'plain-links');
    cpSync(tree, plain, {
      recursive: true,
      verbatimSymlinks: true,
      filter: f => !f.endsWith('.git'),
    });
    for (const path of [tree, plain]) {
      const trees = build(path);
      expect(trees.sides[0]?.read('arch/inside.c'), path).toBe('int real;\n');
      expect(trees.sides[0]?.read('arch/outside.c'), path).toBeNull();
      trees.dispose();
    }
  });

  it('come from the range of commits that made them', () => {
    const read = readSeries('', { range: { tree: repo, commits: `${commits[0]}..${commits[2]}` } });
    if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
    const trees = build(repo, {}, read.value);
    expect(trees.base).toBe(commits[0]);
    expect(trees.sides.at(-1)?.read(file)).toBe(base.replace('value = 3', 'value = 33'));
    trees.dispose();
  });
});

describe("the user's repository", () => {
  it('is not touched, not even where it could be', () => {
    const before = fingerprint(repo);
    const trees = build(repo);
    for (const side of trees.sides) side.read(file);
    trees.dispose();
    expect(fingerprint(repo)).toEqual(before);
  });

  // For root no permission is missing: there, the test above has to do.
  it('may be read-only', () => {
    const readOnly = join(dir, 'read-only');
    cpSync(repo, readOnly, { recursive: true });
    spawnSync('chmod', ['-R', 'a-w', readOnly]);
    const before = fingerprint(readOnly);
    const trees = build(readOnly);
    expect(trees.sides).toHaveLength(5);
    trees.dispose();
    expect(fingerprint(readOnly)).toEqual(before);
    spawnSync('chmod', ['-R', 'u+w', readOnly]);
  });

  it.runIf(process.getuid?.() === 0)('that git does not trust is refused with a way out', () => {
    const foreign = join(dir, 'foreign');
    cpSync(repo, foreign, { recursive: true });
    spawnSync('chown', ['-R', '65534', foreign]);
    const home = process.env['HOME'];
    process.env['HOME'] = dir;
    try {
      const trees = buildTrees(series, foreign);
      expect(trees.ok).toBe(false);
      if (!trees.ok) expect(trees.diagnostics[0]?.code).toBe('foreign-repository');
    } finally {
      process.env['HOME'] = home;
    }
  });

  it('runs no program of its configuration', () => {
    const hostile = join(dir, 'hostile');
    cpSync(repo, hostile, { recursive: true });
    const trap = join(dir, 'trap.sh');
    const sprung = join(dir, 'sprung');
    writeFileSync(trap, `#!/bin/sh\ntouch ${sprung}\ncat\n`);
    chmodSync(trap, 0o755);
    for (const key of ['core.fsmonitor', 'diff.external', 'core.pager', 'filter.x.clean']) {
      gitIn(hostile, 'config', key, trap);
    }
    writeFileSync(join(hostile, '.git', 'info', 'attributes'), '*.c filter=x diff=x\n');
    gitIn(hostile, 'config', 'diff.x.textconv', trap);
    const trees = build(hostile);
    trees.sides[4]?.read(file);
    trees.dispose();
    const range = { tree: hostile, commits: `${commits[0]}..${commits[2]}` };
    expect(readSeries('', { range }).ok).toBe(true);
    expect(existsSync(sprung)).toBe(false);
  });

  it('is found although a hook set the variables of another one', () => {
    process.env['GIT_DIR'] = join(dir, 'nowhere');
    process.env['GIT_INDEX_FILE'] = join(dir, 'nowhere', 'index');
    try {
      const trees = build(repo);
      expect(trees.base).toBe(commits[1]);
      trees.dispose();
    } finally {
      delete process.env['GIT_DIR'];
      delete process.env['GIT_INDEX_FILE'];
    }
  });
});

describe('temporary files', () => {
  const child = fileURLToPath(new URL('build-and-wait.ts', import.meta.url));

  async function start(tmp: string) {
    const run = spawn('npx', ['tsx', child, mbox, repo], {
      env: { ...process.env, TMPDIR: tmp },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>(resolve => {
      run.stdout.on('data', data => resolve(Number(/pid (\d+)/.exec(String(data))?.[1])));
    });
    const done = new Promise(resolve => run.on('exit', resolve));
    return { pid, done };
  }
  const ours = (tmp: string) => readdirSync(tmp).filter(name => name.startsWith('mmudelta-'));

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('are gone after %s', async signal => {
    const tmp = mkdtempSync(join(dir, 'tmp-'));
    const before = fingerprint(repo);
    const { pid, done } = await start(tmp);
    expect(ours(tmp)).toHaveLength(1);
    process.kill(pid, signal);
    await done;
    await expect.poll(() => ours(tmp), { timeout: 5000 }).toEqual([]);
    expect(fingerprint(repo)).toEqual(before);
  });

  it('of a run that died long ago are swept by the next one', () => {
    const tmp = mkdtempSync(join(dir, 'tmp-'));
    mkdirSync(join(tmp, 'mmudelta-4194999-abc', 'store'), { recursive: true });
    mkdirSync(join(tmp, `mmudelta-${process.pid}-abc`));
    mkdirSync(join(tmp, 'mmudelta-notes'));
    const old = process.env['TMPDIR'];
    process.env['TMPDIR'] = tmp;
    try {
      build(repo).dispose();
    } finally {
      if (old === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = old;
    }
    expect(readdirSync(tmp).sort()).toEqual([`mmudelta-${process.pid}-abc`, 'mmudelta-notes']);
  });
});
