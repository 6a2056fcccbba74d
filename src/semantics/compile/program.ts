/** From the lifted unit to a runnable program: closure, layout, code, machine, initial state. */
import type { CType, RecordInfo } from '../c/types.ts';
import type { Expr, Global, InitItem, ModelFunction, Place, Stmt } from '../ir/ir.ts';
import { locationClass } from '../ir/ir.ts';
import { arithmetic } from '../kernel/arithmetic.ts';
import { atomicPrimitives } from '../kernel/atomics.ts';
import { aroundCounts } from '../kernel/count-hooks.ts';
import {
  beforeEntryChange,
  type GuestSpec,
  guestOutcomes,
  guestPrimitives,
} from '../kernel/guest.ts';
import { heldCount, heldMode, lockIsFree, lockPrimitives, refreshHeld } from '../kernel/locks.ts';
import {
  createMachine,
  describeSite,
  event,
  HOST_GFNS,
  type Machine,
  PathEnds,
  PRIVATE,
  T,
  THREAD_HEADER,
  Unmodelled,
} from '../kernel/machine.ts';
import { memoryPrimitives } from '../kernel/memory.ts';
import { installRules } from '../kernel/protocol-rules.ts';
import { onCallback, rcuPrimitives, startSync, synchronized } from '../kernel/rcu.ts';
import { createLedger, type RootFields } from '../kernel/references.ts';
import {
  aroundBuffers,
  BUFFER_CELLS,
  DRAIN,
  installStoreBuffers,
  wideStoreSites,
} from '../kernel/store-buffer.ts';
import type { Lifter } from '../lift/lift.ts';
import { PRIMITIVES } from '../lift/primitives.ts';
import { NotLifted } from '../lift/scope.ts';
import { type Bindings, bind } from './bindings.ts';
import type { ResumePoint } from './blocks.ts';
import { FunctionGenerator } from './generate.ts';
import { Layout } from './layout.ts';
import { CodeUnit, POINT_KINDS } from './unit.ts';

export interface ThreadSpec {
  readonly name: string;
  /** Function of the unit to run, with the vCPU's address as its argument when `vcpu` is set. */
  readonly entry: string;
  readonly vcpu: number | null;
}

export interface ProgramSpec {
  readonly threads: readonly ThreadSpec[];
  /** Functions that run first, alone and in this order. */
  readonly setup: readonly string[];
  /** Globals that have another value than their initialiser's before setup. */
  readonly preset?: ReadonlyMap<string, number>;
  readonly levels: number;
  readonly pools: Readonly<Record<string, number>>;
  readonly symmetry: boolean;
  readonly trackDirty: boolean;
  /** Hardware sets accessed and dirty bits; so it does when absent. */
  readonly accessedDirty?: boolean;
  readonly stackCells: number;
  /** Sequential consistency when absent. */
  readonly memory?: 'sc' | 'tso';
  /** Times a thread may give way on request; unlimited when absent or null. */
  readonly yields?: number | null;
  /** Globals no other thread reads, whose stores need no buffer. */
  readonly unbuffered?: ReadonlySet<string>;
}

export interface Program {
  readonly spec: ProgramSpec;
  /** First cell of the VM, and of each vCPU. */
  readonly kvmCell: number | null;
  readonly vcpuCells: readonly number[];
  readonly guest: GuestSpec;
  readonly bindings: Bindings;
  readonly unit: CodeUnit;
  readonly machine: Machine;
  readonly models: ReadonlyMap<string, ModelFunction>;
  readonly covered: Uint8Array;
  /** By number of the unit's decisions: bit 0 when it came out true, bit 1 when false. */
  readonly decided: Uint8Array;
  /** Runs setup and brings every thread to its first scheduling point. */
  start(): void;
  /** Choices the thread has now; empty when it is blocked or done. */
  outcomes(tid: number): readonly number[];
  /** At a nondeterministic choice of its own, e.g. need_resched(). */
  isLocalChoice(tid: number): boolean;
  /** At a choice that only a signal to the thread decides. */
  waitsForSignal(tid: number): boolean;
  /** Done, or waiting in the guest with nothing to do. */
  isQuiet(tid: number): boolean;
  /** Resumes the thread with the outcome of its point, and of the choices it meets before the next. */
  step(tid: number, choice: number, inner?: readonly number[]): void;
  /** Functions the thread stands in, innermost first; those that cannot be suspended never show. */
  stack(tid: number): readonly string[];
  /** Whether the function is on that stack. */
  standsIn(tid: number, name: string): boolean;
  /** What the drivers check when everything has come to rest; changes nothing. */
  checkAtRest(): void;
}

type JsFunction = (...args: number[]) => number;

/** Functions that may suspend: a fixpoint over the call graph. */
export function resumableFunctions(
  models: ReadonlyMap<string, ModelFunction>,
  racing: ReadonlySet<string>,
): Set<string> {
  const result = new Set<string>();
  const callers = new Map<string, string[]>();
  for (const model of models.values()) {
    for (const callee of model.callees) {
      const list = callers.get(callee) ?? [];
      list.push(model.name);
      callers.set(callee, list);
    }
    if (suspendsItself(model, racing)) result.add(model.name);
  }
  const queue = [...result];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    for (const caller of callers.get(name) ?? []) {
      if (result.has(caller)) continue;
      result.add(caller);
      queue.push(caller);
    }
  }
  return result;
}

function sharedPlace(place: Place): boolean {
  if (place.kind === 'local') return false;
  if (place.kind === 'field' || place.kind === 'element') return sharedPlace(place.base);
  return place.kind !== 'value';
}

function suspendsItself(model: ModelFunction, racing: ReadonlySet<string>): boolean {
  let found = false;
  const onPlace = (place: Place, mode: string): void => {
    if (sharedPlace(place) && (mode !== 'plain' || racing.has(locationClass(place)))) found = true;
  };
  const onExpr = (e: Expr): void => {
    if (e.kind === 'load') onPlace(e.place, e.mode);
    else if (e.kind === 'assign') onPlace(e.place, e.mode);
    else if (e.kind === 'step') onPlace(e.place, 'plain');
    else if (e.kind === 'call-indirect') found = true;
    else if (e.kind === 'primitive') {
      if (/^(?:xchg|cmpxchg|try_cmpxchg)$/.test(e.name)) found = true;
      if ((PRIMITIVES.get(e.name)?.point ?? null) !== null) found = true;
    }
  };
  visit(model.body, onExpr);
  return found;
}

/** Calls `onExpr` for every expression of the statements, in source order, and `onStmt` for every statement. */
export function visit(
  body: readonly Stmt[],
  onExpr: (e: Expr) => void,
  onStmt: (s: Stmt) => void = () => {},
): void {
  const expr = (e: Expr): void => {
    onExpr(e);
    switch (e.kind) {
      case 'load':
      case 'address':
      case 'step':
        return place(e.place);
      case 'assign':
        place(e.place);
        return expr(e.value);
      case 'call':
      case 'primitive':
        return e.args.forEach(expr);
      case 'call-indirect':
        expr(e.target);
        return e.args.forEach(expr);
      case 'binary':
      case 'logical':
        expr(e.left);
        return expr(e.right);
      case 'negate':
      case 'complement':
      case 'not':
      case 'convert':
      case 'container-of':
        return expr(e.value);
      case 'choose':
        expr(e.test);
        if (e.then !== null) expr(e.then);
        return expr(e.otherwise);
      case 'sequence':
        expr(e.first);
        return expr(e.second);
      case 'block':
        e.body.forEach(stmt);
        if (e.value !== null) expr(e.value);
        return;
      default:
        return;
    }
  };
  const place = (p: Place): void => {
    if (p.kind === 'deref') expr(p.pointer);
    else if (p.kind === 'field') place(p.base);
    else if (p.kind === 'element') {
      place(p.base);
      expr(p.index);
    } else if (p.kind === 'value') expr(p.value);
  };
  const stmt = (s: Stmt): void => {
    onStmt(s);
    switch (s.kind) {
      case 'expr':
        return expr(s.expr);
      case 'declare':
        for (const item of s.init ?? []) expr(item.value);
        return;
      case 'block':
        return s.body.forEach(stmt);
      case 'if':
        expr(s.test);
        stmt(s.then);
        if (s.otherwise !== null) stmt(s.otherwise);
        return;
      case 'loop':
        s.init.forEach(stmt);
        if (s.test !== null) expr(s.test);
        if (s.step !== null) expr(s.step);
        return stmt(s.body);
      case 'switch':
        expr(s.value);
        return stmt(s.body);
      case 'return':
        if (s.value !== null) expr(s.value);
        return;
      default:
        return;
    }
  };
  body.forEach(stmt);
}

/** Code of a set of functions, as many programs can share: they differ in threads and setup only. */
export interface Code {
  readonly lifter: Lifter;
  readonly models: ReadonlyMap<string, ModelFunction>;
  readonly unit: CodeUnit;
  readonly inits: ReadonlyMap<string, readonly InitItem[]>;
  /** log2 of the entries of a page table. */
  readonly bits: number;
  readonly linked: Linked;
}

interface Linked {
  readonly text: string;
  /** Binds the code to one machine; calling one factory again keeps what the JIT compiled. */
  readonly factory: (helpers: object) => Record<string, JsFunction>;
  readonly resumes: readonly ResumePoint[];
  readonly globals: readonly Global[];
  readonly globalsEnd: number;
  readonly plain: ReadonlySet<string>;
}

const GLOBALS_START = 16;

function generateAll(
  models: ReadonlyMap<string, ModelFunction>,
  layout: Layout,
  racing: ReadonlySet<string>,
): { unit: CodeUnit; linked: Linked } {
  const resumable = resumableFunctions(models, racing);
  const globals: Global[] = [];
  let next = GLOBALS_START;
  const unit = new CodeUnit(layout, models, resumable, racing, global => {
    globals.push(global);
    const at = next;
    next += layout.cells(global.type);
    return at;
  });
  const resumes: ResumePoint[] = [{ fn: '', saved: 0 }];
  const texts: string[] = [];
  for (const model of models.values()) {
    const out = new FunctionGenerator(unit, model).generate(resumes.length);
    resumes.push(...out.resumes);
    texts.push(out.text);
  }
  const text = texts.join('\n');
  const linked = {
    text,
    factory: factoryOf(text, [...models.keys()]),
    resumes,
    globals,
    globalsEnd: next,
    plain: new Set([...models.keys()].filter(n => !resumable.has(n))),
  };
  return { unit, linked };
}

/** Initialisers of all globals the models mention; those outside the subset count as zero and are listed. */
function globalInits(
  lifter: Lifter,
  models: ReadonlyMap<string, ModelFunction>,
): Map<string, readonly InitItem[]> {
  const inits = new Map<string, readonly InitItem[]>();
  const note = (p: Place): void => {
    if (p.kind === 'field' || p.kind === 'element') note(p.base);
    if (p.kind !== 'global' || inits.has(p.global.name)) return;
    try {
      inits.set(p.global.name, lifter.globalInit(p.global) ?? []);
    } catch (error) {
      if (!(error instanceof NotLifted)) throw error;
      inits.set(p.global.name, []);
    }
  };
  for (const model of models.values()) {
    visit(model.body, e => {
      if (e.kind === 'load' || e.kind === 'address' || e.kind === 'step' || e.kind === 'assign')
        note(e.place);
    });
  }
  return inits;
}

export function recordCells(lifter: Lifter, layout: Layout, tag: string): number {
  const record: RecordInfo | null = lifter.unit.findTag(tag);
  const type: CType | null = record === null ? null : { kind: 'record', record };
  return type === null ? 1 : layout.cells(type);
}

export interface CodeSpec {
  /** Functions whose closure is compiled. */
  readonly roots: readonly string[];
  readonly bits: number;
  /** Plain accesses to these classes are scheduling points. */
  readonly racing: ReadonlySet<string>;
}

export function buildCode(lifter: Lifter, spec: CodeSpec): Code {
  const models = lifter.closure(spec.roots);
  for (const root of spec.roots)
    if (!models.has(root)) throw new Error(`no function ${root} in the unit`);
  const layout = new Layout();
  const inits = globalInits(lifter, models);
  layout.use(models.values(), inits.values());
  return { lifter, models, inits, bits: spec.bits, ...generateAll(models, layout, spec.racing) };
}

/** Code and program in one, for what shares neither. */
export function compileProgram(
  lifter: Lifter,
  spec: ProgramSpec & Pick<CodeSpec, 'bits' | 'racing'>,
): Program {
  const roots = [...new Set([...spec.setup, ...spec.threads.map(t => t.entry)])];
  return buildProgram(buildCode(lifter, { ...spec, roots }), spec);
}

export function buildProgram(code: Code, spec: ProgramSpec): Program {
  const { lifter, unit, linked } = code;
  const { layout } = unit;
  const vcpus = lifter.unit.globals.get('mmd_vcpus');
  const vcpuCells = recordCells(lifter, layout, 'kvm_vcpu');
  const vcpuBase = vcpus === undefined ? 0 : unit.globalCell(vcpus);
  const poolCells: Readonly<Record<string, number>> = {
    'shadow-page': recordCells(lifter, layout, 'kvm_mmu_page'),
    'page-table': 2 << code.bits,
    'list-descriptor': recordCells(lifter, layout, 'pte_list_desc'),
    misc: 32,
  };
  const classOf = new Map<string, number>();
  const machine = createMachine({
    unit,
    globalsEnd: Math.max(
      linked.globalsEnd,
      ...(vcpus === undefined ? [0] : [vcpuBase + layout.cells(vcpus.type)]),
    ),
    pools: Object.entries(spec.pools).map(([name, count]) => ({
      name,
      count,
      cells: poolCells[name] ?? 32,
    })),
    threads: spec.threads.length,
    stackCells: spec.stackCells + (spec.memory === 'tso' ? BUFFER_CELLS : 0),
    vcpus: spec.threads.map(t =>
      t.vcpu === null || vcpus === undefined
        ? null
        : { cell: vcpuBase + t.vcpu * vcpuCells, cells: vcpuCells },
    ),
    threadClass: spec.threads.map((t, i) => {
      const key = t.vcpu === null ? `thread ${i}` : t.entry;
      const n = classOf.get(key) ?? classOf.size + 1;
      classOf.set(key, n);
      return n;
    }),
    symmetry: spec.symmetry,
  });
  return assemble(code, spec, machine, vcpuBase, vcpuCells);
}

function assemble(
  program: Code,
  spec: ProgramSpec,
  machine: Machine,
  vcpuBase: number,
  vcpuCells: number,
): Program {
  const { lifter, unit, linked, models, inits } = program;
  const { R } = machine;
  let atomic = true;
  const vcpuAddress = (i: number): number => machine.addressOf(vcpuBase + i * vcpuCells);
  const kvm = lifter.unit.globals.get('mmd_kvm');
  const accesses: { gfn: number; write: boolean }[] = [];
  const guest: GuestSpec = {
    levels: spec.levels,
    bits: program.bits,
    accesses,
    trackDirty: spec.trackDirty,
    accessedDirty: spec.accessedDirty ?? true,
    tellsHost: models.has('mmd_replace__kvm_set_pfn_dirty'),
    vcpuThread: address =>
      spec.threads.findIndex(t => t.vcpu !== null && vcpuAddress(t.vcpu) === address),
  };
  const covered = new Uint8Array(unit.cover.length);
  const decided = new Uint8Array(unit.decisions.length);
  if (spec.memory === 'tso') withBuffers(machine, spec, program);
  const bindings = bind(lifter, unit.layout);
  const fields = rootFields(bindings, machine, kvm === undefined ? null : unit.globalCell(kvm));
  if (fields !== null)
    machine.ledger = createLedger(machine, { fields, vcpuThread: guest.vcpuThread });
  const helpers = createHelpers(machine, unit, { covered, decided }, linked.resumes, {
    isAtomic: () => atomic,
    primitives: aroundBuffers(
      machine,
      aroundCounts(machine, machine.ledger, {
        ...lockPrimitives(machine),
        ...rcuPrimitives(machine),
        ...atomicPrimitives(machine),
        ...guestPrimitives(machine, guest),
        ...memoryPrimitives(
          machine,
          site => unit.sites[site]?.what ?? '',
          cacheGlobals(program, machine),
        ),
        ...miscPrimitives(machine, spec.yields ?? null),
      }),
    ),
  });
  const code = link(linked, helpers);
  const functions = functionTable(unit, code, linked.plain);
  helpers.setFunctions(functions);
  machine.beforeTableStore = (cell, value) => beforeEntryChange(machine, guest, cell, value);
  const threadVcpus = Array.from(
    { length: 1 + Math.max(-1, ...spec.threads.map(t => t.vcpu ?? -1)) },
    (_, i) => vcpuBase + i * vcpuCells,
  );
  mergeRequests(machine, bindings, threadVcpus);
  if (kvm !== undefined)
    installRules(machine, {
      bindings,
      guest,
      kvm: unit.globalCell(kvm),
      vcpus: threadVcpus,
      vcpuOfThread: spec.threads.map(t => t.vcpu ?? -1),
      frozenSpte: cellOf(program, 'mmd_frozen_spte'),
      reloadRequest: cellOf(program, 'mmd_reload_request'),
      toggledQuirks: cellOf(program, 'mmd_toggled_quirks'),
    });
  onCallback(machine, (fn, head, site) => {
    const target = functions[fn];
    if (target == null)
      throw new Unmodelled(
        'rcu-callback',
        'an RCU callback that is no function of the models',
        site,
      );
    // A callback runs to its end within the step that ends the grace period.
    const scratch =
      (machine.threadBase[machine.tid] as number) +
      THREAD_HEADER +
      spec.stackCells -
      CALLBACK_STACK;
    const wasAtomic = atomic;
    const wasTracking = machine.conflicts.enabled;
    atomic = true;
    machine.conflicts.enabled = false;
    const wasDirect = machine.buffers?.direct ?? true;
    if (machine.buffers !== null) machine.buffers.direct = true;
    target(scratch, 0, head);
    event(machine, 'rcu', 'callback done', site);
    if (machine.buffers !== null) machine.buffers.direct = wasDirect;
    atomic = wasAtomic;
    machine.conflicts.enabled = wasTracking;
  });
  const guestWaits = new Set(
    unit.sites.flatMap((s, i) => (s.what === 'mmd_guest_wait' ? [i] : [])),
  );
  const run = runner(machine, code, linked.resumes);
  const call = (tid: number, name: string, args: number[]): void => {
    machine.tid = tid;
    refreshHeld(machine);
    R[1] = 0;
    R[3] = SETUP_FUEL;
    const fp = machine.stackBase[tid] as number;
    if (linked.plain.has(name)) (code[`r_${name}`] as JsFunction)(fp, ...args);
    else (code[`r_${name}`] as JsFunction)(fp, 0, ...args);
  };
  return {
    spec,
    guest,
    unit,
    machine,
    models,
    covered,
    decided,
    kvmCell: kvm === undefined ? null : unit.globalCell(kvm),
    vcpuCells: threadVcpus,
    bindings,
    start: () => {
      atomic = true;
      if (machine.buffers !== null) machine.buffers.direct = true;
      machine.conflicts.enabled = false;
      machine.state.reset();
      machine.violations = [];
      accesses.length = 0;
      identifyCaches(program, machine);
      for (const global of linked.globals)
        applyInit(machine, unit, global, inits.get(global.name) ?? []);
      for (const [name, value] of spec.preset ?? []) {
        const global = lifter.unit.globals.get(name);
        if (global !== undefined) machine.state.write(unit.globalCell(global), value);
      }
      for (const name of spec.setup) call(0, name, []);
      readAccesses(lifter, unit, machine, accesses);
      atomic = false;
      if (machine.buffers !== null) machine.buffers.direct = false;
      machine.conflicts.enabled = true;
      spec.threads.forEach((t, tid) => {
        call(tid, t.entry, t.vcpu === null ? [] : [vcpuAddress(t.vcpu)]);
        if (R[1] === 0) machine.setThread(tid, T.top, 0);
      });
    },
    outcomes: tid => {
      const { buffers } = machine;
      if (buffers?.isFenced(tid)) return [DRAIN];
      const choices = outcomesOf(machine, guest, tid, guestWaits);
      return buffers !== null && buffers.size(tid) > 0 ? [...choices, DRAIN] : choices;
    },
    checkAtRest: () => {
      if (!models.has(AT_REST)) return;
      const { state } = machine;
      const mark = state.mark();
      const sums = new Int32Array(state.sumsSize);
      state.saveSums(sums, 0);
      const tracking = machine.conflicts.enabled;
      atomic = true;
      machine.conflicts.enabled = false;
      try {
        call(0, AT_REST, []);
      } catch (error) {
        // What it stumbled over is reported.
        if (!(error instanceof PathEnds)) throw error;
      }
      atomic = false;
      machine.conflicts.enabled = tracking;
      state.undoTo(mark);
      state.restoreSums(sums, 0);
    },
    waitsForSignal: tid =>
      machine.thread(tid, T.pointKind) === CHOICE &&
      unit.sites[machine.thread(tid, T.site)]?.what === 'signal_pending',
    isLocalChoice: tid =>
      !machine.buffers?.isFenced(tid) &&
      machine.thread(tid, T.top) !== 0 &&
      machine.thread(tid, T.pointKind) === CHOICE,
    isQuiet: tid => {
      if ((machine.buffers?.size(tid) ?? 0) > 0) return false;
      if (machine.thread(tid, T.top) === 0 || machine.thread(tid, T.pointKind) === QUIET)
        return true;
      return (
        guestWaits.has(machine.thread(tid, T.site)) &&
        machine.thread(tid, T.pointKind) === GUEST &&
        guestOutcomes(machine, guest, tid).length === 0
      );
    },
    stack: tid => {
      const names: string[] = [];
      someFrame(machine, tid, linked.resumes, fn => {
        names.push(fn);
        return false;
      });
      return names;
    },
    standsIn: (tid, name) => someFrame(machine, tid, linked.resumes, fn => fn === name),
    step:
      machine.buffers === null
        ? run
        : (tid, choice, inner) => {
            resetChoices(machine, inner);
            if (choice === DRAIN) return machine.buffers?.drainOne(tid);
            machine.buffers?.beginStep();
            run(tid, choice, inner);
          },
  };
}

/**
 * Requests need no scheduling points of their own. A vCPU looks at them last when it already counts as in guest mode,
 * and whoever makes one kicks it afterwards (Documentation/virt/kvm/vcpu-requests.rst): made between the look and the
 * entry, a request meets a vCPU in the guest; made before the look but behind the points in front of it, one that goes
 * round once more.
 */
function mergeRequests(m: Machine, { requests }: Bindings, vcpus: readonly number[]): void {
  if (requests === null) return;
  for (const vcpu of vcpus)
    for (let word = 0; word < 2; word++) m.conflicts.location[vcpu + requests.cell + word] = -1;
}

/** Where the ledger finds what it reads; null when the tree has no such field that its models use. */
function rootFields(b: Bindings, m: Machine, kvm: number | null): RootFields | null {
  const { rootCount, roleInvalid, pageTable, rootList, rootLink, mmuLock } = b;
  if (rootCount === null || roleInvalid === null || pageTable === null) return null;
  if (!m.pools.has('shadow-page') || !m.pools.has('page-table')) return null;
  const { cell, bit } = roleInvalid;
  return {
    count: rootCount.cell,
    pageTable: pageTable.cell,
    invalid: { cell, mask: bit === null ? -1 : (2 ** bit.width - 1) << bit.at },
    list:
      kvm === null || rootList === null || rootLink === null
        ? null
        : { head: kvm + rootList.cell, link: rootLink.cell },
    mmuLock: kvm === null || mmuLock === null ? null : kvm + mmuLock.cell,
  };
}

/** Cell of a driver's global that some model uses, or 0. */
function cellOf({ lifter, unit, linked }: Code, name: string): number {
  const global = lifter.unit.globals.get(name);
  return global !== undefined && linked.globals.includes(global) ? unit.globalCell(global) : 0;
}

function withBuffers(m: Machine, spec: ProgramSpec, { unit, linked }: Code): void {
  const unbuffered = new Set<number>();
  for (const global of linked.globals) {
    if (!(spec.unbuffered?.has(global.name) ?? false)) continue;
    const cell = unit.globalCell(global);
    for (let i = 0; i < unit.layout.cells(global.type); i++) unbuffered.add(cell + i);
  }
  const at = m.stackBase.map(base => base + spec.stackCells);
  const buffers = installStoreBuffers(m, {
    at,
    unbuffered,
    wideSites: wideStoreSites(linked.text),
  });
  buffers.afterFence = tid => {
    if (m.thread(tid, T.top) === 0 || m.thread(tid, T.pointKind) !== SYNC) return;
    const running = m.tid;
    m.tid = tid;
    startSync(m, 3);
    m.tid = running;
  };
}

/** Loop iterations of setup, and of one step: page tables are tiny, whatever needs more never ends. */
const SETUP_FUEL = 50_000;
const LOOP_FUEL = 1_000;
/** Of drivers/at-rest.c. */
const AT_REST = 'mmd_at_rest';
/** Cells at the end of a thread's stack that RCU callbacks use. */
const CALLBACK_STACK = 96;
const kind = (name: (typeof POINT_KINDS)[number]): number => POINT_KINDS.indexOf(name) + 1;
const QUIET = kind('quiet');
const GUEST = kind('guest');
const READ_LOCK = kind('read-lock');
const CHOICE = kind('choice');
const SYNC = kind('sync');
const EXCLUSIVE = new Set([kind('write-lock'), kind('spin-lock'), kind('mutex-lock')]);
const ONLY: readonly number[] = [0];
const EITHER: readonly number[] = [0, 1];
const NONE: readonly number[] = [];

function outcomesOf(
  m: Machine,
  guest: GuestSpec,
  tid: number,
  guestWaits: ReadonlySet<number>,
): readonly number[] {
  if (m.thread(tid, T.top) === 0) return NONE;
  const k = m.thread(tid, T.pointKind);
  const argument = m.thread(tid, T.pointArgument);
  if (k === READ_LOCK) return lockIsFree(m, 'read', argument) ? ONLY : NONE;
  if (EXCLUSIVE.has(k)) return lockIsFree(m, 'exclusive', argument) ? ONLY : NONE;
  if (k === CHOICE) {
    if (argument <= 2 || argument > 64) return EITHER;
    return Array.from({ length: argument }, (_, i) => i);
  }
  if (k === SYNC) {
    const what = m.spec.unit.sites[m.thread(tid, T.site)]?.what ?? '';
    return synchronized(m, tid, what.includes('srcu') ? 2 : 1) ? ONLY : NONE;
  }
  if (k === GUEST && guestWaits.has(m.thread(tid, T.site))) return guestOutcomes(m, guest, tid);
  return k === QUIET ? NONE : ONLY;
}

const NO_CHOICES: readonly number[] = [];

function resetChoices(m: Machine, script: readonly number[] | undefined): void {
  const { choices } = m;
  choices.script = script ?? NO_CHOICES;
  choices.fair = false;
  if (choices.arity.length === 0) return;
  choices.taken.length = 0;
  choices.arity.length = 0;
}

/** Choices a step makes without stopping: more would try too many combinations, wider ones too many outcomes. */
const CHOICES_IN_A_STEP = 2;
const OUTCOMES_IN_A_STEP = 4;

/** Takes the next outcome of the script; false when the thread has to stop at this choice. */
function choosesOnTheWay(m: Machine, outcomes: number): boolean {
  const { taken, arity, script } = m.choices;
  const wide = outcomes <= 2 || outcomes > 64 ? 2 : outcomes;
  if (taken.length >= CHOICES_IN_A_STEP || wide > OUTCOMES_IN_A_STEP) return false;
  m.choice = script[taken.length] ?? 0;
  taken.push(m.choice);
  arity.push(wide);
  return true;
}

/** Whether the test holds for a frame of the suspended thread, innermost first. */
function someFrame(
  m: Machine,
  tid: number,
  resumes: readonly ResumePoint[],
  test: (fn: string) => boolean,
): boolean {
  const base = m.threadBase[tid] as number;
  if (m.S[base] === 0) return false;
  let fp = base + (m.S[base] as number);
  for (;;) {
    if (test(resumes[m.S[fp] as number]?.fn ?? '')) return true;
    const distance = m.S[fp + 1] as number;
    if (distance === 0) return false;
    fp -= distance;
  }
}

/** The trampoline: resumes the innermost frame, then its callers as they return. */
function runner(
  m: Machine,
  code: Readonly<Record<string, JsFunction>>,
  resumes: readonly ResumePoint[],
): Program['step'] {
  const table = resumes.map(r => code[`r_${r.fn}`]);
  const { S, R } = m;
  return (tid, choice, inner) => {
    m.tid = tid;
    m.choice = choice;
    resetChoices(m, inner);
    refreshHeld(m);
    R[1] = 0;
    R[3] = LOOP_FUEL;
    const base = m.threadBase[tid] as number;
    let fp = base + (S[base] as number);
    for (;;) {
      const pc = S[fp] as number;
      const distance = S[fp + 1] as number;
      const result = (table[pc] as JsFunction)(fp, pc);
      if (R[1] !== 0) return;
      if (distance === 0) break;
      R[2] = result;
      fp -= distance;
    }
    for (let slot = 0; slot <= T.site; slot++) m.setThread(tid, slot, 0);
    if (heldCount(m, tid) > 0) m.report('lock-balance', 'a thread ends with a lock held', 0, false);
  };
}

function functionTable(
  unit: CodeUnit,
  code: Readonly<Record<string, JsFunction>>,
  plain: ReadonlySet<string>,
): (JsFunction | null)[] {
  const table: (JsFunction | null)[] = [null];
  for (const [name, n] of unit.functionNumbers) {
    const fn = code[`r_${name}`];
    table[n] =
      fn === undefined
        ? null
        : plain.has(name)
          ? (fp, _pc, ...args) => fn(fp as number, ...args)
          : fn;
  }
  return table;
}

function factoryOf(text: string, models: readonly string[]): Linked['factory'] {
  const functions = models.map(n => {
    if (!/^[A-Za-z_]\w*$/.test(n)) throw new Error('function name is no identifier');
    return `r_${n}`;
  });
  let factory: Linked['factory'] | null = null;
  return helpers => {
    factory ??= new Function(
      'H',
      `"use strict";const {${Object.keys(helpers).join(',')}}=H;\n${text}\nreturn {${functions.join(',')}};`,
    ) as Linked['factory'];
    return factory(helpers);
  };
}

function link(linked: Linked, helpers: Helpers): Record<string, JsFunction> {
  const bound: Record<string, unknown> = { ...helpers.core };
  for (const name of new Set(linked.text.match(/\bp_\w+/g) ?? [])) {
    const primitive = helpers.primitives[name];
    if (primitive === undefined)
      throw new Error(`primitive ${name.slice(2)} has no implementation`);
    bound[name] = primitive;
  }
  return linked.factory(bound);
}

interface Helpers {
  readonly core: Readonly<Record<string, unknown>>;
  readonly primitives: Readonly<Record<string, JsFunction>>;
  setFunctions(table: readonly (JsFunction | null)[]): void;
}

function createHelpers(
  m: Machine,
  unit: CodeUnit,
  seen: Pick<Program, 'covered' | 'decided'>,
  resumes: readonly ResumePoint[],
  o: { isAtomic: () => boolean; primitives: Record<string, JsFunction> },
): Helpers {
  const { S, R, state } = m;
  const { readBits } = unit;
  const write = state.write;
  let functions: readonly (JsFunction | null)[] = [];
  const base = m.addressOf(0);
  const checkRelock = o.primitives['checkRelock'] as JsFunction;
  const core = {
    S,
    R,
    C: seen.covered,
    D: seen.decided,
    FS: Int32Array.from(resumes.map(r => r.saved)),
    ad: (cell: number) => base + (cell << 2),
    ld: m.readPlain,
    lm: m.read,
    st: m.storePlain,
    sm: m.store,
    lg: (cell: number, site: number) => {
      m.conflicts.access(cell, m.tid, false, true, site, readBits[site] as number);
      return S[cell];
    },
    lgm: (cell: number, site: number) => {
      m.conflicts.access(cell, m.tid, false, false, site, readBits[site] as number);
      return S[cell];
    },
    ...(m.buffers === null
      ? {}
      : {
          lg: (cell: number, site: number) => m.readPlain(base + (cell << 2), site),
          lgm: (cell: number, site: number) => m.read(base + (cell << 2), site),
        }),
    sg: (cell: number, value: number, site: number) =>
      m.storePlain(base + (cell << 2), value, site),
    sgm: (cell: number, value: number, site: number) => m.store(base + (cell << 2), value, site),
    ss: write,
    clr: (from: number, to: number) => {
      for (let i = from; i < to; i++) if (S[i] !== 0) write(i, 0);
    },
    cp: (to: number, from: number, cells: number, site: number) => {
      for (let i = 0; i < cells; i++) m.store(to + i * 4, m.read(from + i * 4, site), site);
      return to;
    },
    hc: (gfn: number) => m.addressOf(m.cells.hostCurrent + (gfn & (HOST_GFNS - 1))),
    na: (address: number, isWrite: number, bits: number) => {
      if (o.isAtomic()) return false;
      const cell = (address - base) >> 2;
      if (S[m.object[cell] ?? 0] === PRIVATE) return false;
      return m.conflicts.needsPoint(cell, isWrite !== 0, bits);
    },
    na2: (address: number, isWrite: number) => {
      if (o.isAtomic()) return false;
      const cell = (address - base) >> 2;
      if (S[m.object[cell] ?? 0] === PRIVATE) return false;
      const { conflicts } = m;
      return (
        conflicts.needsPoint(cell, isWrite !== 0, -1) ||
        conflicts.needsPoint(cell + 1, isWrite !== 0, -1)
      );
    },
    np: (k: number, argument: number) => {
      if (o.isAtomic() || k === RCU_POINT || k === UNLOCK_POINT) return false;
      if (k === CHOICE) return !choosesOnTheWay(m, argument);
      if (k >= 2 && k <= 5 && !m.conflicts.contended((argument - base) >> 2)) {
        if (heldMode(m, m.tid, argument) !== 0) checkRelock(argument, k - 1, 0);
        return !lockIsFree(m, k === READ_LOCK ? 'read' : 'exclusive', argument);
      }
      if (k === SYNC) {
        // A grace period begins when the thread's own stores have arrived.
        if ((m.buffers?.size(m.tid) ?? 0) > 0) m.buffers?.fence();
        else startSync(m, 3);
      }
      if (k >= 2 && k <= 5 && heldMode(m, m.tid, argument) !== 0) checkRelock(argument, k - 1, 0);
      return true;
    },
    sus: (fp: number, k: number, argument: number, site: number) => {
      const tb = m.threadBase[m.tid] as number;
      write(tb, fp - tb);
      write(tb + 1, k);
      write(tb + 2, argument);
      write(tb + 3, site);
      R[1] = 1;
    },
    fn: (n: number, site: number) => {
      const target = functions[n];
      if (target == null)
        m.report(
          'wild-pointer',
          `call through a bad function pointer in ${describeSite(m, site)}`,
          site,
          true,
        );
      return target;
    },
    fu: (site: number) => {
      R[3] = (R[3] as number) - 1;
      if ((R[3] as number) < 0)
        m.report(
          'livelock',
          `a loop in ${describeSite(m, site)} does not end and nobody else can run`,
          site,
          true,
        );
    },
    uns: (n: number) => {
      const u = unit.unsupported[n];
      throw new Unmodelled(
        u?.code ?? 'unsupported',
        `${u?.message ?? ''} (${u?.fn}() at ${u?.loc.file}:${u?.loc.line})`,
        0,
      );
    },
    ...arithmetic(R, what => m.report('undefined-behaviour', what, 0, false)),
  };
  return {
    core,
    primitives: o.primitives,
    setFunctions: table => {
      functions = table;
    },
  };
}

const sayChoice = (choice: number): string =>
  choice === 0 ? 'no' : choice === 1 ? 'yes' : String(choice);
const RCU_POINT = kind('rcu');
const UNLOCK_POINT = kind('unlock');

/** The bound on yields would be exceeded: what lies beyond is not searched, and the search says so. */
export class YieldsSpent extends Error {}

/** A bound is state: it tells schedules apart that are otherwise equal. */
function countYield(m: Machine, bound: number | null): void {
  if (bound === null) return;
  const given = m.thread(m.tid, T.yields) + 1;
  if (given > bound) throw new YieldsSpent(`${bound} yields of a thread`);
  m.setThread(m.tid, T.yields, given);
}

/** The choice that is being made is yes, whatever was chosen. */
function chooseYes(m: Machine): void {
  const { taken } = m.choices;
  if (taken.length > 0) taken[taken.length - 1] = 1;
  m.choice = 1;
}

function miscPrimitives(m: Machine, yields: number | null): Record<string, JsFunction> {
  const note = (site: number): string => m.spec.unit.sites[site]?.what ?? '';
  const choose: JsFunction = (...args) => {
    m.choices.fair = true;
    return chosen(...args);
  };
  const chosen: JsFunction = (...args) => {
    const site = args.at(-1) as number;
    if (m.trace !== null && m.choices.arity.length > 0)
      event(m, 'choice', `${note(site)}() says ${sayChoice(m.choice)}`, site);
    return m.choice;
  };
  const giveWay: JsFunction = (...args) => {
    if (m.choices.contended) chooseYes(m);
    const answer = choose(...args);
    if (answer !== 0) countYield(m, yields);
    return answer;
  };
  return {
    p_warn: (condition, site) => {
      if (condition !== 0)
        m.report(
          'warn-reached',
          `${note(site as number)} fires in ${describeSite(m, site as number)}`,
          site as number,
          false,
        );
      return condition as number;
    },
    p_need_resched: giveWay,
    p_rwlock_needbreak: giveWay,
    p_rwlock_is_contended: giveWay,
    p_signal_pending: chosen,
    p_mmd_choice: choose,
    ...bitSearches(m.R),
    p_get_current: () => 0x7f000000,
    p_schedule: () => 0,
    p_mmd_check: (condition, site) => {
      if (condition !== 0) return 0;
      const [invariant = '', what = ''] = note(site as number).split(': ');
      m.report(invariant, what, site as number, false);
      return 0;
    },
    p_mmd_op_begin: site => {
      event(m, 'op', `begins ${note(site as number)}`, site as number);
      m.setThread(m.tid, T.opHeld, heldCount(m, m.tid));
      m.setThread(m.tid, T.setting, 1);
      return 0;
    },
    p_mmd_op_end: site => {
      event(m, 'op', `ends ${note(site as number)}`, site as number);
      m.setThread(m.tid, T.setting, 0);
      if (heldCount(m, m.tid) > m.thread(m.tid, T.opHeld)) {
        m.report(
          'lock-balance',
          `${note(site as number)} returns with a lock held`,
          site as number,
          false,
        );
      }
      return 0;
    },
    p_mmd_act_as: () => 0,
    p_mmd_rest: () => 0,
    p_mmd_start: () => 0,
    p_mmd_progress: () => 0,
    p_mmd_wait_kicked: () => 0,
  };
}

const CACHES = [
  ['mmu_page_header_cache', 'shadow-page'],
  ['pte_list_desc_cache', 'list-descriptor'],
] as const;

/** __ffs() and friends; arguments are 32-bit or (low, high), the site last. */
function bitSearches(R: Int32Array): Record<string, JsFunction> {
  const first = (lo: number, hi: number): number =>
    lo !== 0 ? 31 - Math.clz32(lo & -lo) : hi !== 0 ? 63 - Math.clz32(hi & -hi) : -1;
  const last = (lo: number, hi: number): number =>
    hi !== 0 ? 63 - Math.clz32(hi) : lo !== 0 ? 31 - Math.clz32(lo) : -1;
  const count = (x: number): number => {
    let n = 0;
    for (let v = x; v !== 0; v &= v - 1) n++;
    return n;
  };
  const on =
    (search: (lo: number, hi: number) => number): JsFunction =>
    (...args) => {
      const wide = args.length >= 3;
      const value = search(args[0] as number, wide ? (args[1] as number) : 0);
      R[0] = 0;
      return value;
    };
  return {
    p___ffs: on(first),
    p___fls: on(last),
    p_ffs: on((lo, hi) => first(lo, hi) + 1),
    p_fls: on((lo, hi) => last(lo, hi) + 1),
    p_fls64: on((lo, hi) => last(lo, hi) + 1),
    p_ffz: on((lo, hi) => first(~lo, ~hi)),
    p_hweight64: on((lo, hi) => count(lo) + count(hi)),
    p_hweight32: on(lo => count(lo)),
  };
}

/** Slab caches by the address of the global that names them: each pointer is set to its own address. */
function cacheGlobals({ lifter, unit, linked }: Code, m: Machine): Map<number, string> {
  const caches = new Map<number, string>();
  for (const [name, pool] of CACHES) {
    const global = lifter.unit.globals.get(name);
    if (global === undefined || !linked.globals.some(g => g.name === name)) continue;
    caches.set(m.addressOf(unit.globalCell(global)), pool);
  }
  return caches;
}

function identifyCaches(code: Code, m: Machine): void {
  for (const address of cacheGlobals(code, m).keys())
    m.state.write((address - m.addressOf(0)) >> 2, address);
}

function applyInit(m: Machine, unit: CodeUnit, global: Global, init: readonly InitItem[]): void {
  const base = unit.globalCell(global);
  for (const item of init) {
    let cell = base;
    let bit: { at: number; width: number } | null = null;
    for (const step of item.path) {
      if ('field' in step) {
        const spot = unit.layout.spot(step.field);
        cell += spot.cell;
        bit = spot.bit;
      } else cell += step.index * unit.layout.cells(step.of);
    }
    const value = initWords(m, unit, item.value);
    if (value === null) continue;
    if (bit !== null)
      m.state.write(cell, (m.S[cell] as number) | ((value[0] & (2 ** bit.width - 1)) << bit.at));
    else {
      m.state.write(cell, value[0]);
      if (item.type.kind === 'int' && item.type.bits === 64) m.state.write(cell + 1, value[1]);
    }
  }
}

function initWords(m: Machine, unit: CodeUnit, e: Expr): [number, number] | null {
  if (e.kind === 'const') return [e.lo, e.hi];
  if (e.kind === 'convert') return initWords(m, unit, e.value);
  if (e.kind === 'function') return [unit.functionNumber(e.name), 0];
  if (e.kind === 'address') {
    let cells = 0;
    let p = e.place;
    for (; p.kind === 'field' || p.kind === 'element'; p = p.base) {
      if (p.kind === 'field') cells += unit.layout.spot(p.field).cell;
      else if (p.index.kind === 'const') cells += p.index.lo * unit.layout.cells(p.type);
    }
    return p.kind === 'global' ? [m.addressOf(unit.globalCell(p.global) + cells), 0] : null;
  }
  return null;
}

/** The scenario's table of guest accesses, set by the driver. */
function readAccesses(
  lifter: Lifter,
  unit: CodeUnit,
  m: Machine,
  into: { gfn: number; write: boolean }[],
): void {
  const table = (name: string): number[] => {
    const global = lifter.unit.globals.get(name);
    if (global?.type.kind !== 'array') return [];
    const { of, count } = global.type;
    const size = unit.layout.cells(of);
    const base = unit.globalCell(global);
    return Array.from({ length: count ?? 0 }, (_, i) => m.S[base + i * size] as number);
  };
  const writes = table('mmd_access_write');
  const count = lifter.unit.globals.get('mmd_bound_nr_accesses');
  const used = count === undefined ? 0 : (m.S[unit.globalCell(count)] as number);
  const gfns = table('mmd_access_gfn').slice(0, used);
  into.push(...gfns.map((gfn, i) => ({ gfn, write: (writes[i] ?? 0) !== 0 })));
}
