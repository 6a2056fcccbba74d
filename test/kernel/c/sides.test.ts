import { describe, expect, test } from 'vitest';
import type { Token } from '../../../src/semantics/c/ast.ts';
import { kvmConfig } from '../../../src/semantics/c/config.ts';
import { FrontCache, loadUnits } from '../../../src/semantics/c/front.ts';
import { opaqueNames, shims } from '../../../src/semantics/c/shims.ts';
import { diskReader, hasTree, kernelVersions, mmuFiles, treeRoot } from './kernel-tree.ts';

const versions = kernelVersions.filter(hasTree);
const edited = [
  'arch/x86/kvm/mmu/tdp_mmu.c',
  'arch/x86/kvm/mmu/mmu.c',
  'arch/x86/kvm/mmu/mmu_internal.h',
  'arch/x86/include/asm/kvm_host.h',
  'include/linux/kvm_host.h',
  'include/linux/list.h',
];

function differs(a: readonly Token[], b: readonly Token[]): number {
  const same = (x: Token, y: Token) =>
    x.text === y.text &&
    x.file === y.file &&
    x.line === y.line &&
    x.macro === y.macro &&
    x.spaceBefore === y.spaceBefore;
  if (a.length !== b.length) return Math.min(a.length, b.length);
  return a.findIndex((x, i) => !same(x, b[i] as Token));
}

describe.skipIf(versions.length === 0)('a side read beside others is as if read alone', () => {
  test.each(versions)('%s', version => {
    const disk = diskReader(treeRoot(version));
    const options = { config: kvmConfig, overrides: '', opaque: opaqueNames, shims };
    const cache = new FrontCache();
    loadUnits(disk, mmuFiles, { ...options, cache });
    for (const path of edited) {
      const text = disk.read(path);
      if (text === null) continue;
      // A declaration before the last conditional, or at the end: inside the include guard of a header.
      const at = path.endsWith('.h') ? text.lastIndexOf('#endif') : text.length;
      const changed = `${text.slice(0, at)}\nextern int mmudelta_added;\n${text.slice(at)}`;
      const reader = { read: (p: string) => (p === path ? changed : disk.read(p)) };
      const cached = loadUnits(reader, mmuFiles, { ...options, cache });
      const alone = loadUnits(reader, mmuFiles, options);
      expect(cached.diagnostics).toEqual([]);
      expect(differs(cached.unit.tokens, alone.unit.tokens)).toBe(-1);
      expect(cached.unit.externals.length).toBe(alone.unit.externals.length);
      const place = cached.unit.tokens.find(t => t.text === 'mmudelta_added');
      expect(place?.file).toBe(path);
    }
  });
});
