import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, test } from 'vitest';
import { doctorText, examine } from '../../../src/cli/run-doctor.ts';
import { dataOf, modelsText } from '../../../src/cli/run-models.ts';
import { loadTreeModels, type TreeModels } from '../../../src/cli/tree-models.ts';
import { compileReferences } from '../../../src/semantics/compile/from-typescript/compile.ts';
import { printedErrors } from '../../kernel/lift/type-check.ts';

function complaints(schema: string, data: unknown): unknown[] {
  const text = readFileSync(`docs/schema/${schema}.json`, 'utf8');
  const validate = new Ajv2020({ strict: false }).compile(JSON.parse(text));
  validate(JSON.parse(JSON.stringify(data)));
  return validate.errors ?? [];
}

describe('the embedded tree', () => {
  const loaded = loadTreeModels(undefined, undefined);
  const models = (): TreeModels => {
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
    return loaded.value;
  };
  afterAll(() => {
    if (loaded.ok) loaded.value.trees.dispose();
  });

  test('lifts as a whole', () => {
    const { helpers } = models();
    expect(helpers.length).toBeGreaterThan(100);
    expect(helpers.filter(h => h.status === 'unsupported')).toEqual([]);
  });

  test('prints as TypeScript that type-checks strictly', async () => {
    const { lifter, helpers } = models();
    const errors = await printedErrors(
      lifter,
      helpers.map(h => h.name),
    );
    expect(errors).toEqual([]);
  });

  test('models and doctor keep to their schemas', () => {
    const data = dataOf(models());
    expect(complaints('models', data)).toEqual([]);
    expect(modelsText(data, true)).toContain('kvm_tdp_mmu_put_root');
    const health = examine({ format: 'json' });
    expect(complaints('doctor', health)).toEqual([]);
    expect(health.healthy).toBe(true);
    expect(doctorText(health)).toContain('all well');
  });

  test('a tree that is not there is said', () => {
    const health = examine({ format: 'json', tree: '/no/such/tree' });
    expect(health.healthy).toBe(false);
    expect(complaints('doctor', health)).toEqual([]);
    expect(doctorText(health)).toContain('not usable');
  });

  test.each([
    ['the tree has no nowhere()', 'export function nowhere(): void {}'],
    ['takes', 'export function kvm_tdp_mmu_put_root(): void {}'],
    ['no member', 'export function kvm_tdp_mmu_get_root(r: X): boolean { return r.absent === 0; }'],
    ['does not have', 'export function kvm_tdp_mmu_get_root(r: X): boolean { for (;;) {} }'],
    [
      'without a first value',
      'export function kvm_tdp_mmu_get_root(r: X): boolean { let x; return true; }',
    ],
  ])('a reference that does not fit is refused: %s', async (why, text) => {
    const { models: compiled, refused } = await compileReferences(models().lifter, 'x.ts', text);
    expect([...compiled]).toEqual([]);
    expect([...refused.values()].join()).toContain(why);
  });
});
