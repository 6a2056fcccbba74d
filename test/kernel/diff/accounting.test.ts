import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { git, noConfiguration } from '../../../src/diff/git.ts';
import { printDiff } from '../../../src/diff/print-diff.ts';
import type { FileChange } from '../../../src/diff/types.ts';
import { parseUnifiedDiff } from '../../../src/diff/unified-diff.ts';
import { kernelTree, kernelVersions } from '../trees.ts';

const versions = kernelVersions();
const pairs = versions.slice(1).map((to, at) => [versions[at] ?? '', to] as const);
// A machine with two kernels only must check as many.
const filesPerPair = Math.max(200, Math.ceil(400 / Math.max(1, pairs.length)));

/** The first differing files between two kernels' KVM code, each as its own diff text. */
function realDiffs(from: string, to: string): string[] {
  const [left, right] = [kernelTree(from), kernelTree(to)];
  if (left === null || right === null) return [];
  const out: string[] = [];
  for (const folder of ['arch/x86/kvm', 'virt/kvm', 'include/linux', 'arch/x86/include']) {
    const args = [
      'diff',
      '--no-index',
      '--no-ext-diff',
      '--no-renames',
      join(left, folder),
      join(right, folder),
    ];
    const { stdout } = spawnSync('git', args, { encoding: 'utf8', maxBuffer: 1 << 29 });
    // As a mail would name them: below the tree's root.
    const named = stdout.replaceAll(`a${left}/`, 'a/').replaceAll(`b${right}/`, 'b/');
    out.push(...named.split(/^(?=diff --git )/m).filter(text => /^@@ /m.test(text)));
    if (out.length >= filesPerPair) break;
  }
  return out.slice(0, filesPerPair);
}

function gitAccepts(diff: string): { added: number; deleted: number } | null {
  const { status, stdout } = git(['apply', '--numstat', '-p1', '-'], {
    cwd: '/',
    input: diff,
    env: noConfiguration,
  });
  if (status !== 0) return null;
  const rows = stdout.toString('utf8').trim().split('\n');
  const sum = (column: number) =>
    rows.reduce((total, row) => total + Number(row.split('\t')[column] ?? 0), 0);
  return { added: sum(0), deleted: sum(1) };
}

function counts(files: readonly FileChange[]): { added: number; deleted: number } {
  const lines = files.flatMap(file => file.hunks.flatMap(hunk => hunk.lines));
  const count = (kind: string) => lines.filter(line => line.kind === kind).length;
  return { added: count('add'), deleted: count('delete') };
}

/** One damage per diff, another one each time, by the diff's number alone. */
function damage(diff: string, seed: number): string {
  const lines = diff.split('\n');
  const first = lines.findIndex(line => line.startsWith('@@ ')) + 1;
  const at = first + ((seed * 7919) % Math.max(1, lines.length - first - 2));
  const line = lines[at] ?? '';
  const kind = seed % 3;
  if (kind === 0) lines.splice(at, 1);
  else if (kind === 1) lines.splice(at + 1);
  else lines.splice(at, 1, line.slice(0, 20), line.slice(20));
  return `${lines.join('\n')}\n`;
}

describe.skipIf(pairs.length === 0)('diffs between real kernels', () => {
  it('are counted without a false alarm, and damage that git catches is caught', () => {
    let checked = 0;
    let caught = 0;
    for (const [from, to] of pairs) {
      for (const [number, diff] of realDiffs(from, to).entries()) {
        const parsed = parseUnifiedDiff(diff);
        expect(parsed.problems, `${from} to ${to}: ${diff.slice(0, 200)}`).toEqual([]);
        expect(counts(parsed.files)).toEqual(gitAccepts(diff));
        const again = parseUnifiedDiff(printDiff(parsed.files));
        expect(again.files.map(file => file.hunks.map(h => h.lines))).toEqual(
          parsed.files.map(file => file.hunks.map(h => h.lines)),
        );
        checked++;
        const broken = damage(diff, number);
        if (gitAccepts(broken) !== null) continue;
        caught++;
        expect(parseUnifiedDiff(broken).problems, broken.slice(0, 2000)).not.toEqual([]);
      }
    }
    expect(checked).toBeGreaterThanOrEqual(300);
    expect(caught).toBeGreaterThan(checked / 4);
    console.log(`${checked} diffs, ${caught} damaged ones caught`);
  });
});
