/**
 * What a thread that owns sides of a series does with them: lifts a side, runs jobs on it, replays schedules. Requests
 * and answers are plain data, so the thread may be this one or a worker (job-worker.ts).
 */
import type { Geometry, Trace, TraceViolation } from '../result.ts';
import type { SourceReader } from '../semantics/c/source.ts';
import { type EqualSide, equalFunctions } from '../semantics/equal/equal.ts';
import type { ConflictFacts } from '../semantics/kernel/conflicts.ts';
import type { Lifter } from '../semantics/lift/lift.ts';
import type { Move } from './explore/explore.ts';
import { type JobResult, runJob } from './job.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { loadSide, type SideModels, SideWorlds } from './side.ts';
import { buildTrace } from './trace.ts';
import { type MachineOptions, programFor, shapeOf } from './world.ts';

export interface JobRequest {
  readonly side: number;
  readonly scenario: Scenario;
  readonly full: boolean;
  readonly machine: MachineOptions;
  readonly maxStates: number;
  /** Wall-clock time left, or null for no bound. */
  readonly remainingMs: number | null;
}

export interface EqualRequest {
  readonly before: number;
  readonly after: number;
  /** Functions that differ. */
  readonly names: readonly string[];
}

export interface TimedJob {
  readonly result: JobResult;
  readonly ms: number;
}

export interface TraceRequest {
  readonly side: number;
  readonly scenario: Scenario;
  readonly schedule: readonly Move[];
  readonly racing: readonly string[];
  readonly facts: ConflictFacts;
  readonly machine: MachineOptions;
  readonly violation: TraceViolation | null;
  readonly label: Trace['side'];
  readonly geometry: Geometry;
}

/**
 * What races by design in every kernel. Naming it saves building the code anew for each scenario that would learn it;
 * it changes no result, since an access waits for others only where it conflicts.
 */
export const USUAL_RACES: readonly string[] = [
  '*u64',
  'global mmd_dirty_gfns',
  'kvm.mmu_invalidate_in_progress',
  'kvm.mmu_invalidate_range_end',
  'kvm.mmu_invalidate_range_start',
  'kvm.mmu_invalidate_seq',
  'kvm_arch.disabled_quirks',
  'kvm_arch.mmu_valid_gen',
  'kvm_lpage_info.disallow_lpage',
  'kvm_memory_slot.as_id',
  'kvm_memory_slot.base_gfn',
  'kvm_memory_slot.flags',
  'kvm_memory_slot.id',
  'kvm_memory_slot.npages',
  'kvm_memslots.generation',
  'kvm_mmu_page..mmu_valid_gen',
  'kvm_mmu_page..root_count',
  'kvm_mmu_page.lpage_disallowed',
  'kvm_mmu_page.nx_huge_page_disallowed',
  'kvm_mmu_page.spt',
  'kvm_mmu_page.tdp_mmu_page',
  'kvm_mmu_page.unsync',
  'kvm_mmu_page.unsync_children',
  'kvm_mmu_page_role..ad_disabled',
  'kvm_mmu_page_role..invalid',
  'kvm_mmu_page_role..is_mirror',
  'kvm_mmu_page_role..level',
  'kvm_mmu_root_info.hpa',
  'kvm_possible_nx_huge_pages.nr_pages',
  'kvm_vm_stat.nx_lpage_splits',
  'list_head.next',
  'list_head.prev',
];

/** Any shape does: functions of the tree are the same in all. */
const DIRECT = { bits: 1, indirect: false };

function equalSide(lifter: Lifter): EqualSide {
  const { unit } = lifter;
  const fileOf = (name: string): string => {
    const definition = unit.functions.get(name);
    return definition === undefined ? '' : (unit.unit.tokens[definition.at]?.file ?? '');
  };
  const callers = new Map<string, string[]>();
  for (const name of unit.functions.keys()) {
    // No other file knows static functions of the MMU's.
    if (!/^(?:arch\/x86\/kvm\/|<)/.test(fileOf(name))) continue;
    for (const callee of lifter.function(name)?.callees ?? []) {
      const of = callers.get(callee) ?? [];
      of.push(name);
      callers.set(callee, of);
    }
  }
  return {
    // A stand-in says less than what it stands in for: two of them may agree where these do not.
    model: name => (fileOf(name).startsWith('<') ? null : lifter.function(name)),
    isStatic: name =>
      (unit.functions.get(name)?.spec.storage.includes('static') ?? false) &&
      /^arch\/x86\/kvm\/(?:mmu\/|.*\.c$)/.test(fileOf(name)),
    callers: name => callers.get(name) ?? [],
  };
}

/** Sides whose models are kept: neighbours share a patch. */
const SIDES_KEPT = 2;

export class JobService {
  private readonly readerOf: (side: number) => SourceReader;
  private readonly now: () => number;
  private readonly config: ReadonlyMap<string, string>;
  private readonly worlds = new Map<number, SideWorlds>();
  onProgress: ((scenario: string, states: number, transitions: number) => void) | null = null;

  constructor(
    readerOf: (side: number) => SourceReader,
    config: ReadonlyMap<string, string>,
    now: () => number,
  ) {
    this.readerOf = readerOf;
    this.config = config;
    this.now = now;
  }

  private world(side: number): SideWorlds {
    let worlds = this.worlds.get(side);
    if (worlds === undefined) {
      worlds = new SideWorlds(this.readerOf(side), this.config);
      this.worlds.set(side, worlds);
      for (const old of this.worlds.keys()) {
        if (this.worlds.size <= SIDES_KEPT) break;
        this.worlds.delete(old);
      }
    }
    return worlds;
  }

  side(side: number): SideModels {
    return loadSide(this.world(side));
  }

  job(request: JobRequest): TimedJob {
    const from = this.now();
    const { scenario } = request;
    const { onProgress } = this;
    const result = runJob(this.world(request.side).of(shapeOf(scenario)), scenario, {
      full: request.full,
      machine: request.machine,
      racing: USUAL_RACES,
      maxStates: request.maxStates,
      deadlineMs: request.remainingMs === null ? null : from + request.remainingMs,
      now: this.now,
      onProgress:
        onProgress === null
          ? null
          : (states, transitions) => onProgress(scenario.id, states, transitions),
    });
    return { result, ms: Math.round(this.now() - from) };
  }

  /** Those of the functions that do what they did, and helpers that nobody but those uses. */
  equal({ before, after, names }: EqualRequest): readonly string[] {
    const sides = [before, after].map(side => equalSide(this.world(side).of(DIRECT).lifter));
    return [...equalFunctions(names, sides[0] as EqualSide, sides[1] as EqualSide)].sort();
  }

  trace(request: TraceRequest): Trace {
    const { scenario } = request;
    const world = this.world(request.side).of(shapeOf(scenario));
    const program = programFor(world, scenario, new Set(request.racing), request.machine);
    program.machine.conflicts.adopt(request.facts);
    const reader = this.readerOf(request.side);
    return buildTrace(program, {
      scenario,
      schedule: request.schedule,
      violation: request.violation,
      side: request.label,
      geometry: request.geometry,
      read: file => reader.read(file),
    });
  }
}
