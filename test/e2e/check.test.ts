import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCheck } from '../../src/cli/run-check.ts';
import { exitStatus } from '../../src/result.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Expected {
  readonly patches: readonly {
    readonly verdict: string;
    readonly nfc: boolean | null;
    readonly invariants: readonly string[];
  }[];
  readonly exit: number;
}

function expected(name: string): Expected {
  return JSON.parse(readFileSync(join(root, 'patches', name, 'expected.json'), 'utf8'));
}

const check = (name: string) => runCheck(join(root, 'patches', name, 'series.mbox'), {});

/** Half a minute each: with the tests on real kernels. */
const long = ['break-then-repair', 'defer-zap', 'zap-before-return'];
const names = readdirSync(join(root, 'patches'));

describe('mmudelta check on the example series', () => {
  const isJudgedAsExpected = async (name: string): Promise<void> => {
    const want = expected(name);
    const { result } = await check(name);
    expect(result.patches.map(p => p.verdict)).toEqual(want.patches.map(p => p.verdict));
    expect(exitStatus(result)).toBe(want.exit);
    result.patches.forEach((patch, k) => {
      expect(patch.nfc.claimed ? patch.nfc.holds : null).toBe(want.patches[k]?.nfc);
      const introduced = patch.violations.filter(v => v.status === 'introduced');
      for (const v of introduced) expect(want.patches[k]?.invariants).toContain(v.invariant);
    });
  };
  it.each(names.filter(n => !long.includes(n)))(
    '%s is judged as expected',
    isJudgedAsExpected,
    240_000,
  );
  it.skipIf(process.env['MMUDELTA_KERNEL_TESTS'] !== '1').each(long)(
    '%s is judged as expected',
    isJudgedAsExpected,
    240_000,
  );

  it('proves a refactoring without a search, and searches it when asked for a scenario', async () => {
    const proved = (await check('zap-halves')).result;
    expect(proved.diagnostics.map(d => d.code)).toContain('equal-code');
    const listed = proved.patches[0]?.scenarios ?? [];
    expect(listed.map(s => s.id)).toContain('memslot-delete');
    expect(listed.filter(s => s.ran)).toEqual([]);
    const searched = await runCheck(join(root, 'patches', 'zap-halves', 'series.mbox'), {
      scenario: ['memslot-delete-idle'],
    });
    expect(searched.result.diagnostics.map(d => d.code)).not.toContain('equal-code');
    expect(searched.result.patches[0]?.scenarios.filter(s => s.ran)).toHaveLength(1);
  }, 240_000);

  it('gives the same bytes twice', async () => {
    const [one, two] = [
      await check('request-outside-section'),
      await check('request-outside-section'),
    ];
    expect(JSON.stringify(one.result)).toBe(JSON.stringify(two.result));
  }, 240_000);

  it('ends a counterexample in the violation it is for', async () => {
    const { result } = await check('request-outside-section');
    const [violation] = result.patches[0]?.violations.filter(v => v.counterexample !== null) ?? [];
    expect(violation?.counterexample?.steps.length).toBeGreaterThan(5);
    expect(violation?.counterexample?.violation?.invariant).toBe(violation?.invariant);
  }, 240_000);
});
