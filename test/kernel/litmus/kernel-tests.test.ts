import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runLitmus } from '../../../src/harness/litmus/run.ts';
import { kernelTree, kernelVersions } from '../trees.ts';

const tree = kernelTree('6.12') ?? kernelTree(kernelVersions().at(-1) ?? '');
const folder = tree === null ? null : join(tree, 'tools', 'memory-model', 'litmus-tests');
const has = folder !== null && existsSync(folder);

describe.skipIf(!has)("the kernel's own litmus tests", () => {
  const files = has ? readdirSync(folder as string).filter(name => name.endsWith('.litmus')) : [];

  test('are there', () => {
    expect(files.length).toBeGreaterThan(30);
  });

  test.each(files)('%s', file => {
    const source = readFileSync(join(folder as string, file), 'utf8');
    const expected = /Result:\s*(\w+)/.exec(source)?.[1];
    const result = runLitmus(source, { memory: 'tso', maxStates: 1_000_000 });
    expect(result.exhaustive).toBe(true);
    expect(result.states.length).toBeGreaterThan(0);
    if (expected === 'Never') expect(result.observation).toBe('Never');
    if (expected === 'Always') expect(result.observation).toBe('Always');
  });
});
