import { describe, expect, test } from 'vitest';
import { kvmConfig } from '../../../src/semantics/c/config.ts';
import type { LoadedUnit } from '../../../src/semantics/c/front.ts';
import { loadUnits } from '../../../src/semantics/c/front.ts';
import { parseAllBodies } from '../../../src/semantics/c/parse.ts';
import { opaqueNames, shims } from '../../../src/semantics/c/shims.ts';
import { printBlock, printSpec } from '../../semantics/c/print-c.ts';
import {
  diskReader,
  environmentFiles,
  hasTree,
  kernelVersions,
  mmuFiles,
  treeRoot,
} from './kernel-tree.ts';

const versions = kernelVersions.filter(hasTree);

function loadTree(version: string, files: readonly string[], plain = false): LoadedUnit {
  return loadUnits(diskReader(treeRoot(version)), files, {
    config: kvmConfig,
    overrides: '',
    opaque: plain ? new Set() : opaqueNames,
    shims: plain ? '' : shims,
  });
}

function definedIn(loaded: LoadedUnit, files: readonly string[]): string[] {
  const wanted = new Set(files);
  return loaded.unit.externals.flatMap(e =>
    e.kind === 'function' && wanted.has(loaded.unit.tokens[e.at]?.file ?? '') ? [e.name] : [],
  );
}

describe.skipIf(versions.length === 0)('whole units of a tree that was never built', () => {
  test.each(versions)('%s: the MMU as one unit, every body', version => {
    const loaded = loadTree(version, mmuFiles);
    expect(loaded.diagnostics).toEqual([]);
    expect(parseAllBodies(loaded.unit.externals)).toEqual([]);
    const names = definedIn(loaded, mmuFiles);
    expect(names.length).toBeGreaterThan(300);
    expect(names).toContain('kvm_mmu_load');
    expect(names).toContain('tdp_iter_next');
  });

  test.each(versions)('%s: the MMU with nothing opaque and no shims', version => {
    const loaded = loadTree(version, mmuFiles, true);
    expect(loaded.diagnostics).toEqual([]);
    expect(parseAllBodies(loaded.unit.externals)).toEqual([]);
  });

  test.each(versions.flatMap(v => environmentFiles.map(f => [v, f] as const)))(
    '%s: %s',
    (version, file) => {
      const loaded = loadTree(version, [file]);
      expect(loaded.diagnostics).toEqual([]);
      expect(parseAllBodies(loaded.unit.externals)).toEqual([]);
      expect(definedIn(loaded, [file]).length).toBeGreaterThan(150);
    },
  );

  test.each(versions)('%s: the MMU and its environment as one unit', version => {
    const loaded = loadTree(version, [...mmuFiles, ...environmentFiles]);
    expect(loaded.diagnostics).toEqual([]);
    expect(parseAllBodies(loaded.unit.externals)).toEqual([]);
    expect(definedIn(loaded, environmentFiles).length).toBeGreaterThan(600);
  });

  test.each(versions)('%s: printing a body and reading it again changes nothing', version => {
    const loaded = loadTree(version, mmuFiles);
    const wanted = new Set(mmuFiles);
    const printed: string[] = [];
    const typedefs: string[] = [];
    for (const e of loaded.unit.externals) {
      if (e.kind === 'declaration' && e.spec.storage.includes('typedef')) {
        typedefs.push(...e.items.map(i => `typedef int ${i.declarator.name};`));
      }
      if (e.kind !== 'function' || !wanted.has(loaded.unit.tokens[e.at]?.file ?? '')) continue;
      printed.push(printBlock(e.body()));
      expect(printSpec(e.spec)).not.toBe('');
    }
    const text = `${typedefs.join('\n')}\n${printed.map((b, i) => `void f${i}(void)\n${b}`).join('\n')}`;
    const again = loadUnits({ read: p => (p === 'again.c' ? text : null) }, ['again.c'], {
      config: new Map(),
      overrides: '',
      opaque: new Set(),
    });
    expect(again.diagnostics).toEqual([]);
    const bodies = again.unit.externals.flatMap(e =>
      e.kind === 'function' ? [printBlock(e.body())] : [],
    );
    expect(bodies.length).toBe(printed.length);
    bodies.forEach((body, i) => {
      expect(body).toBe(printed[i]);
    });
  });
});
