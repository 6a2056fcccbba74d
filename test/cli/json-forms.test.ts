import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, test } from 'vitest';
import { invariants } from '../../src/harness/invariants/all.ts';
import { scenarios } from '../../src/harness/scenarios/all.ts';
import type { CheckResult } from '../../src/result.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'json-forms-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const schemas = readdirSync(join(root, 'docs/schema')).map(name => name.replace(/\.json$/, ''));
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
for (const name of schemas) {
  const schema = JSON.parse(readFileSync(join(root, `docs/schema/${name}.json`), 'utf8'));
  ajv.addSchema(schema, name);
}

function run(...args: readonly string[]) {
  const main = join(root, 'src/cli/main.ts');
  return spawnSync(process.execPath, ['--import', 'tsx', main, ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
}

function validated<T>(schema: string, text: string): T {
  const data = JSON.parse(text) as T;
  const validate = ajv.getSchema(schema);
  if (validate === undefined) throw new Error(`no schema ${schema}`);
  validate(data);
  expect(validate.errors ?? []).toEqual([]);
  return data;
}

const series = 'patches/put-root-foreign-put/series.mbox';
const report = join(scratch, 'report.json');
/** One scenario, which breaks; with store buffers, to see that they are said. */
const scenario = ['--scenario', 'zap-all-fast-unload'];
const checkArgs = ['check', series, ...scenario, '--memory', 'tso'];

test('every form has a schema', () => {
  const forms = ['check', 'doctor', 'invariants', 'litmus', 'models', 'replay', 'series'];
  for (const form of forms) expect(schemas).toContain(form);
});

describe('real output', () => {
  test('of check, and of a replay of it', () => {
    const checked = run(...checkArgs, '--format', 'json', '-o', report);
    expect(checked.status, checked.stderr).toBe(1);
    const result = validated<CheckResult>('check', readFileSync(report, 'utf8'));
    expect(result.memory).toBe('tso');
    expect(result.diagnostics.find(d => d.code === 'bounds')?.message).toContain('x86-TSO');
    const violations = result.patches.flatMap(p => p.violations);
    const counterexample = violations.find(v => v.counterexample !== null)?.counterexample;
    expect(counterexample?.replay.memory).toBe('tso');
    expect(result.tool.arguments).toEqual(expect.arrayContaining(['--memory', 'tso']));

    const replayed = run('replay', report, '--format', 'json');
    expect(replayed.status, replayed.stderr).toBe(0);
    const replay = validated<{ reproduced: boolean; counterexample: unknown }>(
      'replay',
      replayed.stdout,
    );
    expect(replay.reproduced).toBe(true);
    expect(replay.counterexample).toEqual(counterexample);
    expect(run('replay', report).stdout).toMatch(/^reproduced: /m);
  }, 240_000);

  test('of a replay that does not come to the same end', () => {
    const text = readFileSync(report, 'utf8').replaceAll(/"label": "starts"/g, '"label": "stops"');
    const changed = join(scratch, 'changed.json');
    writeFileSync(changed, text);
    const replayed = run('replay', changed, '--format', 'json');
    expect(replayed.status).toBe(1);
    expect(validated<{ reproduced: boolean }>('replay', replayed.stdout).reproduced).toBe(false);
  }, 240_000);

  test('of invariants', () => {
    const { stdout } = run('invariants', '--format', 'json');
    const data = validated<{ invariants: unknown[] }>('invariants', stdout);
    expect(data.invariants).toEqual(invariants.map(i => ({ ...i })));
  });

  test('of series', () => {
    validated('series', run('series', series, '--format', 'json').stdout);
  });

  test('of doctor, which counts scenarios and rules', () => {
    const { stdout, status } = run('doctor', '--format', 'json');
    expect(status).toBe(0);
    const data = validated<{
      scenarios: { total: number; unfit: { id: string }[] };
      invariants: { total: number; unbound: { id: string }[] };
    }>('doctor', stdout);
    expect(data.scenarios.total).toBe(scenarios.length);
    expect(data.scenarios.unfit.map(s => s.id)).toContain('nested-unmap');
    expect(data.scenarios.unfit.map(s => s.id)).not.toContain('unmap');
    expect(data.invariants.unbound).toEqual([]);
  }, 60_000);
});

describe('what is refused', () => {
  const config = join(scratch, 'arm.config');
  writeFileSync(config, 'CONFIG_ARM64=y\n');

  test.each([
    [['--scenario', 'unmapp'], 'no-such-scenario', 'unmap'],
    [['--exclude', 'unmapp'], 'no-such-scenario', 'unmap'],
    [['--config', join(scratch, 'nowhere')], 'bad-config', 'nowhere'],
    [['--config', config], 'bad-config', 'CONFIG_X86_64'],
  ])('check %j', (args, code, said) => {
    const done = run('check', series, ...args, '--format', 'json');
    expect(done.status).toBe(2);
    const { diagnostics } = validated<CheckResult>('check', done.stdout);
    expect(diagnostics.map(d => d.code)).toEqual([code]);
    expect(JSON.stringify(diagnostics)).toContain(said);
  });

  test.each([['--levels=5'], ['--levels=two'], ['--yields=-1'], ['--jobs=0'], ['--memory=arm']])(
    'check %s',
    option => {
      const done = run('check', option);
      expect(done.status).toBe(2);
      expect(done.stderr).toContain(option.split('=')[0]);
    },
  );
});

test('something outside of its definition checks each rule', () => {
  const files = (readdirSync(join(root, 'src'), { recursive: true }) as string[]).filter(
    name =>
      /\.(?:ts|c)$/.test(name) &&
      /^(?:semantics|harness)/.test(name) &&
      !name.includes('invariants'),
  );
  const text = files.map(name => readFileSync(join(root, 'src', name), 'utf8')).join('\n');
  const idle = invariants
    .map(i => i.id)
    .filter(id => !new RegExp(`['"]${id}(?:['"]|: )`).test(text));
  expect(idle).toEqual([]);
});
