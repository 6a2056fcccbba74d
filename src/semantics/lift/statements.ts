/** C statements to IR. */
import type { Attribute, Stmt as CStmt, Declaration } from '../c/ast.ts';
import { type CType, isScalar, VOID } from '../c/types.ts';
import type { Expr, Stmt } from '../ir/ir.ts';
import { evaluateConstant } from './constant.ts';
import type { FunctionContext } from './context.ts';
import { convert, liftValue } from './expressions.ts';
import { liftInitialiser } from './initialisers.ts';
import { countItems, decay, NotLifted } from './scope.ts';

export function liftBlockItems(cx: FunctionContext, items: readonly CStmt[]): Stmt[] {
  return items.flatMap(item => liftStmt(cx, item));
}

/** One statement; a construct that cannot be lifted becomes an `unsupported` node in its place. */
export function liftStmt(cx: FunctionContext, s: CStmt): Stmt[] {
  try {
    return lift(cx, s);
  } catch (error) {
    if (!(error instanceof NotLifted)) throw error;
    return [{ kind: 'expr', expr: cx.notLifted(error, VOID), loc: cx.loc(s.at) }];
  }
}

function single(cx: FunctionContext, s: CStmt): Stmt {
  return cx.inScope(() => {
    const body = liftStmt(cx, s);
    const only = body[0];
    return body.length === 1 && only !== undefined
      ? only
      : { kind: 'block', body, loc: cx.loc(s.at) };
  });
}

/** An expression that must not take its whole statement down when it cannot be lifted. */
function value(cx: FunctionContext, e: Parameters<typeof liftValue>[1], type: CType): Expr {
  try {
    return liftValue(cx, e);
  } catch (error) {
    if (!(error instanceof NotLifted)) throw error;
    return cx.notLifted(error, type);
  }
}

function lift(cx: FunctionContext, s: CStmt): Stmt[] {
  const loc = cx.loc(s.at);
  switch (s.kind) {
    case 'block':
      return [{ kind: 'block', body: cx.inScope(() => liftBlockItems(cx, s.items)), loc }];
    case 'declaration':
      return liftDeclaration(cx, s);
    case 'expr':
      return [{ kind: 'expr', expr: liftValue(cx, s.expr), loc }];
    case 'empty':
    case 'label-declaration':
    case 'static-assert':
      return [];
    case 'if':
      return [
        {
          kind: 'if',
          test: value(cx, s.test, VOID),
          then: single(cx, s.then),
          otherwise: s.otherwise === null ? null : single(cx, s.otherwise),
          loc,
        },
      ];
    case 'while':
    case 'do':
      return [
        {
          kind: 'loop',
          test: value(cx, s.test, VOID),
          testLast: s.kind === 'do',
          init: [],
          step: null,
          body: single(cx, s.body),
          loc,
        },
      ];
    case 'for':
      return [liftFor(cx, s)];
    case 'switch': {
      const v = liftValue(cx, s.value);
      return [{ kind: 'switch', value: v, body: single(cx, s.body), loc }];
    }
    case 'case': {
      const from = caseValue(cx, s.from);
      const to = s.to === null ? from : caseValue(cx, s.to);
      return [{ kind: 'case', from, to, loc }, ...liftStmt(cx, s.body)];
    }
    case 'default':
      return [{ kind: 'case', from: null, to: 0, loc }, ...liftStmt(cx, s.body)];
    case 'label':
      return [{ kind: 'label', label: s.name, loc }, ...liftStmt(cx, s.body)];
    case 'goto':
      return [{ kind: 'goto', label: s.name, loc }];
    case 'break':
    case 'continue':
      return [{ kind: s.kind, loc }];
    case 'return':
      return [liftReturn(cx, s)];
    case 'asm':
      if (/^\s*\(\s*""/.test(s.text)) return [];
      throw new NotLifted('asm', 'inline assembly', s.at);
    case 'computed-goto':
      throw new NotLifted('computed-goto', 'computed goto', s.at);
  }
}

function caseValue(cx: FunctionContext, e: Parameters<typeof liftValue>[1]): number {
  const v = evaluateConstant(e, cx.scope);
  if (v < -0x80000000n || v > 0xffffffffn)
    throw new NotLifted('case', 'case label of more than 32 bits', e.at);
  return Number(v);
}

function liftReturn(cx: FunctionContext, s: CStmt & { kind: 'return' }): Stmt {
  const loc = cx.loc(s.at);
  if (s.value === null) return { kind: 'return', value: null, loc };
  const v = liftValue(cx, s.value);
  return { kind: 'return', value: cx.ret.kind === 'void' ? v : convert(v, cx.ret), loc };
}

function liftFor(cx: FunctionContext, s: CStmt & { kind: 'for' }): Stmt {
  return cx.inScope(() => {
    const loc = cx.loc(s.at);
    let init: Stmt[] = [];
    if (s.init !== null) {
      init =
        s.init.kind === 'declaration'
          ? liftDeclaration(cx, s.init)
          : [{ kind: 'expr', expr: liftValue(cx, s.init), loc }];
    }
    const test = s.test === null ? null : value(cx, s.test, VOID);
    const step = s.step === null ? null : value(cx, s.step, VOID);
    return { kind: 'loop', test, testLast: false, init, step, body: single(cx, s.body), loc };
  });
}

function liftDeclaration(cx: FunctionContext, d: Declaration): Stmt[] {
  const out: Stmt[] = [];
  if (d.spec.type?.kind === 'auto-type') return liftAutoType(cx, d);
  const base = cx.scope.specType(d.spec);
  for (const item of d.items) {
    const name = item.declarator.name;
    if (name === null) continue;
    if (d.spec.storage.includes('typedef')) {
      cx.scope.declareTypedef(d.spec, item);
      continue;
    }
    let type = cx.scope.declaratorType(base, item.declarator);
    if (type.kind === 'fn') continue;
    if (d.spec.storage.includes('extern')) {
      externLocal(cx, name, type, item);
      continue;
    }
    if (type.kind === 'array' && type.count === null && item.init?.kind === 'init-list')
      type = { ...type, count: countItems(item.init, e => Number(evaluateConstant(e, cx.scope))) };
    if (d.spec.storage.includes('static')) {
      out.push(...staticLocal(cx, name, type, item, d.at));
      continue;
    }
    const local = cx.newLocal(name, type, false);
    // The declarator's scope begins before its initialiser (C11 6.2.1p7).
    cx.scope.bind(name, { kind: 'local', local });
    const init = item.init === null ? null : liftInitialiser(cx, item.init, type);
    const cleanup = cleanupOf(cx, [...d.spec.attributes, ...item.declarator.attributes]);
    if (cleanup !== null) {
      local.inMemory = true;
      cx.callees.add(cleanup);
    }
    out.push({ kind: 'declare', local, init, cleanup, loc: cx.loc(item.declarator.at) });
  }
  return out;
}

/** `extern` in a block names the file-scope object. */
function externLocal(
  cx: FunctionContext,
  name: string,
  type: CType,
  item: Declaration['items'][number],
): void {
  const known = cx.unit.globals.get(name) ?? { name, type, init: null, item };
  cx.unit.globals.set(name, known);
  cx.scope.bind(name, { kind: 'global', global: known });
}

/** A static local is a global with a private name. */
function staticLocal(
  cx: FunctionContext,
  name: string,
  type: CType,
  item: Declaration['items'][number],
  at: number,
): Stmt[] {
  const global = { name: `${cx.name}.${name}`, type, init: null, item };
  cx.unit.globals.set(global.name, global);
  cx.scope.bind(name, { kind: 'global', global });
  if (!isScalar(type) && type.kind !== 'record' && type.kind !== 'array')
    throw new NotLifted('static', `static ${name}`, at);
  return [];
}

function liftAutoType(cx: FunctionContext, d: Declaration): Stmt[] {
  return d.items.flatMap((item): Stmt[] => {
    const name = item.declarator.name;
    if (name === null || item.init === null || item.init.kind === 'init-list')
      throw new NotLifted('auto-type', '__auto_type', d.at);
    const init = liftValue(cx, item.init);
    const local = cx.newLocal(name, decay(init.type), false);
    cx.scope.bind(name, { kind: 'local', local });
    return [
      {
        kind: 'declare',
        local,
        init: [{ path: [], type: local.type, value: init }],
        cleanup: null,
        loc: cx.loc(item.declarator.at),
      },
    ];
  });
}

function cleanupOf(cx: FunctionContext, attributes: readonly Attribute[]): string | null {
  const attribute = attributes.find(a => a.name === 'cleanup');
  if (attribute === undefined) return null;
  for (let i = attribute.from; i < attribute.to; i++) {
    const token = cx.unit.unit.tokens[i];
    if (token?.kind === 'ident') return token.text;
  }
  return null;
}
