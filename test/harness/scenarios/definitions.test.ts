import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { scenarioPage } from '../../../scripts/scenario-docs.ts';
import { driverFiles } from '../../../src/harness/drivers/driver-files.ts';
import { replacedBodies } from '../../../src/harness/drivers/replaced.ts';
import { invariants } from '../../../src/harness/invariants/all.ts';
import { findScenario, scenarios } from '../../../src/harness/scenarios/all.ts';
import { baseId } from '../../../src/harness/scenarios/variants.ts';

const root = new URL('../../../', import.meta.url);
const text = (path: string) => readFileSync(new URL(path, root), 'utf8');
const drivers = driverFiles.map(name => text(`src/harness/drivers/${name}`)).join('\n');

const filesOf = (folder: string, others: readonly string[]) =>
  readdirSync(new URL(folder, root))
    .filter(name => name.endsWith('.ts') && !others.includes(name))
    .map(name => name.slice(0, -3))
    .sort();

describe('drivers', () => {
  test('every driver file is parsed', () => {
    const onDisk = readdirSync(new URL('src/harness/drivers/', root)).filter(n => n.endsWith('.c'));
    expect([...driverFiles].sort()).toEqual(onDisk.sort());
  });

  test('the table of replaced bodies names exactly what the drivers replace', () => {
    const replaced = [...drivers.matchAll(/^(?!\t).*\bmmd_replace__(\w+)\(/gm)].map(m => m[1]);
    const calls = [...drivers.matchAll(/^(?!\t).*\bmmd_static_call__(\w+)\(/gm)].map(
      m => `static_call(${m[1]})`,
    );
    const inDrivers = [...new Set([...replaced, ...calls])].sort();
    expect(replacedBodies.map(b => b.name).sort()).toEqual(inDrivers);
  });

  test('every intrinsic that the prelude declares is in the contract', () => {
    const contract = text('src/harness/drivers/INTRINSICS.md');
    const prelude = text('src/harness/drivers/prelude.c');
    const declared = [...prelude.matchAll(/^(?:int|u64|void) (mmd_\w+)\([^)]*\);$/gm)].map(
      m => m[1],
    );
    expect(declared.length).toBeGreaterThan(15);
    for (const name of declared) expect(contract, name).toContain(`${name}(`);
  });
});

describe('definitions', () => {
  test('one file per scenario, and all are listed', () => {
    // Variants are made of these.
    const single = scenarios.map(s => s.id).filter(id => baseId(id) === id);
    expect(single.sort()).toEqual(
      filesOf('src/harness/scenarios/', ['all.ts', 'scenario.ts', 'variants.ts']),
    );
  });

  test('the page of scenarios says what their definitions say', () => {
    const page = text('docs/scenarios.md');
    expect(page).toBe(scenarioPage(page));
  });

  test('one file per invariant, and all are listed', () => {
    const ids = invariants.map(i => i.id).sort();
    expect(ids).toEqual(
      filesOf('src/harness/invariants/', ['all.ts', 'invariant.ts', 'standing.ts']),
    );
  });

  test.each(scenarios.map(s => [s.id, s] as const))('%s is well formed', (id, scenario) => {
    expect(findScenario(id)).toBe(scenario);
    expect(scenario.threads.length).toBeGreaterThan(0);
    expect(scenario.entryPoints.length).toBeGreaterThan(0);
    for (const thread of scenario.threads) expect(drivers).toContain(`void ${thread.entry}(`);
    const vcpus = scenario.threads.filter(t => t.vcpu !== null).map(t => t.vcpu);
    expect(vcpus).toEqual(vcpus.map((_, i) => i));
    expect(Number(scenario.defines['MMD_NR_VCPUS'] ?? 1)).toBe(Math.max(1, vcpus.length));
    for (const name of Object.keys(scenario.defines)) {
      if (name === 'MMD_TRACK_DIRTY') continue;
      expect(drivers, name).toMatch(new RegExp(`^#define ${name} `, 'm'));
    }
  });

  test.each(scenarios.map(s => [s.id, s] as const))('%s is documented', id => {
    expect(text('docs/scenarios.md')).toContain(`## ${baseId(id)}\n`);
  });

  test.each(invariants.map(i => [i.id, i] as const))('%s is documented', (id, invariant) => {
    expect(invariant.example.length).toBeGreaterThan(0);
    expect(text('docs/invariants.md')).toContain(`### ${id}\n\n${invariant.says}`);
  });
});
