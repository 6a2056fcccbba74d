import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kvmConfig } from '../../../src/semantics/c/config.ts';
import { FrontCache, loadUnits } from '../../../src/semantics/c/front.ts';
import { parseAllBodies } from '../../../src/semantics/c/parse.ts';
import { opaqueNames, shims } from '../../../src/semantics/c/shims.ts';
import { diskReader, hasTree, kernelVersions, mmuFiles, treeRoot } from './kernel-tree.ts';

const version = kernelVersions.filter(hasTree).at(-1);
const pieces = [
  '{',
  '}',
  '(',
  ')',
  ';',
  '"',
  "'",
  '/*',
  '*/',
  '\\',
  '#',
  '##',
  '\n#endif\n',
  '\n#if 1\n',
  'typedef ',
];
const targets = [...mmuFiles, 'arch/x86/kvm/mmu/mmu_internal.h', 'arch/x86/kvm/mmu/paging_tmpl.h'];

describe.skipIf(version === undefined)('damaged kernel sources', () => {
  test('are read to the end, and every complaint has a place', () => {
    const disk = diskReader(treeRoot(version as string));
    const cache = new FrontCache();
    const options = { config: kvmConfig, overrides: '', opaque: opaqueNames, shims, cache };
    const damage = fc.record({
      file: fc.constantFrom(...targets),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      drop: fc.nat({ max: 40 }),
      insert: fc.constantFrom('', ...pieces),
    });
    fc.assert(
      fc.property(damage, ({ file, at, drop, insert }) => {
        const text = disk.read(file) ?? '';
        const from = Math.floor(at * text.length);
        const damaged = text.slice(0, from) + insert + text.slice(from + drop);
        const reader = { read: (p: string) => (p === file ? damaged : disk.read(p)) };
        const loaded = loadUnits(reader, mmuFiles, options);
        const found = [...loaded.diagnostics, ...parseAllBodies(loaded.unit.externals)];
        for (const d of found) {
          expect(d.code).toMatch(/^c\//);
          expect(d.file).not.toBe('');
        }
      }),
      { numRuns: 60 },
    );
  });
});
