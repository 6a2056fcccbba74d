import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { geometryOf } from '../../src/harness/geometry.ts';
import { type JobResult, runJob } from '../../src/harness/job.ts';
import { findScenario } from '../../src/harness/scenarios/all.ts';
import { buildTrace } from '../../src/harness/trace.ts';
import { loadWorld, type MachineOptions, programFor, shapeOf } from '../../src/harness/world.ts';
import { configFrom, kvmConfig } from '../../src/semantics/c/config.ts';
import { editedTree } from './scenarios/run-scenario.ts';

const root = fileURLToPath(new URL('../../fixtures/linux', import.meta.url));

function run(id: string, machine: MachineOptions): JobResult {
  const scenario = findScenario(id);
  if (scenario === null) throw new Error(`no scenario ${id}`);
  return runJob(loadWorld(editedTree(root), shapeOf(scenario)), scenario, {
    racing: [],
    full: true,
    machine,
    maxStates: 60_000,
    deadlineMs: null,
    now: () => 0,
    onProgress: null,
  });
}

const said = (job: JobResult): string[] => job.violations.map(v => `${v.invariant}: ${v.text}`);

describe('store buffers', () => {
  test.each(['unmap', 'unmap-no-ad', 'memslot-delete-idle', 'dirty-log', 'zap-gfn-range'])(
    '%s: unmodified code keeps every rule, and has every outcome it has without them',
    id => {
      const sc = run(id, { memory: 'sc', yields: null });
      const tso = run(id, { memory: 'tso', yields: null });
      expect(said(tso)).toEqual([]);
      expect(tso.unmodelled).toEqual([]);
      expect(tso.exhaustive).toBe(true);
      expect(tso.quiescent).toBeGreaterThan(0);
      for (const outcome of Object.keys(sc.outcomes))
        expect(tso.outcomes).toHaveProperty([outcome]);
      expect(tso.states).toBeGreaterThan(sc.states);
      expect(tso.states).toBeLessThan(sc.states * 20);
    },
    120_000,
  );
});

test('a schedule shows where a buffered store reaches memory', () => {
  const scenario = findScenario('unmap');
  if (scenario === null) throw new Error('no scenario unmap');
  const machine: MachineOptions = { memory: 'tso', yields: null };
  const job = run('unmap', machine);
  const [schedule] = Object.values(job.outcomes);
  if (schedule === undefined) throw new Error('nothing comes to rest');
  const reader = editedTree(root);
  const program = programFor(
    loadWorld(reader, shapeOf(scenario)),
    scenario,
    new Set(job.racing),
    machine,
  );
  program.machine.conflicts.adopt(job.facts);
  const trace = buildTrace(program, {
    scenario,
    schedule,
    violation: null,
    side: { patch: 1, which: 'after' },
    geometry: geometryOf(null),
    read: file => reader.read(file),
  });
  expect(trace.replay.memory).toBe('tso');
  const stores = trace.steps.filter(s => s.kind === 'store');
  expect(stores.length).toBeGreaterThan(0);
  for (const step of stores) {
    expect(step.label).toMatch(/^a buffered store reaches (?:memory|an SPTE|a shadow page)$/);
    expect(step.helper).toBeNull();
  }
});

describe('a bound on yields', () => {
  test('that no schedule reaches changes nothing', () => {
    const free = run('unmap', { memory: 'sc', yields: null });
    const bounded = run('unmap', { memory: 'sc', yields: 1_000 });
    expect(bounded.boundHit).toBeNull();
    expect(bounded.exhaustive).toBe(true);
    expect(Object.keys(bounded.outcomes)).toEqual(Object.keys(free.outcomes));
  });

  test('that ends schedules is said, and proves nothing', () => {
    const free = run('zap-all-fast', { memory: 'sc', yields: null });
    const bounded = run('zap-all-fast', { memory: 'sc', yields: 0 });
    expect(free.boundHit).toBeNull();
    expect(bounded.boundHit).toBe('0 yields of a thread');
    expect(bounded.exhaustive).toBe(false);
    expect(said(bounded)).toEqual([]);
    expect(bounded.states).toBeLessThan(free.states);
  });

  test('also ends what an operation does that always gives way', () => {
    const bounded = run('zap-gfn-range-boundaries', { memory: 'sc', yields: 1 });
    expect(bounded.boundHit).toBe('1 yields of a thread');
    expect(said(bounded)).toEqual([]);
  });
});

describe('a configuration of the user', () => {
  const least = 'CONFIG_X86_64=y\nCONFIG_KVM=m\nCONFIG_SMP=y\n';

  test('takes the place of the built-in one, lock debugging and asked-for numbers aside', () => {
    const config = configFrom(`# made by hand\n${least}CONFIG_NR_CPUS=8\n`);
    if (typeof config === 'string') throw new Error(config);
    expect(config.get('CONFIG_KVM')).toBe('m');
    expect(config.get('CONFIG_NR_CPUS')).toBe('8');
    expect(config.get('CONFIG_PROVE_LOCKING')).toBe('y');
    expect(config.get('CONFIG_PAGE_SHIFT')).toBe(kvmConfig.get('CONFIG_PAGE_SHIFT'));
    expect(config.has('CONFIG_KVM_SMM')).toBe(false);
    expect(kvmConfig.has('CONFIG_KVM_SMM')).toBe(true);
  });

  test.each([
    ['CONFIG_ARM64=y\n', 'it does not set CONFIG_X86_64'],
    [least.replace('CONFIG_KVM=m', '# CONFIG_KVM is not set'), 'it does not set CONFIG_KVM'],
    ['<html>', 'line 1 is no line of a kernel configuration'],
  ])('%j is refused', (text, why) => {
    expect(configFrom(text)).toBe(why);
  });

  test('decides what the C says', () => {
    const scenario = findScenario('unmap');
    if (scenario === null) throw new Error('no scenario unmap');
    const tree = editedTree(root, [
      {
        file: 'arch/x86/kvm/mmu/tdp_mmu.c',
        from: '\nvoid ',
        to: '\n#ifdef CONFIG_MINE\nstatic void mine(void) { }\n#endif\nvoid ',
      },
    ]);
    const functions = (text: string): ReadonlyMap<string, unknown> => {
      const config = configFrom(text);
      if (typeof config === 'string') throw new Error(config);
      return loadWorld(tree, shapeOf(scenario), [], config).lifter.unit.functions;
    };
    expect(functions(least).has('mine')).toBe(false);
    expect(functions(`${least}CONFIG_MINE=y\n`).has('mine')).toBe(true);
  });
});
