import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

function ask(...args: string[]) {
  const run = spawnSync(
    join(root, 'node_modules', '.bin', 'tsx'),
    [join(root, 'src', 'cli', 'main.ts'), 'ask', ...args],
    { encoding: 'utf8', env: { ...process.env, COLUMNS: '80' } },
  );
  return { status: run.status, out: run.stdout, err: run.stderr };
}

const question = 'who holds root-reference at kvm_tdp_mmu_zap_invalidated_roots';
const only = ['--scenario', 'vm-destroy'];

describe('mmudelta ask', { timeout: 120_000 }, () => {
  test('says who, how, and by which steps', () => {
    const { status, out, err } = ask(question, ...only);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toContain(`${question}\ntree  the embedded tree`);
    expect(out).toMatch(/^1\. destroyer: in kvm_mmu_uninit_tdp_mmu\(\)/m);
    expect(out).toMatch(/^ {3}taken by kvm_tdp_mmu_get_root\(\)/m);
    expect(out).toMatch(/^ {2}vm-destroy: \d+ states, all schedules$/m);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('the same as data, as the schema says', () => {
    const { status, out } = ask(question, ...only, '--format', 'json');
    expect(status).toBe(0);
    const data = JSON.parse(out);
    const schema = JSON.parse(readFileSync(join(root, 'docs', 'schema', 'ask.json'), 'utf8'));
    const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema);
    expect(validate(data), JSON.stringify(validate.errors)).toBe(true);
    expect(data).toMatchObject({ answer: 'somebody', exhaustive: true, unknown: null });
  });

  test.each([
    [['who knows'], 2, 'column 5: holds, takes, puts should stand here'],
    [[question, '--scenario', 'none'], 2, 'there is no scenario none'],
    [[question, '--tree', '/no/such/tree'], 2, ''],
    [['who holds root-reference at nothing_of_this_name', ...only], 3, ''],
  ])('%j exits with %i', (args, status, message) => {
    const run = ask(...args);
    expect(run.status).toBe(status);
    expect(run.err).toContain(message);
  });

  test('help stays within 80 columns and shows an example', () => {
    const { out } = ask('--help');
    expect(out).toContain('mmudelta ask "who holds');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});
