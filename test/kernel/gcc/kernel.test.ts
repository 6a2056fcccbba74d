import { afterAll, describe, expect, test } from 'vitest';
import { diskReader, hasTree, kernelVersions, mmuFiles, treeRoot } from '../c/kernel-tree.ts';
import { type Differential, hasGcc, prepare, randomInputs } from './differential.ts';
import { driverFor, kernelCases } from './kernel-driver.ts';

const versions = kernelVersions.filter(hasTree);

describe.skipIf(!hasGcc())('helpers run lowered as gcc compiles them', () => {
  describe.each(versions)('%s', version => {
    let differential: Differential | null = null;
    const ready = (): Differential => {
      differential ??= prepare({
        reader: diskReader(treeRoot(version)),
        files: mmuFiles,
        driver: driverFor(version),
        cases: kernelCases,
      });
      return differential;
    };
    afterAll(() => differential?.dispose());

    describe.each(['-O0', '-O2'] as const)('%s', optimise => {
      test.each(kernelCases)('%s', name => {
        const it = ready();
        // A driver part that this kernel has nothing for.
        if (!it.lifter.unit.functions.has(name)) return;
        for (const model of it.lifter.closure([name]).values()) {
          const own = model.unsupported.filter(
            u => u.code !== 'no-body' && u.code !== 'static-call',
          );
          expect(own, model.name).toEqual([]);
        }
        expect(it.differences(name, randomInputs(10_000, 11), optimise)).toEqual([]);
      });
    });
  });
});
