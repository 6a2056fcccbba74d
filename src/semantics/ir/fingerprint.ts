/**
 * A model's meaning as a hash: everything but places in the source, names of locals, and what WARNs print. Equal
 * fingerprints mean equal code; renamed helpers still differ at their callers.
 */
import { createHash } from 'node:crypto';
import { type CType, type Field, typeName } from '../c/types.ts';
import type { Expr, InitItem, Local, ModelFunction, PathStep, Place, Stmt } from './ir.ts';

export function fingerprintModel(model: ModelFunction): string {
  const out: string[] = [typeName(model.ret), ...model.params.map(p => typeName(p.type)), '{'];
  const numbers = new Map<number, number>();
  const local = ({ id }: Local): string => {
    let n = numbers.get(id);
    if (n === undefined) {
      n = numbers.size;
      numbers.set(id, n);
    }
    return `%${n}`;
  };
  for (const p of model.params) local(p);
  new Writer(out, local).stmts(model.body);
  return createHash('sha256').update(out.join(' ')).digest('hex').slice(0, 32);
}

/** Ids of the locals and parameters that the body mentions. */
export function localsUsed(model: ModelFunction): ReadonlySet<number> {
  const used = new Set<number>();
  const note = ({ id }: Local): string => {
    used.add(id);
    return '';
  };
  new Writer([], note).stmts(model.body);
  return used;
}

/** An expression's meaning where any local of a type could stand for any other of that type. */
export function expressionKey(e: Expr): string {
  const out: string[] = [];
  new Writer(out, ({ type }) => `%${typeName(type)}`).expr(e);
  return createHash('sha256').update(out.join(' ')).digest('hex').slice(0, 16);
}

const fieldName = (f: Field): string =>
  `${f.owner.which} ${f.owner.name}.${f.name === '' ? `#${f.index}` : f.name}`;

/** What one more of it is, where pointers are counted with. */
function strideOf(e: Expr & { kind: 'binary' | 'assign' }): string {
  if (e.op !== '+' && e.op !== '-') return '';
  const [left, right] = e.kind === 'binary' ? [e.left, e.right] : [e.place, e.value];
  const pointer = [left.type, right.type].find(t => t.kind === 'ptr');
  return pointer?.kind === 'ptr' ? typeName(pointer.to) : '';
}

class Writer {
  private readonly out: string[];
  private readonly local: (local: Local) => string;

  constructor(out: string[], local: (local: Local) => string) {
    this.out = out;
    this.local = local;
  }

  private put(...words: string[]): void {
    this.out.push(...words);
  }

  stmts(body: readonly Stmt[]): void {
    for (const s of body) this.stmt(s);
  }

  private stmt(s: Stmt): void {
    switch (s.kind) {
      case 'expr':
        this.expr(s.expr);
        return this.put(';');
      case 'declare':
        // A declaration without effect is not part of the meaning.
        if (s.init === null && s.cleanup === null) return;
        this.put('let', this.local(s.local), typeName(s.local.type), s.cleanup ?? '');
        return this.init(s.init ?? []);
      case 'block':
        return this.stmts(s.body);
      case 'if':
        this.put('if');
        this.expr(s.test);
        this.put('{');
        this.stmt(s.then);
        this.put('}');
        if (s.otherwise !== null) {
          this.put('else', '{');
          this.stmt(s.otherwise);
          this.put('}');
        }
        return;
      case 'loop':
        this.stmts(s.init);
        this.put(s.testLast ? 'do' : 'for');
        if (s.test !== null) this.expr(s.test);
        this.put('step');
        if (s.step !== null) this.expr(s.step);
        this.put('{');
        this.stmt(s.body);
        return this.put('}');
      case 'switch':
        this.put('switch');
        this.expr(s.value);
        this.put('{');
        this.stmt(s.body);
        return this.put('}');
      case 'case':
        return this.put('case', String(s.from), String(s.to));
      case 'goto':
      case 'label':
        return this.put(s.kind, s.label);
      case 'return':
        this.put('return');
        if (s.value !== null) this.expr(s.value);
        return this.put(';');
      default:
        return this.put(s.kind);
    }
  }

  private init(items: readonly InitItem[]): void {
    for (const item of items) {
      this.put(
        '=',
        ...item.path.map((p: PathStep) =>
          'field' in p ? `.${fieldName(p.field)}` : `[${p.index}]`,
        ),
      );
      this.expr(item.value);
    }
    this.put(';');
  }

  private place(p: Place): void {
    switch (p.kind) {
      case 'local':
        return this.put(this.local(p.local));
      case 'global':
        return this.put('@', p.global.name);
      case 'deref':
        this.put('*');
        return this.expr(p.pointer);
      case 'field':
        this.place(p.base);
        return this.put('.', fieldName(p.field));
      case 'element':
        this.place(p.base);
        this.put('[');
        this.expr(p.index);
        return this.put(']');
      case 'value':
        return this.expr(p.value);
    }
  }

  private type(t: CType): string {
    return t.kind === 'ptr' ? 'ptr' : typeName(t);
  }

  expr(e: Expr): void {
    switch (e.kind) {
      case 'const':
        return this.put('#', String(e.lo), String(e.hi), this.type(e.type));
      case 'load':
      case 'address':
        this.put(e.kind, e.kind === 'load' ? e.mode : '');
        return this.place(e.place);
      case 'assign':
        this.put('assign', e.op ?? '', strideOf(e), e.mode, this.type(e.opType));
        this.place(e.place);
        return this.expr(e.value);
      case 'step':
        this.put('step', String(e.delta), String(e.postfix));
        return this.place(e.place);
      case 'call':
      case 'primitive':
        this.put(e.kind, e.name, e.kind === 'primitive' && e.name !== 'warn' ? e.note : '', '(');
        for (const arg of e.args) this.expr(arg);
        return this.put(')');
      case 'call-indirect':
        this.put('calli', '(');
        this.expr(e.target);
        for (const arg of e.args) this.expr(arg);
        return this.put(')');
      case 'binary':
        this.put('(', e.op, strideOf(e), this.type(e.opType));
        this.expr(e.left);
        this.expr(e.right);
        return this.put(')');
      case 'logical':
        this.put('(', e.op);
        this.expr(e.left);
        this.expr(e.right);
        return this.put(')');
      case 'negate':
      case 'complement':
      case 'not':
        this.put(e.kind);
        return this.expr(e.value);
      case 'convert':
        if (!(e.type.kind === 'ptr' && e.value.type.kind === 'ptr'))
          this.put('to', this.type(e.type));
        return this.expr(e.value);
      case 'choose':
        this.put('?');
        this.expr(e.test);
        if (e.then !== null) this.expr(e.then);
        this.put(':');
        return this.expr(e.otherwise);
      case 'sequence':
        this.expr(e.first);
        this.put(',');
        return this.expr(e.second);
      case 'block':
        this.put('({');
        this.stmts(e.body);
        if (e.value !== null) this.expr(e.value);
        return this.put('})');
      case 'container-of':
        this.put('container', ...e.path.map(fieldName));
        return this.expr(e.value);
      case 'function':
        return this.put('fn', e.name);
      case 'text':
        // What is printed does not matter; functions that compare strings are outside the models.
        return this.put('text');
      case 'unsupported':
        return this.put('unsupported', e.code, e.message);
    }
  }
}
