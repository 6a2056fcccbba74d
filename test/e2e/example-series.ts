/** The series of patches/, and what each of them is to come to. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { runCheck } from '../../src/cli/run-check.ts';
import { exitStatus } from '../../src/result.ts';

const root = fileURLToPath(new URL('../../patches', import.meta.url));

interface Expected {
  readonly patches: readonly {
    readonly verdict: string;
    readonly nfc: boolean | null;
    readonly invariants: readonly string[];
  }[];
  readonly exit: number;
}

/** Half a minute each: they run with the tests on real kernels. */
export const longSeries = ['break-then-repair', 'defer-zap', 'zap-before-return'];
export const shortSeries = readdirSync(root).filter(name => !longSeries.includes(name));

export const mailboxOf = (name: string): string => join(root, name, 'series.mbox');

export async function isJudgedAsExpected(name: string): Promise<void> {
  const want: Expected = JSON.parse(readFileSync(join(root, name, 'expected.json'), 'utf8'));
  const { result } = await runCheck(mailboxOf(name), {});
  expect(result.patches.map(p => p.verdict)).toEqual(want.patches.map(p => p.verdict));
  expect(exitStatus(result)).toBe(want.exit);
  result.patches.forEach((patch, k) => {
    expect(patch.nfc.claimed ? patch.nfc.holds : null).toBe(want.patches[k]?.nfc);
    const introduced = patch.violations.filter(v => v.status === 'introduced');
    for (const v of introduced) expect(want.patches[k]?.invariants).toContain(v.invariant);
  });
}
