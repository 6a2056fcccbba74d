import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { kvmConfig } from '../../../src/semantics/c/config.ts';
import { loadUnits } from '../../../src/semantics/c/front.ts';
import { parseAllBodies } from '../../../src/semantics/c/parse.ts';
import { opaqueNames, shims } from '../../../src/semantics/c/shims.ts';
import { diskReader, environmentFiles, mmuFiles } from '../../kernel/c/kernel-tree.ts';

const root = fileURLToPath(new URL('../../../fixtures/linux', import.meta.url));
const all = [...mmuFiles, ...environmentFiles].filter(f => existsSync(`${root}/${f}`));

describe.skipIf(all.length === 0)('the embedded fixture tree', () => {
  test('is read whole, as one unit', () => {
    const loaded = loadUnits(diskReader(root), all, {
      config: kvmConfig,
      overrides: '',
      opaque: opaqueNames,
      shims,
    });
    expect(loaded.diagnostics).toEqual([]);
    expect(parseAllBodies(loaded.unit.externals)).toEqual([]);
    expect(loaded.unit.externals.filter(e => e.kind === 'function').length).toBeGreaterThan(20);
  });
});
