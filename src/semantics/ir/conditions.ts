/**
 * What a function decides by: the operands of its tests, in source order. A run that saw an operand come out only one
 * way says nothing about what would have followed had it come out the other way.
 */
import { expressionKey } from './fingerprint.ts';
import type { Expr, InitItem, Loc, ModelFunction, Place, Stmt } from './ir.ts';

export interface Condition {
  readonly expr: Expr;
  readonly loc: Loc;
  /** Equal for operands that mean the same, whatever the locals in them are called. */
  readonly key: string;
  /** It decides here; else it is handed to a caller, who asks. */
  readonly decides: boolean;
  /** What it asks, as far as one word can say it; may be empty. */
  readonly asks: string;
}

export function conditionsOf(model: ModelFunction): readonly Condition[] {
  const { ret } = model;
  const finder = new Finder(ret.kind === 'int' && ret.bits === 1);
  for (const s of model.body) finder.stmt(s);
  return finder.found;
}

class Finder {
  readonly found: Condition[] = [];
  private readonly answers: boolean;

  /** Whether the function's own value is an answer. */
  constructor(answers: boolean) {
    this.answers = answers;
  }

  stmt(s: Stmt): void {
    switch (s.kind) {
      case 'expr':
        return this.expr(s.expr);
      case 'declare':
        return this.items(s.init ?? []);
      case 'block':
        for (const inner of s.body) this.stmt(inner);
        return;
      case 'if':
        this.test(s.test);
        this.stmt(s.then);
        if (s.otherwise !== null) this.stmt(s.otherwise);
        return;
      case 'loop':
        for (const init of s.init) this.stmt(init);
        if (s.test !== null) this.test(s.test);
        if (s.step !== null) this.expr(s.step);
        return this.stmt(s.body);
      case 'switch':
        this.expr(s.value);
        return this.stmt(s.body);
      case 'return':
        if (s.value !== null) this.result(s.value);
        return;
      default:
        return;
    }
  }

  private items(items: readonly InitItem[]): void {
    for (const item of items) this.expr(item.value);
  }

  private result(value: Expr): void {
    this.expr(value);
    let e = value;
    while (e.kind === 'convert' || e.kind === 'not') e = e.value;
    if (this.answers && /^(?:call|load|binary|primitive)$/.test(e.kind)) this.note(e, false);
  }

  private note(e: Expr, decides: boolean): void {
    this.found.push({ expr: e, loc: e.loc, key: expressionKey(bare(e)), decides, asks: asks(e) });
  }

  /** An expression that is asked whether it is zero. */
  private test(e: Expr): void {
    if (e.kind === 'not') return this.test(e.value);
    if (e.kind === 'convert' && e.type.kind === 'int' && e.type.bits === 1)
      return this.test(e.value);
    if (e.kind === 'sequence') {
      this.expr(e.first);
      return this.test(e.second);
    }
    if (e.kind === 'logical') {
      this.test(e.left);
      return this.test(e.right);
    }
    this.expr(e);
    // What a WARN asks is never to be seen true.
    if (e.kind === 'const' || warns(e)) return;
    this.note(e, true);
  }

  private expr(e: Expr): void {
    switch (e.kind) {
      case 'load':
      case 'address':
      case 'step':
        return this.place(e.place);
      case 'assign':
        this.place(e.place);
        return this.expr(e.value);
      case 'call':
      case 'primitive':
        for (const arg of e.args) this.expr(arg);
        return;
      case 'call-indirect':
        this.expr(e.target);
        for (const arg of e.args) this.expr(arg);
        return;
      case 'binary':
        this.expr(e.left);
        return this.expr(e.right);
      case 'logical':
        this.test(e.left);
        return this.test(e.right);
      case 'not':
        return this.test(e.value);
      case 'negate':
      case 'complement':
      case 'convert':
      case 'container-of':
        return this.expr(e.value);
      case 'choose':
        if (e.then === null) this.expr(e.test);
        else {
          this.test(e.test);
          this.expr(e.then);
        }
        return this.expr(e.otherwise);
      case 'sequence':
        this.expr(e.first);
        return this.expr(e.second);
      case 'block':
        for (const s of e.body) this.stmt(s);
        if (e.value !== null) this.expr(e.value);
        return;
      default:
        return;
    }
  }

  private place(p: Place): void {
    if (p.kind === 'deref') this.expr(p.pointer);
    else if (p.kind === 'field') this.place(p.base);
    else if (p.kind === 'element') {
      this.place(p.base);
      this.expr(p.index);
    } else if (p.kind === 'value') this.expr(p.value);
  }
}

/** Whether a value is zero does not depend on the width it is asked in. */
const bare = (e: Expr): Expr => (e.kind === 'convert' ? bare(e.value) : e);

/** The value of a WARN, or of a block around one. */
function warns(e: Expr): boolean {
  if (e.kind === 'convert' || e.kind === 'not') return warns(e.value);
  if (e.kind === 'block') return e.body.some(s => s.kind === 'expr' && warns(s.expr));
  return e.kind === 'primitive' && e.name === 'warn';
}

function asks(e: Expr): string {
  switch (e.kind) {
    case 'call':
      return `${e.name}()`;
    case 'load':
      return named(e.place);
    case 'convert':
      return asks(e.value);
    case 'binary':
      return [asks(e.left), asks(e.right)].filter(text => text !== '').join(` ${e.op} `);
    default:
      return '';
  }
}

function named(p: Place): string {
  if (p.kind === 'local') return p.local.name;
  if (p.kind === 'global') return p.global.name;
  if (p.kind === 'field')
    return `${named(p.base)}.${p.field.name}`.replace(/^\.|\.(?=\.)|\.$/g, '');
  return p.kind === 'deref' && p.pointer.kind === 'load' ? named(p.pointer.place) : '';
}
