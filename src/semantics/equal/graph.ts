/**
 * A function as a graph of what others can see: accesses to memory, calls and services of the kernel, in the order in
 * which they happen, with tests between them. Registers and control flow are only ways to say which of them come.
 * Helpers that the other side has not, or has otherwise, are put in place of their calls.
 */
import { type CType, type Field, typeName } from '../c/types.ts';
import type { Expr, InitItem, Local, ModelFunction, Place, Stmt } from '../ir/ir.ts';
import { CONTAINER } from './term.ts';

/** A value made of registers, without effects. */
export type Pure =
  | { readonly kind: 'register'; readonly register: number; readonly type: string }
  | {
      readonly kind: 'op';
      readonly op: string;
      readonly args: readonly Pure[];
      readonly type: string;
    };

export interface Node {
  readonly id: number;
  readonly what:
    | { readonly kind: 'nothing' }
    | { readonly kind: 'set'; readonly register: number; readonly value: Pure }
    | {
        readonly kind: 'effect';
        readonly op: string;
        readonly args: readonly Pure[];
        readonly type: string;
        readonly into: number | null;
      }
    | { readonly kind: 'test'; readonly value: Pure }
    | { readonly kind: 'return'; readonly value: Pure | null };
  next: Node | null;
  /** Where a test goes when its value is zero. */
  otherwise: Node | null;
}

export interface Graph {
  readonly entry: Node;
  readonly nodes: readonly Node[];
  /** Registers of the parameters, in order. */
  readonly params: readonly { readonly register: number; readonly type: string }[];
}

/** What the comparison has no words for. Nothing is claimed of a function that has such a thing. */
export class NoGraph extends Error {}

/** Bodies to put in place of calls; null for functions that are called. */
export type Inline = (name: string) => ModelFunction | null;

const MAX_NODES = 6000;
const MAX_DEPTH = 8;

export function graphOf(model: ModelFunction, inline: Inline): Graph {
  return new Builder(inline).build(model);
}

const nameOf = (type: CType): string => (type.kind === 'ptr' ? 'ptr' : typeName(type));
const fieldName = (f: Field): string =>
  `${f.owner.which} ${f.owner.name}.${f.name === '' ? `#${f.index}` : f.name}`;
const op = (name: string, args: readonly Pure[], type: string): Pure => ({
  kind: 'op',
  op: name,
  args,
  type,
});
const number = (lo: number, type: string): Pure => op(`#${lo} 0`, [], type);

type Tail = (to: Node) => void;

/** One activation of a function: its own locals. */
interface Scope {
  readonly registers: Map<number, number>;
  readonly memory: Map<number, Pure>;
  readonly labels: Map<string, Node>;
  readonly result: number | null;
  readonly returns: Tail[];
}

interface Exits {
  readonly onBreak: Tail[];
  readonly onContinue: Tail[] | null;
}

class Builder {
  private readonly inline: Inline;
  private readonly nodes: Node[] = [];
  private tails: Tail[] = [];
  private registers = 0;
  private readonly sameName = new Map<string, number>();
  private readonly active: string[] = [];
  private readonly exits: Exits[] = [];
  private readonly switches: { from: number | null; to: number; node: Node }[][] = [];
  private scope: Scope = this.newScope(false);

  constructor(inline: Inline) {
    this.inline = inline;
  }

  build(model: ModelFunction): Graph {
    const entry = this.node({ kind: 'nothing' });
    this.tails = [to => (entry.next = to)];
    this.active.push(model.name);
    this.scope = this.newScope(false);
    const params = model.params.map(p => {
      const register = this.registers++;
      this.bindParameter(p, { kind: 'register', register, type: nameOf(p.type) });
      return { register, type: nameOf(p.type) };
    });
    this.stmts(model.body);
    this.emit({ kind: 'return', value: null });
    return { entry, nodes: this.nodes, params };
  }

  private newScope(hasResult: boolean): Scope {
    return {
      registers: new Map(),
      memory: new Map(),
      labels: new Map(),
      result: hasResult ? this.registers++ : null,
      returns: [],
    };
  }

  // --- nodes ---
  private node(what: Node['what']): Node {
    if (this.nodes.length >= MAX_NODES) throw new NoGraph('too large');
    const node: Node = { id: this.nodes.length, what, next: null, otherwise: null };
    this.nodes.push(node);
    return node;
  }

  private enter(node: Node): void {
    for (const tail of this.tails) tail(node);
    this.tails = [to => (node.next = to)];
  }

  private emit(what: Node['what']): Node {
    const node = this.node(what);
    this.enter(node);
    if (what.kind === 'return') this.tails = [];
    return node;
  }

  private effect(name: string, args: readonly Pure[], type: string): Pure {
    const into = type === 'void' ? null : this.registers++;
    this.emit({ kind: 'effect', op: name, args, type, into });
    return into === null ? number(0, 'void') : { kind: 'register', register: into, type };
  }

  private set(register: number, value: Pure): void {
    this.emit({ kind: 'set', register, value });
  }

  /** A copy that later assignments leave alone. */
  private hold(value: Pure): Pure {
    if (value.kind === 'op' && value.args.length === 0) return value;
    const register = this.registers++;
    this.set(register, value);
    return { kind: 'register', register, type: value.type };
  }

  // --- locals ---
  private registerOf(local: Local): Pure {
    let register = this.scope.registers.get(local.id);
    if (register === undefined) {
      register = this.registers++;
      this.scope.registers.set(local.id, register);
    }
    return { kind: 'register', register, type: nameOf(local.type) };
  }

  /** Objects of one name and type correspond in the order in which they are met. */
  private memoryOf(local: Local): Pure {
    let place = this.scope.memory.get(local.id);
    if (place === undefined) {
      const key = `&${local.name} ${typeName(local.type)}`;
      const n = this.sameName.get(key) ?? 0;
      this.sameName.set(key, n + 1);
      place = op(`${key} ${n}`, [], 'ptr');
      this.scope.memory.set(local.id, place);
    }
    return place;
  }

  private bindParameter(param: Local, value: Pure): void {
    if (!param.inMemory) this.set((this.registerOf(param) as { register: number }).register, value);
    else this.store(this.memoryOf(param), param.type, value, 'plain', '');
  }

  // --- places and memory ---
  private address(p: Place): Pure {
    switch (p.kind) {
      case 'local':
        if (!p.local.inMemory) throw new NoGraph('address of a register');
        return this.memoryOf(p.local);
      case 'global':
        return op(`@${p.global.name}`, [], 'ptr');
      case 'deref':
        return this.value(p.pointer);
      case 'field':
        return op(`.${fieldName(p.field)}`, [this.address(p.base)], 'ptr');
      case 'element': {
        const base = this.hold(this.address(p.base));
        return op(`[] ${typeName(p.type)}`, [base, this.value(p.index)], 'ptr');
      }
      case 'value':
        return this.record(p.value);
    }
  }

  private isRegister(p: Place): boolean {
    return p.kind === 'local' && !p.local.inMemory;
  }

  private load(p: Place, mode: string): Pure {
    if (p.kind === 'local' && !p.local.inMemory) return this.registerOf(p.local);
    const address = this.address(p);
    // An array is where it starts.
    if (p.type.kind === 'array') return address;
    return this.effect(`load ${mode} ${nameOf(p.type)}`, [address], nameOf(p.type));
  }

  private store(address: Pure, type: CType, value: Pure, mode: string, how: string): void {
    this.effect(`store${how} ${mode} ${nameOf(type)}`, [address, value], 'void');
  }

  /** Where a value of a record type lies. */
  private record(e: Expr): Pure {
    switch (e.kind) {
      case 'load':
        return this.address(e.place);
      case 'call':
      case 'call-indirect':
      case 'primitive':
        return this.value(e);
      case 'convert':
        return this.record(e.value);
      case 'assign':
        this.value(e);
        return this.address(e.place);
      default:
        throw new NoGraph(`a record from ${e.kind}`);
    }
  }

  private operand(e: Expr): Pure {
    return e.type.kind === 'record' ? this.record(e) : this.value(e);
  }

  private operands(args: readonly Expr[]): Pure[] {
    return args.map((arg, i) => {
      const value = this.operand(arg);
      return i + 1 < args.length ? this.hold(value) : value;
    });
  }

  // --- expressions ---
  value(e: Expr): Pure {
    const type = nameOf(e.type);
    switch (e.kind) {
      case 'const':
        return op(`#${e.lo} ${e.hi}`, [], type);
      case 'load':
        return e.type.kind === 'record' ? this.record(e) : this.load(e.place, e.mode);
      case 'address':
        return this.address(e.place);
      case 'assign':
        return this.assign(e);
      case 'step':
        return this.step(e);
      case 'call':
        return this.call(e);
      case 'call-indirect': {
        const target = this.hold(this.value(e.target));
        return this.effect('call', [target, ...this.operands(e.args)], type);
      }
      case 'primitive':
        return this.primitive(e);
      case 'binary': {
        const left = this.hold(this.value(e.left));
        const right = this.value(e.right);
        const how = isComparison(e.op) ? e.op : e.op + stride(e.opType, e.left.type, e.right.type);
        return op(how, this.converted(e, left, right), type);
      }
      case 'negate':
      case 'complement':
      case 'not':
        return op(e.kind, [this.value(e.value)], type);
      case 'convert':
        if (e.type.kind === 'void') {
          this.value(e.value);
          return number(0, 'void');
        }
        return this.convert(this.value(e.value), type);
      case 'logical':
      case 'choose':
        return this.decide(e);
      case 'sequence':
        this.value(e.first);
        return this.operand(e.second);
      case 'block':
        this.stmts(e.body);
        return e.value === null ? number(0, 'void') : this.operand(e.value);
      case 'container-of':
        return op(`${CONTAINER}${e.path.map(fieldName).join('/')}`, [this.value(e.value)], 'ptr');
      case 'function':
        return op(`fn ${e.name}`, [], 'ptr');
      case 'text':
        return op('text', [], 'ptr');
      case 'unsupported':
        throw new NoGraph(e.message);
    }
  }

  /** The type that is computed in belongs to the meaning of `<`, `/`, `>>` and their like. */
  private converted(e: Expr & { kind: 'binary' }, left: Pure, right: Pure): Pure[] {
    const type = nameOf(e.opType);
    return [
      this.convert(left, type),
      e.op === '<<' || e.op === '>>' ? right : this.convert(right, type),
    ];
  }

  private convert(value: Pure, type: string): Pure {
    return value.type === type ? value : op('to', [value], type);
  }

  private assign(e: Expr & { kind: 'assign' }): Pure {
    const type = nameOf(e.place.type);
    if (e.place.type.kind === 'record') {
      const to = this.hold(this.address(e.place));
      this.effect(`copy ${typeName(e.place.type)}`, [to, this.record(e.value)], 'void');
      return to;
    }
    if (this.isRegister(e.place)) {
      const target = this.load(e.place, e.mode) as Pure & { kind: 'register' };
      const value = this.value(e.value);
      const result =
        e.op === null
          ? this.convert(value, type)
          : this.convert(
              op(
                e.op + stride(e.opType, e.place.type, e.value.type),
                [this.convert(target, nameOf(e.opType)), value],
                nameOf(e.opType),
              ),
              type,
            );
      this.set(target.register, result);
      return target;
    }
    const address = this.hold(this.address(e.place));
    const value = this.hold(this.value(e.value));
    const how = ` ${e.op} in ${typeName(e.opType)}`;
    if (e.op === null) {
      this.store(address, e.place.type, this.convert(value, type), e.mode, '');
      return isBitField(e.place) ? this.effect('held', [address], type) : this.convert(value, type);
    }
    return this.effect(`store${how} ${e.mode} ${type}`, [address, value], type);
  }

  private step(e: Expr & { kind: 'step' }): Pure {
    const type = nameOf(e.place.type);
    if (!this.isRegister(e.place))
      return this.effect(`step ${e.delta} ${e.postfix} ${type}`, [this.address(e.place)], type);
    const target = this.load(e.place, 'plain') as Pure & { kind: 'register' };
    const size = e.place.type.kind === 'ptr' ? ` of ${typeName(e.place.type.to)}` : '';
    const old = e.postfix ? this.hold(target) : target;
    this.set(target.register, op(`step ${e.delta}${size}`, [target], type));
    return old;
  }

  private call(e: Expr & { kind: 'call' }): Pure {
    const body = this.inline(e.name);
    if (body === null) return this.effect(`call ${e.name}`, this.operands(e.args), nameOf(e.type));
    if (this.active.length > MAX_DEPTH || this.active.includes(e.name))
      throw new NoGraph(`${e.name}() calls itself`);
    if (body.variadic || body.ret.kind === 'record') throw new NoGraph(`the call of ${e.name}()`);
    const args = this.operands(e.args).map(a => this.hold(a));
    const outer = this.scope;
    this.active.push(e.name);
    this.scope = this.newScope(body.ret.kind !== 'void');
    body.params.forEach((p, i) => {
      this.bindParameter(p, args[i] as Pure);
    });
    // A break of the body is none of the caller's loops.
    const exits = this.exits.splice(0);
    const switches = this.switches.splice(0);
    this.stmts(body.body);
    this.exits.push(...exits);
    this.switches.push(...switches);
    this.tails.push(...this.scope.returns);
    const { result } = this.scope;
    this.scope = outer;
    this.active.pop();
    this.enter(this.node({ kind: 'nothing' }));
    return result === null
      ? number(0, 'void')
      : { kind: 'register', register: result, type: nameOf(body.ret) };
  }

  private primitive(e: Expr & { kind: 'primitive' }): Pure {
    // What a WARN prints is no behaviour.
    const note = e.name === 'warn' ? '' : ` ${e.note}`;
    return this.effect(`kernel ${e.name}${note}`, this.operands(e.args), nameOf(e.type));
  }

  /** Both ways meet again, with the value in one register. */
  private decide(e: Expr & { kind: 'logical' | 'choose' }): Pure {
    const type = nameOf(e.type);
    const result = this.registers++;
    const assign = (value: Pure): void => {
      if (type !== 'void') this.set(result, value);
    };
    if (e.kind === 'choose' && e.then === null) {
      const tested = this.hold(this.value(e.test));
      const no = this.fork(tested);
      assign(this.convert(tested, type));
      this.meet(no, () => assign(this.convert(this.value(e.otherwise), type)));
    } else if (e.kind === 'choose') {
      const no = this.jump(e.test);
      assign(this.arm(e.then as Expr));
      this.meet(no, () => assign(this.arm(e.otherwise)));
    } else {
      const no = this.jump(e);
      assign(number(1, type));
      this.meet(no, () => assign(number(0, type)));
    }
    return { kind: 'register', register: result, type };
  }

  private arm(e: Expr): Pure {
    if (e.type.kind === 'record') throw new NoGraph('a choice of records');
    return this.value(e);
  }

  /** Tests the value; goes on where it is not zero, and returns the ways on which it is. */
  private fork(value: Pure): Tail[] {
    const node = this.emit({ kind: 'test', value });
    return [to => (node.otherwise = to)];
  }

  private jump(e: Expr): Tail[] {
    if (e.kind === 'logical' && e.op === '&&') {
      const no = this.jump(e.left);
      return [...no, ...this.jump(e.right)];
    }
    if (e.kind === 'logical') {
      const no = this.jump(e.left);
      const yes = this.tails;
      this.tails = no;
      const noAgain = this.jump(e.right);
      this.tails.push(...yes);
      return noAgain;
    }
    if (e.kind === 'not') {
      const no = this.jump(e.value);
      const yes = this.tails;
      this.tails = no;
      return yes;
    }
    if (e.kind === 'convert' && nameOf(e.type) === 'bool') return this.jump(e.value);
    if (e.kind === 'sequence') {
      this.value(e.first);
      return this.jump(e.second);
    }
    return this.fork(this.value(e));
  }

  private meet(no: Tail[], other: () => void): void {
    const yes = this.tails;
    this.tails = no;
    other();
    this.tails.push(...yes);
  }

  // --- statements ---
  private stmts(body: readonly Stmt[]): void {
    for (const s of body) this.stmt(s);
  }

  private stmt(s: Stmt): void {
    switch (s.kind) {
      case 'expr':
        this.discard(s.expr);
        return;
      case 'declare':
        return this.declare(s.local, s.init, s.cleanup);
      case 'block':
        return this.stmts(s.body);
      case 'if': {
        const no = this.jump(s.test);
        this.stmt(s.then);
        this.meet(no, () => {
          if (s.otherwise !== null) this.stmt(s.otherwise);
        });
        return;
      }
      case 'loop':
        return this.loop(s);
      case 'switch':
        return this.switchOf(s);
      case 'case': {
        const node = this.node({ kind: 'nothing' });
        this.enter(node);
        this.switches.at(-1)?.push({ from: s.from, to: s.to, node });
        return;
      }
      case 'goto':
        for (const tail of this.tails) tail(this.label(s.label));
        this.tails = [];
        return;
      case 'label':
        return this.enter(this.label(s.label));
      case 'break':
      case 'continue':
        return this.leave(s.kind);
      case 'return':
        return this.returns(s.value);
    }
  }

  private discard(e: Expr): void {
    if (e.type.kind === 'record') this.record(e);
    else this.value(e);
  }

  private label(name: string): Node {
    let node = this.scope.labels.get(name);
    if (node === undefined) {
      node = this.node({ kind: 'nothing' });
      this.scope.labels.set(name, node);
    }
    return node;
  }

  private leave(how: 'break' | 'continue'): void {
    for (let i = this.exits.length - 1; i >= 0; i--) {
      const exits = this.exits[i] as Exits;
      const target = how === 'break' ? exits.onBreak : exits.onContinue;
      if (target === null) continue;
      target.push(...this.tails);
      this.tails = [];
      return;
    }
    throw new NoGraph(`${how} outside of a loop`);
  }

  private returns(e: Expr | null): void {
    const value = e === null ? null : this.operand(e);
    if (this.active.length === 1) {
      this.emit({ kind: 'return', value: e?.type.kind === 'void' ? null : value });
      return;
    }
    const { result, returns } = this.scope;
    if (result !== null && value !== null) this.set(result, value);
    returns.push(...this.tails);
    this.tails = [];
  }

  private declare(local: Local, init: readonly InitItem[] | null, cleanup: string | null): void {
    if (cleanup !== null) throw new NoGraph('a cleanup');
    if (init === null) return;
    if (!local.inMemory) {
      const [only] = init;
      if (only === undefined) return;
      const { register } = this.registerOf(local) as Pure & { kind: 'register' };
      this.set(register, this.convert(this.value(only.value), nameOf(local.type)));
      return;
    }
    const object = this.memoryOf(local);
    const values = init.map(item => this.hold(this.operand(item.value)));
    if (init.length !== 1 || init[0]?.path.length !== 0) this.effect('clear', [object], 'void');
    init.forEach((item, i) => {
      const address = item.path.reduce(
        (base, step) =>
          'field' in step
            ? op(`.${fieldName(step.field)}`, [base], 'ptr')
            : op(`[] ${typeName(step.of)}`, [base, number(step.index, 's64')], 'ptr'),
        object,
      );
      const kind = item.type.kind === 'record' ? ' whole' : '';
      this.store(address, item.type, values[i] as Pure, 'plain', kind);
    });
  }

  private loop(s: Stmt & { kind: 'loop' }): void {
    this.stmts(s.init);
    const exits: Exits = { onBreak: [], onContinue: [] };
    const head = this.node({ kind: 'nothing' });
    this.enter(head);
    if (s.test !== null && !s.testLast) exits.onBreak.push(...this.jump(s.test));
    this.exits.push(exits);
    this.stmt(s.body);
    this.exits.pop();
    this.tails.push(...(exits.onContinue ?? []));
    if (s.step !== null) this.discard(s.step);
    if (s.test !== null && s.testLast) exits.onBreak.push(...this.jump(s.test));
    for (const tail of this.tails) tail(head);
    this.tails = exits.onBreak;
  }

  private switchOf(s: Stmt & { kind: 'switch' }): void {
    const value = this.hold(this.value(s.value));
    const before = this.tails;
    const cases: { from: number | null; to: number; node: Node }[] = [];
    const exits: Exits = { onBreak: [], onContinue: null };
    this.switches.push(cases);
    this.exits.push(exits);
    this.tails = [];
    this.stmt(s.body);
    this.exits.pop();
    this.switches.pop();
    const after = [...this.tails, ...exits.onBreak];
    this.tails = before;
    for (const c of cases) {
      if (c.from === null) continue;
      const inside =
        c.from === c.to
          ? op('==', [value, number(c.to, value.type)], 's32')
          : op(`in ${c.from} ${c.to}`, [value], 's32');
      const no = this.fork(inside);
      for (const tail of this.tails) tail(c.node);
      this.tails = no;
    }
    const fallback = cases.find(c => c.from === null);
    if (fallback === undefined) this.tails.push(...after);
    else {
      for (const tail of this.tails) tail(fallback.node);
      this.tails = after;
    }
  }
}

const isComparison = (o: string): boolean => /^[=!]=$|^[<>]=?$/.test(o);

/** What one more of it is in bytes, where pointers are counted with. */
function stride(...types: readonly CType[]): string {
  const pointer = types.find(t => t.kind === 'ptr' || t.kind === 'array');
  if (pointer?.kind === 'ptr') return ` of ${typeName(pointer.to)}`;
  return pointer?.kind === 'array' ? ` of ${typeName(pointer.of)}` : '';
}

const isBitField = (p: Place): boolean => p.kind === 'field' && p.field.bits !== null;
