import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSeries, type SeriesOptions } from '../../src/diff/read-series.ts';
import { replyTo, seriesMails, temporaryFolder } from './repositories.ts';

const dir = temporaryFolder();
let v2: string[] = [];
let v3: string[] = [];

beforeAll(() => {
  v2 = seriesMails(12, 2);
  v3 = seriesMails(12, 3);
});

let files = 0;
function readMails(mails: readonly string[], options: SeriesOptions = {}) {
  const file = join(dir, `${files++}.mbox`);
  writeFileSync(file, mails.join(''));
  const series = readSeries(file, options);
  if (!series.ok) throw new Error(JSON.stringify(series.diagnostics));
  return series.value;
}

const numbers = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

describe('series in a mailbox', () => {
  it('takes the newest of two versions, replies in between', () => {
    const mixed = [...v2, ...v3].flatMap((mail, at) =>
      at % 2 === 0 ? [mail, replyTo(mail, 'Looks good.\n')] : [mail],
    );
    const series = readMails(mixed);
    expect(series.version).toBe('v3');
    expect(series.patches.map(patch => patch.index)).toEqual(numbers(12));
    expect(series.missing).toEqual([]);
    expect(series.coverLetter?.subject).toBe('lib: Other numbers');
    expect(series.coverLetter?.body).toContain('These numbers are better.');
    expect(series.candidates.map(each => each.version)).toEqual(['v2', 'v3']);
    expect(series.diagnostics).toEqual([]);
  });

  it('takes the version asked for', () => {
    expect(readMails([...v2, ...v3], { series: 1 }).version).toBe('v2');
    expect(readMails([...v3, ...v2], { series: 'latest' }).version).toBe('v3');
  });

  it('refuses a number that no series has', () => {
    const file = join(dir, 'one.mbox');
    writeFileSync(file, v2.join(''));
    const series = readSeries(file, { series: 2 });
    expect(series.ok).toBe(false);
    if (!series.ok) expect(series.diagnostics[0]?.code).toBe('no-such-series');
  });

  it('sorts mails that arrived in reverse', () => {
    const series = readMails([...v3].reverse());
    expect(series.patches.map(patch => patch.index)).toEqual(numbers(12));
  });

  it('says that patch 5 of 12 is missing', () => {
    const series = readMails(v3.filter((_, at) => at !== 5));
    expect(series.missing).toEqual([5]);
    expect(series.patches).toHaveLength(11);
    expect(series.diagnostics).toMatchObject([{ code: 'missing-patch', severity: 'warning' }]);
  });

  it('puts mails without threading together', () => {
    const loose = v3.map(mail => mail.replace(/^(In-Reply-To|References): .*\n/gm, ''));
    expect(readMails(loose).patches).toHaveLength(12);
  });

  it('replaces a patch by its v3.1', () => {
    const patch = v3[4] ?? '';
    const mended = patch
      .replace('[PATCH v3 04/12]', '[PATCH v3.1 04/12]')
      .replace(/^Message-I[dD]: .*$/m, 'Message-ID: <mended@example.org>');
    const series = readMails([...v3, mended]);
    expect(series.version).toBe('v3');
    expect(series.patches[3]?.messageId).toBe('mended@example.org');
    expect(series.diagnostics.map(each => each.code)).toEqual(['patch-replaced']);
  });

  it('reports a second mail with the same place', () => {
    const twice = (v3[4] ?? '').replace(/^Message-I[dD]: .*$/m, 'Message-ID: <x@example.org>');
    const again = readMails([...v3, twice]);
    expect(again.patches).toHaveLength(12);
    expect(again.diagnostics.map(each => each.code)).toEqual(['duplicate-patch']);
  });

  it('keeps apart two works by one sender, and takes the later', () => {
    const other = seriesMails(12, 1, { minutes: 30, id: 'other' }).map(mail =>
      mail
        .replaceAll('lib: Other numbers', 'lib: Quite another thing')
        .replace(/: step/, ': thing'),
    );
    const series = readMails([...other, ...v2]);
    expect(series.candidates).toHaveLength(2);
    expect(series.version).toBe('v2');
  });
});

describe('folders', () => {
  it('reads the output of format-patch', () => {
    const folder = join(dir, 'patches');
    mkdirSync(folder);
    for (const [at, mail] of v3.entries()) {
      writeFileSync(join(folder, `${String(at).padStart(4, '0')}-x.patch`), mail);
    }
    writeFileSync(join(folder, 'notes.txt'), 'not a patch\n');
    const series = readSeries(folder);
    expect(series.ok && series.value.patches.length).toBe(12);
  });

  it('reads a maildir', () => {
    const folder = join(dir, 'maildir');
    for (const sub of ['cur', 'new', 'tmp']) mkdirSync(join(folder, sub), { recursive: true });
    for (const [at, mail] of v3.entries()) {
      const body = mail.replace(/^From .*\n/, '');
      writeFileSync(join(folder, at % 2 === 0 ? 'cur' : 'new', `${at}.host:2,S`), body);
    }
    const series = readSeries(folder);
    expect(series.ok && series.value.patches.length).toBe(12);
  });

  it('says that a folder is empty', () => {
    const folder = join(dir, 'nothing');
    mkdirSync(folder);
    const series = readSeries(folder);
    expect(series.ok).toBe(false);
    if (!series.ok) expect(series.diagnostics[0]?.code).toBe('empty-input');
  });
});
