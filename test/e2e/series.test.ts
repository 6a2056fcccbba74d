import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import {
  mailFolder,
  mailTree,
  replyTo,
  seriesMails,
  temporaryFolder,
} from '../diff/repositories.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = join(root, 'src', 'cli', 'main.ts');
const tsx = join(root, 'node_modules', '.bin', 'tsx');
const schema = JSON.parse(readFileSync(join(root, 'docs', 'schema', 'series.json'), 'utf8'));
const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema);
const dir = temporaryFolder();

function mmudelta(args: readonly string[], input?: string) {
  const tmp = mkdtempSync(join(dir, 'tmp-'));
  const run = spawnSync(tsx, [main, ...args], {
    encoding: 'utf8',
    input: input ?? '',
    env: { ...process.env, TMPDIR: tmp, NO_COLOR: '1', COLUMNS: '80' },
    maxBuffer: 1 << 28,
  });
  const left = readdirSync(tmp).filter(name => name.startsWith('mmudelta-'));
  return { status: run.status, stdout: run.stdout, stderr: run.stderr, left };
}

const simple = join(mailFolder, 'simple.mbox');

describe('mmudelta series', () => {
  it('says what was read, for people', () => {
    const { status, stdout, left } = mmudelta(['series', simple, '--tree', mailTree]);
    expect(status).toBe(0);
    expect(stdout.replaceAll(mailTree, 'TREE')).toBe(`lib: Stop counting at the limit
first version, 1 patch, no cover letter
tree  TREE, Linux 6.12.0
base  the given folder, as it is

1/1  lib: Stop counting at the limit
     Ada Counter <ada@example.org>; applies
     lib/counter.c +3 -0
       modified  counter_open(), line 12
`);
    expect(left).toEqual([]);
  });

  it.each([
    ['simple.mbox', 0],
    ['web-copy.txt', 0],
    ['short-hunk.eml', 2],
    ['does-not-apply.eml', 2],
    ['cover-only.eml', 2],
    ['empty.mbox', 2],
  ])('gives %s as JSON that its schema describes, exit status %i', (file, expected) => {
    const args = ['series', join(mailFolder, file), '--tree', mailTree, '--format', 'json'];
    const { status, stdout, left } = mmudelta(args);
    expect(status).toBe(expected);
    const data = JSON.parse(stdout);
    expect(validate(data), JSON.stringify(validate.errors)).toBe(true);
    expect(left).toEqual([]);
  });

  it('says the same twice', () => {
    const args = ['series', simple, '--tree', mailTree, '--format', 'json'];
    expect(mmudelta(args).stdout).toBe(mmudelta(args).stdout);
  });

  it('prints what README shows', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const shown = /^ {4}\$ npx mmudelta (series .*)\n((?: {4}.*\n|\n)+)/m.exec(readme);
    const args = (shown?.[1] ?? '').split(' ');
    const { stdout } = mmudelta(args.map(arg => (arg.includes('/') ? join(root, arg) : arg)));
    expect(stdout.trim()).toBe((shown?.[2] ?? '').replace(/^ {4}/gm, '').trim());
  });

  it('reads standard input and writes to a file', () => {
    const file = join(dir, 'out.txt');
    const run = mmudelta(
      ['series', '-', '--tree', mailTree, '-o', file],
      readFileSync(simple, 'utf8'),
    );
    expect(run).toMatchObject({ status: 0, stdout: '' });
    expect(readFileSync(file, 'utf8')).toContain('counter_open()');
  });

  it('says that the embedded tree is used', () => {
    const { stdout } = mmudelta(['series', simple]);
    expect(stdout).toContain('the embedded fixture tree');
  });

  it('has a default that applies', () => {
    const { status, stdout } = mmudelta(['series']);
    expect(stdout).toContain('the embedded fixture tree');
    expect(stdout).toContain('; applies');
    expect(status).toBe(0);
  });

  it.each([
    [['series', '--nonsense']],
    [['series', '--series', '0', simple]],
    [['series', '--tree', mailTree]],
    [['series', '--format', 'xml', simple]],
    [['series', '--range', 'nonsense', '--tree', mailTree]],
    [['series', '--range', 'a..b', simple]],
    [['series', simple, '--tree', '/nowhere/at/all']],
    [['series', '/nowhere/at/all.mbox']],
    [['nonsense']],
  ])('%j is bad usage', args => {
    const { status, stdout, stderr } = mmudelta(args);
    expect(status).toBe(2);
    expect(stdout + stderr).toMatch(/error/);
    expect(stdout + stderr).not.toContain('    at ');
  });

  it('lists the series of a mailbox', () => {
    const file = join(dir, 'two.mbox');
    writeFileSync(file, [...seriesMails(2, 1), ...seriesMails(2, 2)].join(''));
    const { stdout } = mmudelta(['series', file]);
    expect(stdout).toContain('  1  lib: Other numbers (v1, 2)');
    expect(stdout).toContain('* 2  lib: Other numbers (v2, 2)');
  });

  it.each(['text', 'json'])(
    'does nothing that a hostile mail asks of a terminal, as %s',
    format => {
      const args = [
        'series',
        join(mailFolder, 'hostile.eml'),
        '--tree',
        mailTree,
        '--format',
        format,
      ];
      const { stdout } = mmudelta(args);
      expect(stdout).toContain('owned');
      expect(stdout).not.toMatch(
        /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
      );
    },
  );
});

describe('size and speed', () => {
  it('reads 10,000 mails, 100 MB, in little memory', () => {
    const wanted = seriesMails(6, 2);
    const chatter = replyTo(wanted[1] ?? '', 'x'.repeat(70).concat('\n').repeat(130));
    const file = join(dir, 'large.mbox');
    const unrelated = Array.from({ length: 10_000 }, (_, at) =>
      chatter.replace('<reply-', `<reply-${at}-`),
    ).join('');
    writeFileSync(file, unrelated.slice(0, 50_000_000).replace(/[^\n]*$/, ''));
    writeFileSync(file, wanted.join(''), { flag: 'a' });
    writeFileSync(file, `\n${unrelated.slice(unrelated.indexOf('From bob', 50_000_000))}`, {
      flag: 'a',
    });
    const script = `import { readSeries } from ${JSON.stringify(join(root, 'src/diff/read-series.ts'))};
      const series = readSeries(${JSON.stringify(file)});
      console.log(JSON.stringify({ found: series.ok && series.value.patches.length,
        ms: (process.cpuUsage().user + process.cpuUsage().system) / 1000, kb: process.resourceUsage().maxRSS }));`;
    const entry = join(dir, 'large.mts');
    writeFileSync(entry, script);
    const run = spawnSync(tsx, [entry], {
      encoding: 'utf8',
      env: { ...process.env, TMPDIR: tmpdir() },
    });
    const { found, ms, kb } = JSON.parse(run.stdout);
    console.log(`${found} patches, ${ms.toFixed(0)} ms of processor time, ${kb} kB`);
    expect(found).toBe(6);
    expect(kb).toBeLessThan(300_000);
  }, 120_000);
});
