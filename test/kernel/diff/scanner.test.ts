import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scanC } from '../../../src/diff/scan-c.ts';
import { kvmConfig } from '../../../src/semantics/c/config.ts';
import { loadUnits } from '../../../src/semantics/c/front.ts';
import { opaqueNames, shims } from '../../../src/semantics/c/shims.ts';
import { kernelTree, kernelVersions } from '../trees.ts';

const files = ['mmu/tdp_mmu.c', 'mmu/tdp_iter.c', 'mmu/spte.c', 'mmu/mmu.c'].map(
  file => `arch/x86/kvm/${file}`,
);

describe.skipIf(kernelVersions().length === 0)('the light scanner', () => {
  it.each(kernelVersions())('finds the functions that the real parser finds, in %s', version => {
    const root = kernelTree(version) ?? '';
    const read = (path: string) => {
      try {
        return readFileSync(join(root, path), 'utf8');
      } catch {
        return null;
      }
    };
    const options = { config: kvmConfig, overrides: '', opaque: opaqueNames, shims };
    const { unit } = loadUnits({ read }, files, options);
    const differ: string[] = [];
    let agreed = 0;
    for (const file of files) {
      const scanned = scanC(read(file) ?? '').entities.filter(each => each.kind === 'function');
      const ours = new Set(scanned.map(each => `${each.name} to ${each.lastLine}`));
      for (const external of unit.externals) {
        const first = unit.tokens[external.at];
        if (external.kind !== 'function' || first?.file !== file || first.macro !== null) continue;
        const theirs = `${external.name} to ${unit.tokens[external.end - 1]?.line}`;
        if (ours.has(theirs)) agreed++;
        else differ.push(`${file}: ${theirs}`);
      }
    }
    expect(differ).toEqual([]);
    expect(agreed).toBeGreaterThan(200);
  });
});
