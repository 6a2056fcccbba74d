/** Statements of one model to blocks, and the finished function's text. */
import { type CType, isWide } from '../c/types.ts';
import { conditionsOf } from '../ir/conditions.ts';
import type { Expr, InitItem, Local, ModelFunction, PathStep, Place, Stmt } from '../ir/ir.ts';
import { type Block, type FunctionShape, type Rendered, render } from './blocks.ts';
import { compare64, ExprGenerator, type Value } from './generate-expr.ts';
import type { CodeUnit } from './unit.ts';

interface ScopeEntry {
  readonly cleanups: { readonly local: Local; readonly fn: string }[];
}
interface LoopEntry {
  readonly onBreak: Block;
  readonly onContinue: Block | null;
  readonly depth: number;
}
interface SwitchEntry {
  readonly cases: { readonly from: number | null; readonly to: number; readonly block: Block }[];
}

/** Only what a patch to the MMU changes is ever asked about. */
const isOfMmu = (model: ModelFunction): boolean => model.loc.file.startsWith('arch/x86/kvm/');

export class FunctionGenerator extends ExprGenerator {
  private readonly model: ModelFunction;
  private readonly scopes: ScopeEntry[] = [];
  private readonly loops: LoopEntry[] = [];
  private readonly switches: SwitchEntry[] = [];
  private readonly labels = new Map<string, { block: Block; depth: number }>();
  private lastLine = '';

  constructor(unit: CodeUnit, model: ModelFunction) {
    super(unit, model.name);
    this.model = model;
    if (!isOfMmu(model)) return;
    conditionsOf(model).forEach((condition, i) => {
      this.decisions.set(condition.expr, unit.decision(model.name, i));
    });
  }

  /** Code of the whole function; `firstResume` numbers its suspension places. */
  generate(firstResume: number): Rendered & { frameCells: number } {
    const entry = this.cur;
    const prologue = this.prologue();
    this.findLabels(this.model.body, 1);
    this.scope(this.model.body);
    this.cur.end ??= { kind: 'return', value: null };
    for (const block of this.blocks.all) block.end ??= { kind: 'return', value: null };
    const shape: FunctionShape = {
      name: this.model.name,
      params: this.paramNames(),
      resumable: this.resumable,
      memoryCells: this.memoryCells,
      prologue,
      wideResult: isWide(this.model.ret),
    };
    const rendered = render(shape, entry, firstResume);
    const saved = Math.max(0, ...rendered.resumes.map(r => r.saved));
    const frameCells = this.memoryBase() + this.memoryCells + (this.resumable ? saved : 0);
    return {
      ...rendered,
      text: rendered.text.replaceAll('FR_SELF', String(frameCells)),
      frameCells,
    };
  }

  private paramNames(): string[] {
    const names = this.model.params.flatMap(p =>
      isWide(p.type) ? [`v${p.id}`, `v${p.id}h`] : [`v${p.id}`],
    );
    if (this.model.ret.kind === 'record') names.push('rp');
    return names;
  }

  /** Parameters that live in memory are copied there. */
  private prologue(): string[] {
    return this.model.params.flatMap(p => {
      if (!p.inMemory) return [];
      const cell = this.localCell(p);
      if (p.type.kind === 'record')
        return [`cp(ad(${cell}),v${p.id},${this.unit.layout.cells(p.type)},0);`];
      const lo = `ss(${cell},v${p.id});`;
      return isWide(p.type) ? [lo, `ss(${cell}+1,v${p.id}h);`] : [lo];
    });
  }

  /** Labels and the number of open scopes around each, so that a goto runs the cleanups it leaves. */
  private findLabels(body: readonly Stmt[], depth: number): void {
    for (const s of body) {
      if (s.kind === 'label') this.labels.set(s.label, { block: this.blocks.open(), depth });
      else if (s.kind === 'block') this.findLabels(s.body, depth + 1);
      else if (s.kind === 'if') {
        this.findLabels([s.then], depth);
        if (s.otherwise !== null) this.findLabels([s.otherwise], depth);
      } else if (s.kind === 'loop') this.findLabels([s.body], depth + 1);
      else if (s.kind === 'switch') this.findLabels([s.body], depth);
    }
  }

  private scope(body: readonly Stmt[]): void {
    this.scopes.push({ cleanups: [] });
    for (const s of body) this.stmt(s);
    if (this.cur.end === null) this.leaveScopes(this.scopes.length - 1);
    this.scopes.pop();
  }

  /** Runs the cleanups of all scopes deeper than `depth`, innermost first. */
  private leaveScopes(depth: number): void {
    for (let i = this.scopes.length - 1; i >= depth; i--) {
      const cleanups = this.scopes[i]?.cleanups ?? [];
      for (let k = cleanups.length - 1; k >= 0; k--) {
        const { local, fn } = cleanups[k] as (typeof cleanups)[number];
        const place: Place = { kind: 'local', local, type: local.type };
        const loc = this.model.loc;
        const pointer: Expr = {
          kind: 'address',
          type: { kind: 'ptr', to: local.type },
          loc,
          place,
        };
        this.discard({ kind: 'call', type: { kind: 'void' }, loc, name: fn, args: [pointer] });
      }
    }
  }

  override body(e: Expr & { kind: 'block' }): void {
    // Its scope stays open for the value; C runs cleanups after the value is computed, which no model relies on.
    this.scopes.push({ cleanups: [] });
    for (const s of e.body) this.stmt(s);
    this.scopes.pop();
  }

  private cover(s: Stmt): void {
    const key = `${s.loc.file}:${s.loc.line}`;
    if (key === this.lastLine && this.cur.lines.length > 0) return;
    this.lastLine = key;
    this.emit(`C[${this.unit.coverPoint(this.fn, s.loc)}]=1;`);
  }

  private startDead(): void {
    if (this.cur.end !== null) this.cur = this.blocks.open();
  }

  private stmt(s: Stmt): void {
    this.startDead();
    switch (s.kind) {
      case 'expr':
        this.cover(s);
        return this.discard(s.expr);
      case 'declare':
        return this.declare(s);
      case 'block':
        return this.scope(s.body);
      case 'if':
        return this.ifStmt(s);
      case 'loop':
        return this.loop(s);
      case 'switch':
        return this.switchStmt(s);
      case 'case': {
        const block = this.blocks.open();
        this.switches.at(-1)?.cases.push({ from: s.from, to: s.to, block });
        return this.jumpTo(block);
      }
      case 'label':
        return this.jumpTo((this.labels.get(s.label) as { block: Block }).block);
      case 'goto':
        return this.goto(s);
      case 'break':
      case 'continue':
        return this.exitLoop(s);
      case 'return':
        return this.returnStmt(s);
    }
  }

  private goto(s: Stmt & { kind: 'goto' }): void {
    this.cover(s);
    const label = this.labels.get(s.label);
    if (label === undefined) throw new Error(`goto ${s.label} without a label in ${this.fn}`);
    this.leaveScopes(label.depth);
    this.emit(`fu(${this.site(s, 'goto')});`);
    this.cur.end = { kind: 'jump', to: label.block };
  }

  private exitLoop(s: Stmt & { kind: 'break' | 'continue' }): void {
    for (let i = this.loops.length - 1; i >= 0; i--) {
      const loop = this.loops[i] as LoopEntry;
      const target = s.kind === 'break' ? loop.onBreak : loop.onContinue;
      if (target === null) continue;
      this.leaveScopes(loop.depth);
      this.cur.end = { kind: 'jump', to: target };
      return;
    }
    throw new Error(`${s.kind} outside a loop in ${this.fn}`);
  }

  private returnStmt(s: Stmt & { kind: 'return' }): void {
    this.cover(s);
    const ret = this.model.ret;
    let value: string | null = null;
    if (s.value !== null) {
      if (ret.kind === 'void') this.discard(s.value);
      else if (ret.kind === 'record') {
        this.emit(`cp(rp,${this.recordAddress(s.value)},${this.unit.layout.cells(ret)},0);`);
      } else {
        const v = this.value(s.value);
        const hasCleanups = this.scopes.some(scope => scope.cleanups.length > 0);
        const lo = hasCleanups || v.hi !== '' ? this.temp(v.lo) : v.lo;
        const hi = v.hi === '' ? '' : this.temp(v.hi);
        this.leaveScopes(0);
        if (hi !== '') this.emit(`R[0]=${hi};`);
        value = lo;
        this.cur.end = { kind: 'return', value };
        return;
      }
    }
    this.leaveScopes(0);
    this.cur.end = { kind: 'return', value };
  }

  private declare(s: Stmt & { kind: 'declare' }): void {
    const { local, init } = s;
    const place: Place = { kind: 'local', local, type: local.type };
    if (init !== null) {
      this.cover(s);
      if (local.inMemory) this.initMemory(place, init, s);
      else {
        const only = init[0];
        if (only !== undefined) this.store(place, this.value(only.value), 'plain', s.loc);
      }
    } else if (local.inMemory) {
      // Indeterminate in C; cleared so that dead values of an earlier iteration do not split states.
      const cells = this.unit.layout.cells(local.type);
      const cell = this.localCell(local);
      this.emit(`clr(${cell},${cell}+${cells});`);
    }
    if (s.cleanup !== null) this.scopes.at(-1)?.cleanups.push({ local, fn: s.cleanup });
  }

  private initMemory(place: Place & { kind: 'local' }, init: readonly InitItem[], s: Stmt): void {
    const whole = init.length === 1 && init[0]?.path.length === 0;
    const cell = this.localCell(place.local);
    const values = init.map(item => {
      if (item.type.kind === 'record')
        return { lo: this.temp(this.recordAddress(item.value)), hi: '' };
      const v = this.value(item.value);
      return v.hi === '' ? { lo: this.temp(v.lo), hi: '' } : this.temp64(v.lo, v.hi);
    });
    if (!whole) this.emit(`clr(${cell},${cell}+${this.unit.layout.cells(place.type)});`);
    init.forEach((item, i) => {
      const target = item.path.reduce((p, step) => stepInto(p, step), place as Place);
      const v = values[i] as { lo: string; hi: string };
      if (item.type.kind === 'record')
        this.emit(`cp(${this.address(target)},${v.lo},${this.unit.layout.cells(item.type)},0);`);
      else if (item.type.kind !== 'array') this.store(target, v, 'plain', s.loc);
    });
  }

  private ifStmt(s: Stmt & { kind: 'if' }): void {
    this.cover(s);
    const yes = this.blocks.open();
    const join = this.blocks.open();
    const no = s.otherwise === null ? join : this.blocks.open();
    this.jump(s.test, yes, no);
    this.cur = yes;
    this.stmt(s.then);
    this.cur.end ??= { kind: 'jump', to: join };
    if (s.otherwise !== null) {
      this.cur = no;
      this.stmt(s.otherwise);
      this.cur.end ??= { kind: 'jump', to: join };
    }
    this.cur = join;
  }

  private loop(s: Stmt & { kind: 'loop' }): void {
    this.scopes.push({ cleanups: [] });
    for (const init of s.init) this.stmt(init);
    this.startDead();
    const head = this.blocks.open();
    const body = this.blocks.open();
    const after = this.blocks.open();
    const next = s.step === null && !s.testLast ? head : this.blocks.open();
    this.jumpTo(s.testLast ? body : head);
    this.loops.push({ onBreak: after, onContinue: next, depth: this.scopes.length });
    this.loopTest(s, head, body, after);
    this.cur = body;
    this.emit(`fu(${this.site(s, 'loop')});`);
    this.stmt(s.body);
    this.cur.end ??= { kind: 'jump', to: next };
    this.loops.pop();
    if (next !== head) {
      this.cur = next;
      if (s.step !== null) this.discard(s.step);
      this.cur.end ??= { kind: 'jump', to: head };
    }
    this.cur = after;
    this.leaveScopes(this.scopes.length - 1);
    this.scopes.pop();
  }

  private loopTest(s: Stmt & { kind: 'loop' }, head: Block, body: Block, after: Block): void {
    this.cur = head;
    if (s.test === null) this.cur.end = { kind: 'jump', to: body };
    else {
      this.cover(s);
      let test = s.test;
      while (test.kind === 'sequence') {
        this.discard(test.first);
        test = test.second;
      }
      this.jump(test, body, after);
    }
  }

  private switchStmt(s: Stmt & { kind: 'switch' }): void {
    this.cover(s);
    const whole = this.value(s.value);
    const v = this.temp(whole.lo);
    const high = whole.hi === '' ? '' : this.temp(whole.hi);
    const dispatch = this.cur;
    const after = this.blocks.open();
    const entry: SwitchEntry = { cases: [] };
    this.switches.push(entry);
    this.loops.push({ onBreak: after, onContinue: null, depth: this.scopes.length });
    this.cur = this.blocks.open();
    this.stmt(s.body);
    this.cur.end ??= { kind: 'jump', to: after };
    this.loops.pop();
    this.switches.pop();
    this.cur = dispatch;
    for (const c of entry.cases) {
      if (c.from === null) continue;
      const next = this.blocks.open();
      this.branch(caseTest({ lo: v, hi: high }, s.value.type, c.from, c.to), c.block, next);
      this.cur = next;
    }
    this.cur.end = { kind: 'jump', to: entry.cases.find(c => c.from === null)?.block ?? after };
    this.cur = after;
  }
}

/** Whether a switch's value lies in a case's range; both ends have 32 bits, read in the value's own type. */
function caseTest(v: Value, type: CType, from: number, to: number): string {
  const words = (n: number): Value => ({ lo: `(${n | 0})`, hi: n < 0 ? '(-1)' : '0' });
  if (v.hi !== '') {
    if (from === to) return compare64('==', v, words(from), false);
    const signed = type.kind === 'int' && type.signed;
    return `(${compare64('>=', v, words(from), signed)})&&(${compare64('<=', v, words(to), signed)})`;
  }
  if (from === to) return `${v.lo}===${from | 0}`;
  const signed = type.kind !== 'int' || type.signed || type.bits < 32;
  return signed
    ? `${v.lo}>=${from | 0}&&${v.lo}<=${to | 0}`
    : `(${v.lo}>>>0)>=${from >>> 0}&&(${v.lo}>>>0)<=${to >>> 0}`;
}

export function stepInto(base: Place, step: PathStep): Place {
  if ('field' in step) return { kind: 'field', base, field: step.field, type: step.field.type };
  const loc = { file: '', line: 0, macro: null };
  const index: Expr = {
    kind: 'const',
    type: { kind: 'int', bits: 64, signed: true },
    loc,
    lo: step.index,
    hi: 0,
  };
  return { kind: 'element', base, index, type: step.of };
}
