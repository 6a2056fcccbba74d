import type {
  CheckResult,
  Geometry,
  PatchResult,
  Replay,
  ScenarioRun,
  Trace,
  TraceEvent,
  TraceStep,
  Verdict,
  Violation,
} from '../../../src/result.ts';
import { RESULT_SCHEMA } from '../../../src/result.ts';

export const geometry: Geometry = {
  levels: 2,
  entriesPerTable: 2,
  overrides: [{ name: 'KVM_MIN_FREE_MMU_PAGES', value: '1' }],
};

export const replay: Replay = {
  schedule: [0, 0, 1, 1, 0, 2],
  memory: 'tso',
  geometry,
  axes: ['tdp', 'a/d on', 'quirk toggled'],
};

export function run(id: string, overrides: Partial<ScenarioRun> = {}): ScenarioRun {
  return {
    id,
    axes: ['tdp', 'a/d on'],
    ran: true,
    exhaustive: true,
    states: 12_408,
    transitions: 31_990,
    ms: 412,
    bounds: {
      threads: 3,
      preemptions: null,
      states: 2_000_000,
      yields: null,
      timeoutSeconds: null,
    },
    why: null,
    ...overrides,
  };
}

export function notRun(id: string, why: string): ScenarioRun {
  return run(id, { ran: false, exhaustive: false, states: 0, transitions: 0, ms: null, why });
}

export function patch(
  index: number,
  total: number,
  overrides: Partial<PatchResult> = {},
): PatchResult {
  return {
    index,
    total,
    subject: 'KVM: x86/mmu: Tidy up the root walk',
    messageId: `2026010112345${index}.1-${index}-dev@example.org`,
    author: 'Ada Sample <ada@example.org>',
    helpers: [
      {
        name: 'tdp_mmu_next_root',
        file: 'arch/x86/kvm/mmu/tdp_mmu.c',
        change: 'modified',
        reach: 'direct',
      },
    ],
    verdict: 'equivalent',
    nfc: { claimed: false, holds: null, why: null },
    violations: [],
    deltas: [],
    scenarios: [run('memslot-delete-vs-fault'), run('zap-all-fast-vs-load')],
    inconclusive: [],
    ...overrides,
  };
}

export function result(
  verdict: Verdict,
  patches: readonly PatchResult[],
  overrides: Partial<CheckResult> = {},
): CheckResult {
  return {
    schema: RESULT_SCHEMA,
    tool: { version: '0.1.0', arguments: ['check', 'series.mbox', '--tree', 'linux'] },
    tree: {
      path: 'linux',
      embedded: false,
      kernelVersion: '6.12.117',
      base: 'a5c2a560a88a41b0f6c3d1a4e7c09d5b1f2e3d4c',
      baseRule: 'base-commit trailer',
    },
    memory: 'tso',
    geometry,
    seed: 1,
    series: {
      subject: patches[0]?.subject ?? '(none)',
      version: null,
      total: patches.length,
      coverLetter: null,
      missing: [],
      reconstructed: false,
    },
    verdict,
    patches,
    diagnostics: [],
    ...overrides,
  };
}

export function step(
  thread: number,
  at: readonly [helper: string, line: number, source: string],
  events: readonly TraceEvent[] = [],
  overrides: Partial<TraceStep> = {},
): TraceStep {
  return {
    thread,
    kind: 'step',
    label: events.map(e => e.text).join('; ') || at[2],
    helper: at[0],
    file: at[0].includes('tdp') ? 'arch/x86/kvm/mmu/tdp_mmu.c' : 'arch/x86/kvm/mmu/mmu.c',
    line: at[1],
    source: at[2],
    events,
    choice: null,
    state: [],
    ...overrides,
  };
}

export function violation(
  overrides: Partial<Violation> & { counterexample: Trace | null },
): Violation {
  return {
    invariant: 'spte-outlives-memslot',
    status: 'introduced',
    fixedBy: null,
    scenario: 'memslot-delete-vs-fault',
    site: {
      helper: 'kvm_arch_flush_shadow_memslot',
      file: 'arch/x86/kvm/mmu/mmu.c',
      line: 7602,
    },
    summary: 'a present SPTE for gfn 0 is still reachable from root A when the deletion returns',
    identity: 'spte-outlives-memslot|root,gfn0|memslot|present',
    ...overrides,
  };
}
