import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { seriesData } from '../../../src/cli/series-data.ts';
import { buildTrees } from '../../../src/diff/build-trees.ts';
import { readSeries } from '../../../src/diff/read-series.ts';
import { tokensEqual } from '../../../src/diff/tokens.ts';
import type { Series, Trees } from '../../../src/diff/types.ts';
import { kernelTree, kernelVersions } from '../trees.ts';

const dir = mkdtempSync(join(tmpdir(), 'test-mmudelta-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const [from, to] = [kernelVersions().at(-2), kernelVersions().at(-1)];
const old = from === undefined ? null : kernelTree(from);
const now = to === undefined ? null : kernelTree(to);

/** What changed in KVM from one kernel to the next, one file per mail. */
function realMails(count: number): string[] {
  if (old === null || now === null) return [];
  const folders = [join(old, 'arch/x86/kvm'), join(now, 'arch/x86/kvm')];
  const args = ['diff', '--no-index', '--no-ext-diff', '--no-renames', ...folders];
  const { stdout } = spawnSync('git', args, { encoding: 'utf8', maxBuffer: 1 << 29 });
  const named = stdout.replaceAll(`a${old}/`, 'a/').replaceAll(`b${now}/`, 'b/');
  const diffs = named.split(/^(?=diff --git )/m).filter(text => /\.[ch]\n/.test(text));
  const modified = diffs.filter(text => /^@@ /m.test(text) && !text.includes('/dev/null'));
  return modified.slice(0, count).map((diff, at, all) => {
    const head = [
      'From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001',
      'From: Ada Counter <ada@example.org>',
      'Date: Mon, 5 Jan 2026 12:00:00 +0000',
      `Subject: [PATCH ${at + 1}/${all.length}] KVM: x86: File by file`,
      `Message-ID: <${at + 1}@example.org>`,
      '',
      'The next version of this file.',
      '---',
      '',
    ];
    return `${head.join('\n')}${diff}-- \n2.39.5\n\n`;
  });
}

/** As a web archive shows a mail: no blank or tab at the start of a line, none after a mark. */
function damage(mail: string): string {
  const [head = '', ...rest] = mail.split('\n---\n');
  const subject = /^Subject: (.*)$/m.exec(head)?.[1] ?? '';
  const lines = rest.join('\n---\n').split('\n');
  const lost = lines.map(line => {
    if (/^(diff |index |@@ |--- |\+\+\+ )/.test(line)) return line;
    if (line === '-- ') return '--';
    if (!/^[+-]/.test(line)) return line.trimStart();
    return `${line[0]}${line.slice(1).replace(/^\s+/, ' ')}`.trimEnd();
  });
  const body = head.slice(head.indexOf('\n\n') + 2);
  return [subject, '', 'From: Ada Counter', '', '', body, '---', ...lost].join('\n');
}

function read(name: string, text: string): Series {
  const file = join(dir, name);
  writeFileSync(file, text);
  const series = readSeries(file);
  if (!series.ok) throw new Error(JSON.stringify(series.diagnostics));
  return series.value;
}

function build(series: Series, tree: string): Trees {
  const trees = buildTrees(series, tree);
  if (!trees.ok) throw new Error(JSON.stringify(trees.diagnostics));
  return trees.value;
}

describe.skipIf(old === null || now === null)('a series on a real kernel', () => {
  it('of 30 patches is read, applied and scanned in about 2 s', () => {
    const mails = realMails(30).join('');
    const started = performance.now();
    const series = read('series.mbox', mails);
    const trees = build(series, old ?? '');
    const data = seriesData(
      {
        input: '',
        embeddedInput: false,
        series,
        treePath: old ?? '',
        embeddedTree: false,
        trees,
        diagnostics: trees.diagnostics,
      },
      '0',
    );
    const ms = performance.now() - started;
    expect(data.diagnostics.filter(each => each.severity === 'error')).toEqual([]);
    expect(data.patches.every(patch => patch.status === 'applied')).toBe(true);
    expect(data.patches.flatMap(patch => patch.helpers).length).toBeGreaterThan(30);
    for (const [at, patch] of data.patches.entries()) {
      const path = patch.files[0]?.path ?? '';
      expect(trees.sides[at + 1]?.read(path)).toBe(readFileSync(join(now ?? '', path), 'utf8'));
    }
    trees.dispose();
    console.log(`30 patches, ${mails.length} bytes, in ${ms.toFixed(0)} ms`);
  });

  it('reads 1,500 headers of a side, also without a work tree', () => {
    const bare = join(dir, 'bare.git');
    execFileSync('git', ['clone', '-q', '--bare', '--shared', old ?? '', bare]);
    const headers = execFileSync('git', ['-C', old ?? '', 'ls-files', 'include/linux'], {
      encoding: 'utf8',
    });
    const paths = headers
      .split('\n')
      .filter(path => path.endsWith('.h'))
      .slice(0, 1500);
    const series = read('one.mbox', realMails(1).join(''));
    for (const tree of [old ?? '', bare]) {
      const trees = build(series, tree);
      const started = performance.now();
      const bytes = paths.reduce((sum, path) => sum + (trees.sides[1]?.read(path)?.length ?? 0), 0);
      const ms = performance.now() - started;
      console.log(`${paths.length} headers, ${bytes} characters in ${ms.toFixed(0)} ms`);
      expect(bytes).toBeGreaterThan(1_000_000);
      trees.dispose();
    }
  });

  it('is repaired to the same tokens when a web archive ate its blanks, or refused', () => {
    let repaired = 0;
    let refused = 0;
    for (const [at, mail] of realMails(40).entries()) {
      const one = mail.replace(/\[PATCH \d+\/\d+\]/, '[PATCH]');
      const trees = build(read(`${at}.txt`, damage(one)), old ?? '');
      const after = trees.sides[1];
      if (after === undefined) {
        const codes = trees.diagnostics.map(each => each.code);
        expect(codes.includes('not-reconstructed') || codes.includes('patch-does-not-apply')).toBe(
          true,
        );
        refused++;
      } else {
        const path = trees.patches[0]?.files[0]?.newPath ?? '';
        const want = readFileSync(join(now ?? '', path), 'utf8');
        expect(tokensEqual(after.read(path) ?? '', want), path).toBe(true);
        repaired++;
      }
      trees.dispose();
    }
    console.log(`${repaired} repaired, ${refused} refused`);
    expect(repaired).toBeGreaterThan(refused);
  });
});

// A real damaged mail, kept beside the project and not part of it.
const beside = fileURLToPath(new URL('../../../../shared/', import.meta.url));
const seed = join(beside, 'seeds', '002_a6c62d8d2d1ad394.txt');
const [v72, v612] = [kernelTree('7.2.13'), kernelTree('6.12.94')];

describe.skipIf(!existsSync(seed) || v72 === null || v612 === null)('a real damaged mail', () => {
  const series = existsSync(seed) ? readSeries(seed) : null;

  it('is repaired, applied and labelled on the tree it was made for', () => {
    const base = join(dir, 'base');
    const script = join(beside, 'corpus', 'apply.mjs');
    const edits = join(beside, 'corpus', 'seed-002-base.json');
    execFileSync('node', [script, edits, '--worktree', base], {
      env: { ...process.env, CORPUS_TREES: join(v72 ?? '', '..') },
      stdio: 'pipe',
    });
    if (series === null || !series.ok) throw new Error('not read');
    const trees = build(series.value, base);
    expect(trees.reconstructed).toBe(true);
    const file = 'arch/x86/kvm/mmu/mmu.c';
    const upstream = readFileSync(join(v72 ?? '', file), 'utf8');
    const after = trees.sides[1]?.read(file) ?? '';
    // The version at hand has later changes in the function, too; the front half is there in both.
    expect(after).toContain('__kvm_mmu_zap_all_fast_front_half(kvm);');
    expect(after).not.toContain('kvm_memslot_flush_zap_all');
    expect(upstream).not.toContain('kvm_memslot_flush_zap_all');
    trees.dispose();
  });

  it.each([
    ['7.2.13', v72],
    ['6.12.94', v612],
  ])('is refused on plain %s, with the hunk and what stands there', (_, tree) => {
    if (series === null || !series.ok) throw new Error('not read');
    const trees = build(series.value, tree ?? '');
    expect(trees.sides).toHaveLength(1);
    const [found] = trees.diagnostics.filter(each => each.severity === 'error');
    expect(found).toMatchObject({ code: 'not-reconstructed', patch: 9 });
    expect(found?.message).toMatch(
      /hunk 1 of 2 of arch\/x86\/kvm\/mmu\/mmu\.c: expected `.*`, but at line/,
    );
    trees.dispose();
  });
});
