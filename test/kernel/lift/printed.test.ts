import { afterAll, describe, expect, test } from 'vitest';
import { diskReader, hasTree, kernelVersions, mmuFiles, treeRoot } from '../c/kernel-tree.ts';
import { type Differential, hasGcc, prepare, randomInputs } from '../gcc/differential.ts';
import { type Direct, direct } from '../gcc/direct.ts';
import { driverFor, kernelCases } from '../gcc/kernel-driver.ts';
import { printedErrors } from './type-check.ts';

describe.skipIf(!hasGcc())('printed helpers', () => {
  describe.each(kernelVersions.filter(hasTree))('%s', version => {
    let differential: Differential | null = null;
    let models: Direct | null = null;
    const ready = async (): Promise<[Differential, Direct]> => {
      differential ??= prepare({
        reader: diskReader(treeRoot(version)),
        files: mmuFiles,
        driver: driverFor(version),
        cases: kernelCases,
      });
      const { functions } = differential.lifter.unit;
      models ??= await direct(
        differential.lifter,
        kernelCases.filter(name => functions.has(name)),
      );
      return [differential, models];
    };
    afterAll(() => {
      differential?.dispose();
      models?.dispose();
    });

    test.each(kernelCases)('%s runs directly as gcc compiles it', async name => {
      const [gcc, printed] = await ready();
      if (!gcc.lifter.unit.functions.has(name)) return;
      const inputs = randomInputs(500, 5);
      expect(printed.run(name, inputs)).toEqual(gcc.native(name, inputs, '-O0'));
    });

    test('every function of the MMU prints as TypeScript that type-checks strictly', async () => {
      const [gcc] = await ready();
      const { unit } = gcc.lifter;
      const names = [...unit.functions.values()]
        .filter(f => mmuFiles.includes(unit.unit.tokens[f.at]?.file ?? ''))
        .map(f => f.name);
      expect(names.length).toBeGreaterThan(250);
      expect(await printedErrors(gcc.lifter, names)).toEqual([]);
    });
  });
});
