import { afterAll, describe, expect, test } from 'vitest';
import { type Differential, hasGcc, prepare, randomInputs } from '../../kernel/gcc/differential.ts';
import { type Direct, direct } from '../../kernel/gcc/direct.ts';
import { nastyCases, nastyText } from '../lift/nasty-c.ts';

/** A jump into a loop has no structured form; the printed model says so where it would happen. */
const unprintable = new Set(['mmd_c_gotoIntoLoop']);

describe.skipIf(!hasGcc())('printed models run directly as gcc compiles the C', () => {
  let differential: Differential | null = null;
  let models: Direct | null = null;
  const ready = async (): Promise<[Differential, Direct]> => {
    differential ??= prepare({
      reader: { read: () => null },
      files: [],
      driver: nastyText,
      cases: nastyCases,
    });
    models ??= await direct(differential.lifter, nastyCases);
    return [differential, models];
  };
  afterAll(() => {
    differential?.dispose();
    models?.dispose();
  });

  test.each(nastyCases.filter(name => !unprintable.has(name)))('%s', async name => {
    const [gcc, printed] = await ready();
    const inputs = randomInputs(1000, 23);
    expect(printed.run(name, inputs)).toEqual(gcc.native(name, inputs, '-O0'));
  });

  test('a jump into a loop is said, not lost', async () => {
    const [, printed] = await ready();
    expect(() => printed.run('mmd_c_gotoIntoLoop', [[1n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]])).toThrow(
      /a jump into a block/,
    );
  });
});
