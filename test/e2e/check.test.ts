import { describe, expect, it } from 'vitest';
import { runCheck } from '../../src/cli/run-check.ts';
import { isJudgedAsExpected, mailboxOf, shortSeries } from './example-series.ts';

const check = (name: string) => runCheck(mailboxOf(name), {});

describe('mmudelta check on the example series', () => {
  it.each(shortSeries)('%s is judged as expected', isJudgedAsExpected, 240_000);

  it('proves a refactoring without a search, and searches it when asked for a scenario', async () => {
    const proved = (await check('zap-halves')).result;
    expect(proved.diagnostics.map(d => d.code)).toContain('equal-code');
    const listed = proved.patches[0]?.scenarios ?? [];
    expect(listed.map(s => s.id)).toContain('memslot-delete');
    expect(listed.filter(s => s.ran)).toEqual([]);
    const searched = await runCheck(mailboxOf('zap-halves'), {
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
