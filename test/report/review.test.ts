import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rawMails } from './samples/mail.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'mmudelta review '));
  writeFileSync(join(dir, 'series.mbox'), rawMails['mbox'] ?? '', 'latin1');
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

function review(args: readonly string[], input = ''): { status: number; out: string; err: string } {
  const run = spawnSync(
    at('../../node_modules/.bin/tsx'),
    [at('support/fake-main.ts'), 'review', ...args],
    { cwd: dir, encoding: 'utf8', input },
  );
  return { status: run.status ?? 99, out: run.stdout, err: run.stderr };
}

test('writes a draft, and does not write over it', () => {
  const first = review(['series.mbox', '--out', 'drafts']);
  expect(first.status).toBe(1);
  expect(first.out).toContain('broken: patch 2/2 breaks');
  const names = readdirSync(join(dir, 'drafts'));
  expect(names).toEqual(['0002-kvm-x86-mmu-query-the-zap-all-quirk-where-it-is-need.eml']);
  const file = join(dir, 'drafts', names[0] ?? '');
  expect(readFileSync(file, 'utf8')).toContain('In-Reply-To: <20260630222728.1-3-ada@example.org>');
  writeFileSync(file, 'edited');
  const second = review(['series.mbox', '--out', 'drafts']);
  expect([second.status, /--force/.test(second.err)]).toEqual([2, true]);
  expect(readFileSync(file, 'utf8')).toBe('edited');
  expect(review(['series.mbox', '--out', 'drafts', '--force']).status).toBe(1);
  expect(readFileSync(file, 'utf8')).not.toBe('edited');
});

test('answers b4 with one check on standard output', () => {
  const { status, out } = review(['-', '--b4'], rawMails['8bit']);
  expect(status).toBe(0);
  const checks: unknown = JSON.parse(out);
  expect(checks).toMatchObject([{ tool: 'mmudelta', status: 'fail', url: '' }]);
});

test('wants to know where drafts go', () => {
  expect(review(['series.mbox'])).toMatchObject({ status: 2, out: '' });
});
