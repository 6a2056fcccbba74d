import { afterAll, describe, expect, test } from 'vitest';
import { type Differential, hasGcc, prepare, randomInputs } from '../../kernel/gcc/differential.ts';
import { nastyCases, nastyText } from './nasty-c.ts';

describe.skipIf(!hasGcc())('awkward C runs lowered as gcc compiles it', () => {
  let differential: Differential | null = null;
  const ready = (): Differential => {
    differential ??= prepare({
      reader: { read: () => null },
      files: [],
      driver: nastyText,
      cases: nastyCases,
    });
    return differential;
  };
  afterAll(() => differential?.dispose());

  describe.each(['-O0', '-O2'] as const)('%s', optimise => {
    test.each(nastyCases)('%s', name => {
      const model = ready().lifter.function(name);
      expect(model?.unsupported).toEqual([]);
      expect(ready().differences(name, randomInputs(10_000, 7), optimise)).toEqual([]);
    });
  });
});
