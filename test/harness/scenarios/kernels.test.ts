import { describe, expect, test } from 'vitest';
import { scenarios } from '../../../src/harness/scenarios/all.ts';
import { kernelTree } from '../../kernel/trees.ts';
import { editedTree, runScenario, worldOf } from './run-scenario.ts';

const versions = ['6.1', '6.12.94', '6.12.117', '7.2', '7.3'];
const entries = [...new Set(scenarios.flatMap(s => s.threads.map(t => t.entry)))];

describe.each(versions)('%s', version => {
  const tree = kernelTree(version);

  test.skipIf(tree === null)(
    'all drivers parse and lift',
    () => {
      const { lifter, diagnostics } = worldOf(editedTree(tree as string), 'zap-all-fast');
      expect(diagnostics).toEqual([]);
      const problems: string[] = [];
      for (const entry of ['mmd_setup', ...entries]) {
        for (const model of lifter.closure([entry]).values()) {
          if (!model.loc.file.startsWith('<')) continue;
          for (const u of model.unsupported) problems.push(`${model.name}: ${u.message}`);
        }
      }
      expect([...new Set(problems)]).toEqual([]);
    },
    240_000,
  );

  test.skipIf(tree === null)(
    'the smallest scenarios come to rest and break nothing',
    () => {
      for (const id of ['zap-all-fast', 'memslot-delete', 'unmap', 'dirty-log', 'vm-destroy']) {
        const result = runScenario(editedTree(tree as string), id);
        expect(result.unmodelled, id).toEqual([]);
        expect(result.violations, id).toEqual([]);
        expect(result.quiescent, id).toBeGreaterThan(0);
      }
    },
    240_000,
  );
});
