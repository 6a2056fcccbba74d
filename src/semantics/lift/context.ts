/** What lifting one function carries along. */
import type { Token } from '../c/ast.ts';
import type { CType } from '../c/types.ts';
import type { Expr, Loc, Local, Unsupported } from '../ir/ir.ts';
import { type NotLifted, Scope, type UnitScope } from './scope.ts';

export class FunctionContext {
  readonly unit: UnitScope;
  readonly name: string;
  readonly ret: CType;
  readonly locals: Local[] = [];
  readonly callees = new Set<string>();
  readonly provided = new Set<string>();
  readonly unsupported: Unsupported[] = [];
  scope: Scope;

  constructor(unit: UnitScope, name: string, ret: CType) {
    this.unit = unit;
    this.name = name;
    this.ret = ret;
    this.scope = new Scope(unit, unit.oracle);
  }

  loc(at: number): Loc {
    const token = this.unit.unit.tokens[at] as Token | undefined;
    return token === undefined
      ? { file: '<none>', line: 0, macro: null }
      : { file: token.file, line: token.line, macro: token.macro };
  }

  newLocal(name: string, type: CType, param: boolean): Local {
    const local: Local = {
      name,
      id: this.locals.length,
      type,
      param,
      inMemory: type.kind === 'record' || type.kind === 'array',
    };
    this.locals.push(local);
    return local;
  }

  inScope<T>(work: () => T): T {
    const saved = this.scope;
    this.scope = new Scope(saved, this.unit.oracle);
    try {
      return work();
    } finally {
      this.scope = saved;
    }
  }

  /** A context that shares names but keeps locals, callees and unsupported places to itself. */
  probe(): FunctionContext {
    const probe = new FunctionContext(this.unit, this.name, this.ret);
    probe.scope = this.scope;
    return probe;
  }

  /** First token inside the parentheses of a call that stands at `at`. */
  opening(at: number): number {
    const tokens = this.unit.unit.tokens;
    let i = at;
    while (i < at + 8 && tokens[i]?.text !== '(') i++;
    return i + 1;
  }

  /** One past the closing parenthesis of a call that stands at `at`. */
  closing(at: number): number {
    const tokens = this.unit.unit.tokens;
    let depth = 1;
    let i = this.opening(at);
    for (; depth > 0 && i < at + 400; i++) {
      const text = tokens[i]?.text;
      if (text === '(') depth++;
      else if (text === ')') depth--;
    }
    return i;
  }

  /** What a WARN tests; the expansion of nested macros would only confuse, so it stays short. */
  sourceNote(note: string): string {
    return note.length > 100 ? `${note.slice(0, 97)}...` : note;
  }

  /** Source text of a node's tokens, for messages; bounded. */
  text(at: number, end: number): string {
    const parts: string[] = [];
    for (let i = at; i < end && parts.length < 40; i++) {
      const token = this.unit.unit.tokens[i];
      if (token === undefined) break;
      parts.push((token.spaceBefore && parts.length > 0 ? ' ' : '') + token.text);
    }
    return parts.join('');
  }

  notLifted(error: NotLifted, type: CType): Expr {
    const loc = this.loc(error.at);
    this.unsupported.push({ code: error.code, message: error.message, loc });
    return { kind: 'unsupported', type, loc, code: error.code, message: error.message };
  }
}
