import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kvmConfig } from '../../../src/semantics/c/config.ts';
import { loadUnit } from '../../../src/semantics/c/front.ts';
import { gccTokens, hasGcc } from './gcc-oracle.ts';
import { diskReader, hasTree, kernelVersions, mmuFiles, treeRoot } from './kernel-tree.ts';

const versions = hasGcc() ? kernelVersions.filter(hasTree) : [];
let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'mmudelta-gcc-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe.skipIf(versions.length === 0)('preprocessed tokens are those of gcc -E', () => {
  const cases = versions.flatMap(version => mmuFiles.map(file => [version, file] as const));
  test.each(cases)('%s %s', { timeout: 60_000 }, (version, file) => {
    const root = treeRoot(version);
    const ours = loadUnit(diskReader(root), file, {
      config: kvmConfig,
      overrides: '',
      opaque: new Set(),
    });
    const theirs = gccTokens(root, file, join(scratch, version));
    const differs = theirs.findIndex((t, i) => ours.unit.tokens[i]?.text !== t.text);
    const around = (tokens: readonly { text: string }[]) =>
      tokens
        .slice(Math.max(0, differs - 12), differs + 8)
        .map(t => t.text)
        .join(' ');
    expect(ours.diagnostics).toEqual([]);
    if (differs >= 0) expect(around(ours.unit.tokens)).toBe(around(theirs));
    expect(ours.unit.tokens.length).toBe(theirs.length);
    expect(theirs.length).toBeGreaterThan(100_000);
  });
});
