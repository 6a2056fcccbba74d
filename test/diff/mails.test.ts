import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasErrors } from '../../src/diagnostic.ts';
import { buildTrees } from '../../src/diff/build-trees.ts';
import { readSeries } from '../../src/diff/read-series.ts';
import { mailFolder, mailTree } from './repositories.ts';

const ada = { name: 'Ada Counter', email: 'ada@example.org' };
const counter = 'lib/counter.c';

function read(file: string) {
  return readSeries(join(mailFolder, file));
}

function readGood(file: string) {
  const series = read(file);
  if (!series.ok) throw new Error(JSON.stringify(series.diagnostics));
  return series.value;
}

describe('odd mails that say all', () => {
  it.each([
    ['simple.mbox', ada, [counter]],
    ['crlf.eml', ada, [counter]],
    ['quoted-printable.eml', ada, [counter]],
    ['base64.eml', ada, [counter]],
    ['base64-crlf.eml', ada, [counter]],
    ['flowed.eml', ada, [counter]],
    ['flowed-soft-break.eml', ada, [counter]],
    ['gb18030.eml', { ...ada, name: '钟表匠' }, [counter]],
    ['latin1.eml', ada, [counter]],
    ['attachment.eml', ada, [counter]],
    ['attachment-octet.eml', ada, [counter]],
    ['mboxrd.mbox', ada, [counter]],
    ['mboxcl2.mbox', ada, [counter]],
    ['prose-diff.eml', ada, [counter]],
    ['quoted-diff.eml', ada, [counter]],
    ['scissors.eml', ada, [counter]],
    ['bare.diff', { name: 'unknown', email: '' }, [counter]],
    ['web-copy.txt', { name: 'Ada Counter', email: '' }, [counter]],
    ['no-tabs.mbox', ada, [counter]],
    ['rename.mbox', ada, [counter, 'lib/doorcount.h']],
    ['mode.mbox', ada, [counter]],
    ['binary.mbox', ada, ['lib/logo.bin']],
    ['quoted-name.mbox', ada, ['lib/menu à la carte.txt']],
    ['comment-only.mbox', ada, [counter]],
  ])('%s is read and applies', (file, author, paths) => {
    const series = readGood(file);
    expect(series.patches.map(patch => patch.author)).toEqual([author]);
    expect(series.patches[0]?.files.map(each => each.newPath)).toEqual(paths);
    const trees = buildTrees(series, mailTree);
    if (!trees.ok) throw new Error(JSON.stringify(trees.diagnostics));
    expect(hasErrors(trees.value.diagnostics)).toBe(false);
    expect(trees.value.applications).toMatchObject([{ status: 'applied' }]);
    expect(trees.value.sides[1]?.changedPaths).toEqual(expect.arrayContaining(paths));
    trees.value.dispose();
  });

  it('all ways of sending one change give one tree', () => {
    const files = ['simple.mbox', 'crlf.eml', 'quoted-printable.eml', 'base64.eml', 'flowed.eml'];
    const more = [
      'base64-crlf.eml',
      'attachment.eml',
      'scissors.eml',
      'web-copy.txt',
      'bare.diff',
      'no-tabs.mbox',
    ];
    const hashes = [...files, ...more].map(file => {
      const trees = buildTrees(readGood(file), mailTree);
      if (!trees.ok) throw new Error(file);
      const hash = trees.value.sides[1]?.hash(counter);
      trees.value.dispose();
      return hash;
    });
    expect(new Set(hashes).size).toBe(1);
    expect(hashes[0]).toMatch(/^8af1c44/);
  });
});

describe('what is taken from a mail', () => {
  it('undoes the quoting of From lines in a mailbox', () => {
    const [patch] = readGood('mboxrd.mbox').patches;
    expect(patch?.body).toContain('\nFrom now on the count');
    expect(patch?.body).toContain('\n>From the manual');
  });

  it('believes the length of an mboxcl2 mail, and passes over the reply after it', () => {
    const series = readGood('mboxcl2.mbox');
    expect(series.candidates).toHaveLength(1);
    expect(series.patches[0]?.body).toContain('X-Quoted: this line is no separator');
  });

  it('cuts at the scissors and takes the subject below them', () => {
    const [patch] = readGood('scissors.eml').patches;
    expect(patch?.subject).toBe('lib: Stop counting at the limit');
    expect(patch?.body).not.toContain('Hello');
  });

  it('decodes the charset of the message', () => {
    expect(readGood('latin1.eml').patches[0]?.body).toContain('needs öl');
  });

  it('reads trailers and the claim of no functional change', () => {
    const [plain] = readGood('simple.mbox').patches;
    expect(plain?.trailers).toEqual([
      { key: 'Reported-by', value: 'Bob Hinge <bob@example.org>' },
      { key: 'Signed-off-by', value: 'Ada Counter <ada@example.org>' },
    ]);
    expect(plain?.nfcClaimed).toBe(false);
    expect(readGood('rename.mbox').patches[0]?.nfcClaimed).toBe(true);
  });

  it('labels a repaired copy', () => {
    const series = readGood('web-copy.txt');
    expect(series.patches[0]?.damaged).toBe(true);
    const trees = buildTrees(series, mailTree);
    expect(trees.ok && trees.value.reconstructed).toBe(true);
    if (trees.ok) trees.value.dispose();
  });
});

describe('mails that cannot be trusted', () => {
  it.each([
    ['short-hunk.eml', 'short-hunk', 21],
    ['dropped-context.eml', 'short-hunk', 21],
    ['truncated.eml', 'short-hunk', 21],
    ['wrapped.eml', 'malformed-hunk-line', 26],
    ['extra-line.eml', 'long-hunk', 31],
    ['unsafe-path.eml', 'unsafe-path', 17],
    ['git-folder.eml', 'unsafe-path', 17],
    ['long-header.eml', 'malformed-file-header', 17],
    ['lost-hunk.eml', 'diffstat-differs', null],
  ])('%s: %s', (file, code, line) => {
    const series = readGood(file);
    const [found] = series.diagnostics.filter(each => each.severity === 'error');
    expect(found).toMatchObject({
      code,
      line,
      patch: 1,
      messageId: '20260105120000.1-1-ada@example.org',
    });
    expect(found?.message).toMatch(/^patch 1\/1/);
    expect(found?.hint).toBeTruthy();
    const trees = buildTrees(series, mailTree);
    if (!trees.ok) throw new Error('no trees');
    expect(trees.value.applications).toMatchObject([{ status: 'unreadable' }]);
    expect(trees.value.sides).toHaveLength(1);
    trees.value.dispose();
  });

  it.each([
    ['cover-only.eml', 'no-patches'],
    ['chat.eml', 'no-patches'],
    ['empty.mbox', 'empty-input'],
    ['not-a-mail.txt', 'not-a-mail'],
    ['nowhere.mbox', 'no-such-input'],
  ])('%s: nothing to show, %s', (file, code) => {
    const series = read(file);
    expect(series.ok).toBe(false);
    if (!series.ok) expect(series.diagnostics.map(each => each.code)).toEqual([code]);
  });

  it('says which hunk of which patch does not apply, and what stands there', () => {
    const trees = buildTrees(readGood('does-not-apply.eml'), mailTree);
    if (!trees.ok) throw new Error('no trees');
    expect(trees.value.diagnostics).toMatchObject([
      { code: 'patch-does-not-apply', patch: 1, file: counter, line: 14 },
    ]);
    const message = trees.value.diagnostics[0]?.message;
    expect(message).toContain('hunk 1 of 1');
    expect(message).toContain('expected `last = whom;`, but at line 14 stands `last = who;`');
    trees.value.dispose();
  });
});
