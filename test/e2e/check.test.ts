import { readFileSync } from 'node:fs';
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

describe('mmudelta check on the example series', () => {
  it.each(['zap-halves', 'comment-only', 'rename-helper', 'request-outside-section', 'false-nfc'])(
    '%s is judged as expected',
    async name => {
      const want = expected(name);
      const { result } = await check(name);
      expect(result.patches.map(p => p.verdict)).toEqual(want.patches.map(p => p.verdict));
      expect(exitStatus(result)).toBe(want.exit);
      result.patches.forEach((patch, k) => {
        if (patch.nfc.claimed) expect(patch.nfc.holds).toBe(want.patches[k]?.nfc);
        const introduced = patch.violations.filter(v => v.status === 'introduced');
        for (const v of introduced) expect(want.patches[k]?.invariants).toContain(v.invariant);
      });
    },
    240_000,
  );

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
