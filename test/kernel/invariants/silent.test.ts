import { describe, expect, test } from 'vitest';
import { findScenario } from '../../../src/harness/scenarios/all.ts';
import { editedTree, runScenario } from '../../harness/scenarios/run-scenario.ts';
import { kernelTree } from '../trees.ts';

/** Kernels as they were released break nothing in the small scenarios with one vCPU. */
describe.each(['6.1', '6.12.94', '6.12.117', '7.2', '7.3'])('unmodified %s', version => {
  const tree = kernelTree(version);
  const small = [
    'zap-all-fast',
    'memslot-delete',
    'unmap',
    'dirty-log',
    'dirty-log-unmap-no-ad',
    'dirty-enable-huge',
    'dirty-clear-huge',
    'dirty-disable-unaligned',
    'nx-recovery-two',
    'release-zap-all-fast',
    'legacy-zap-all-fast',
    'legacy-dirty-disable',
    'legacy-unmap-range',
    'legacy-nx-recovery',
  ];

  test.skipIf(tree === null).each(small)('%s breaks nothing', { timeout: 120_000 }, id => {
    const result = runScenario(editedTree(tree as string), id);
    expect(result.unmodelled).toEqual([]);
    expect(result.violations.map(v => `${v.invariant}: ${v.text}`)).toEqual([]);
    expect(result.quiescent).toBeGreaterThan(0);
    // Files that a scenario is said never to enter.
    const without = findScenario(id)?.without ?? [];
    const files = new Set(result.covered.map(c => c.slice(c.indexOf(' ') + 1).split(':')[0]));
    for (const file of without) expect(files).not.toContain(file);
  });
});
