import type { AssignOp, BinaryOp, Designator, Expr, Init, InitList } from './ast.ts';
import type { Cursor } from './parse-cursor.ts';
import { isReserved } from './parse-cursor.ts';

const precedence = new Map<string, number>([
  ['||', 1],
  ['&&', 2],
  ['|', 3],
  ['^', 4],
  ['&', 5],
  ['==', 6],
  ['!=', 6],
  ['<', 7],
  ['>', 7],
  ['<=', 7],
  ['>=', 7],
  ['<<', 8],
  ['>>', 8],
  ['+', 9],
  ['-', 9],
  ['*', 10],
  ['/', 10],
  ['%', 10],
]);
const assignOps: ReadonlySet<string> = new Set([
  '=',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '|=',
  '^=',
  '<<=',
  '>>=',
]);

export function expression(c: Cursor): Expr {
  let left = assignment(c);
  for (let n = 0; c.is(','); c.checkChain(++n)) {
    const at = left.at;
    c.pos++;
    left = { kind: 'comma', at, left, right: assignment(c) };
  }
  return left;
}

export function assignment(c: Cursor): Expr {
  const left = conditional(c);
  const tok = c.token();
  if (tok === undefined || tok.kind !== 'punct' || !assignOps.has(tok.text)) return left;
  c.pos++;
  c.down();
  const right = assignment(c);
  c.up();
  return { kind: 'assign', at: left.at, op: tok.text as AssignOp, left, right };
}

/** Chains `a ? b : c ? d : e` are read in a loop: the kernel has them 64 long. */
export function conditional(c: Cursor): Expr {
  const arms: { test: Expr; then: Expr | null }[] = [];
  let last = binary(c, 1);
  while (c.eat('?')) {
    c.down();
    const then = c.is(':') ? null : expression(c);
    c.up();
    c.need(':');
    arms.push({ test: last, then });
    c.checkChain(arms.length);
    last = binary(c, 1);
  }
  for (let i = arms.length - 1; i >= 0; i--) {
    const { test, then } = arms[i] as { test: Expr; then: Expr | null };
    last = { kind: 'cond', at: test.at, test, then, otherwise: last };
  }
  return last;
}

function binary(c: Cursor, min: number): Expr {
  let left = cast(c);
  for (let n = 0; ; c.checkChain(++n)) {
    const tok = c.token();
    if (tok === undefined || tok.kind !== 'punct') return left;
    const level = precedence.get(tok.text);
    if (level === undefined || level < min) return left;
    c.pos++;
    const right = binary(c, level + 1);
    left = { kind: 'binary', at: left.at, op: tok.text as BinaryOp, left, right };
  }
}

/** `(type) x`, `(type) { ... }` and unary expressions. */
function cast(c: Cursor): Expr {
  if (!c.is('(') || !c.startsType(1)) return unary(c);
  const at = c.pos;
  c.pos++;
  c.down();
  const type = c.rules.typeName(c);
  c.need(')');
  if (c.is('{')) {
    const literal: Expr = { kind: 'compound-literal', at, type, init: initList(c) };
    c.up();
    return postfix(c, literal);
  }
  const expr = cast(c);
  c.up();
  return { kind: 'cast', at, type, expr };
}

function unary(c: Cursor): Expr {
  const at = c.pos;
  const tok = c.token();
  switch (tok?.text) {
    case '++':
    case '--': {
      c.pos++;
      const expr = nested(c, unary);
      return { kind: 'prefix', at, op: tok.text, expr };
    }
    case '&':
    case '*':
    case '+':
    case '-':
    case '~':
    case '!': {
      c.pos++;
      const expr = nested(c, cast);
      return { kind: 'unary', at, op: tok.text, expr };
    }
    case '&&':
      c.pos++;
      return { kind: 'label-address', at, name: c.identifier() };
    case 'sizeof':
      return sizeOrAlign(c, 'sizeof-type', 'sizeof-expr');
    case '_Alignof':
    case '__alignof__':
    case '__alignof':
      return sizeOrAlign(c, 'alignof-type', 'alignof-expr');
    case '__extension__':
      c.pos++;
      return nested(c, cast);
    default:
      return postfix(c, primary(c));
  }
}

function nested(c: Cursor, rule: (c: Cursor) => Expr): Expr {
  c.down();
  const expr = rule(c);
  c.up();
  return expr;
}

function sizeOrAlign(
  c: Cursor,
  ofType: 'sizeof-type' | 'alignof-type',
  ofExpr: 'sizeof-expr' | 'alignof-expr',
): Expr {
  const at = c.pos;
  c.pos++;
  if (c.is('(') && c.startsType(1)) {
    const open = c.pos;
    c.pos++;
    const type = c.rules.typeName(c);
    c.need(')');
    if (!c.is('{')) return { kind: ofType, at, type };
    const literal: Expr = { kind: 'compound-literal', at: open, type, init: initList(c) };
    return { kind: ofExpr, at, expr: postfix(c, literal) };
  }
  return { kind: ofExpr, at, expr: nested(c, unary) };
}

function primary(c: Cursor): Expr {
  const at = c.pos;
  const tok = c.token();
  if (tok === undefined) c.fail('expected an expression');
  switch (tok.kind) {
    case 'number':
      c.pos++;
      return { kind: 'number', at, text: tok.text };
    case 'char':
      c.pos++;
      return { kind: 'char', at, text: tok.text };
    case 'string':
      return stringLiteral(c);
    case 'ident':
      return named(c, tok.text);
    default:
      if (tok.text !== '(') c.fail('expected an expression');
      return parenthesised(c);
  }
}

function stringLiteral(c: Cursor): Expr {
  const at = c.pos;
  const parts: string[] = [];
  for (let tok = c.token(); tok?.kind === 'string'; tok = c.token()) {
    parts.push(tok.text);
    c.pos++;
  }
  return { kind: 'string', at, parts };
}

function parenthesised(c: Cursor): Expr {
  const at = c.pos;
  c.need('(');
  c.down();
  let expr: Expr;
  if (c.is('{')) expr = { kind: 'statement-expr', at, block: c.rules.block(c) };
  else expr = expression(c);
  c.up();
  c.need(')');
  return expr;
}

function named(c: Cursor, name: string): Expr {
  const at = c.pos;
  switch (name) {
    case '_Generic':
      return generic(c);
    case '__builtin_offsetof':
      return offsetOf(c);
    case '__builtin_types_compatible_p': {
      c.pos++;
      c.need('(');
      const left = c.rules.typeName(c);
      c.need(',');
      const right = c.rules.typeName(c);
      c.need(')');
      return { kind: 'types-compatible', at, left, right };
    }
    default:
      if (isReserved(name)) c.fail('expected an expression');
      c.pos++;
      return { kind: 'ident', at, name };
  }
}

function generic(c: Cursor): Expr {
  const at = c.pos;
  c.pos++;
  c.need('(');
  c.down();
  const control = assignment(c);
  const choices: { type: ReturnType<typeof c.rules.typeName> | null; expr: Expr }[] = [];
  while (c.eat(',')) {
    const type = c.eat('default') ? null : c.rules.typeName(c);
    c.need(':');
    choices.push({ type, expr: assignment(c) });
  }
  c.up();
  c.need(')');
  return { kind: 'generic', at, control, choices };
}

function offsetOf(c: Cursor): Expr {
  const at = c.pos;
  c.pos++;
  c.need('(');
  const type = c.rules.typeName(c);
  c.need(',');
  const path: Designator[] = [{ kind: 'field', name: c.identifier() }];
  for (;;) {
    if (c.eat('.') || c.eat('->')) path.push({ kind: 'field', name: c.identifier() });
    else if (c.is('[')) path.push(indexDesignator(c));
    else break;
  }
  c.need(')');
  return { kind: 'offsetof', at, type, path };
}

function indexDesignator(c: Cursor): Designator {
  c.need('[');
  const from = nested(c, expression);
  const to = c.eat('...') ? conditional(c) : null;
  c.need(']');
  return { kind: 'index', from, to };
}

function postfix(c: Cursor, base: Expr): Expr {
  let e = base;
  const { at } = base;
  for (let n = 0; ; c.checkChain(++n)) {
    switch (c.text()) {
      case '(':
        e = { kind: 'call', at, callee: e, args: callArguments(c) };
        break;
      case '[': {
        c.pos++;
        const index = nested(c, expression);
        c.need(']');
        e = { kind: 'index', at, base: e, index };
        break;
      }
      case '.':
      case '->': {
        const arrow = c.is('->');
        c.pos++;
        e = { kind: 'member', at, base: e, name: c.identifier(), arrow };
        break;
      }
      case '++':
      case '--':
        e = { kind: 'postfix', at, op: c.text() as '++' | '--', expr: e };
        c.pos++;
        break;
      default:
        return e;
    }
  }
}

function callArguments(c: Cursor): Expr[] {
  const args: Expr[] = [];
  c.need('(');
  c.down();
  if (!c.is(')')) {
    do {
      if (c.startsType()) args.push({ kind: 'type-arg', at: c.pos, type: c.rules.typeName(c) });
      else args.push(assignment(c));
    } while (c.eat(','));
  }
  c.up();
  c.need(')');
  return args;
}

export function initializer(c: Cursor): Init {
  return c.is('{') ? initList(c) : assignment(c);
}

function initList(c: Cursor): InitList {
  const at = c.pos;
  c.need('{');
  c.down();
  const items: { designators: readonly Designator[]; value: Init }[] = [];
  while (!c.eat('}')) {
    const designators = readDesignators(c);
    items.push({ designators, value: initializer(c) });
    if (c.eat(',')) continue;
    c.need('}');
    break;
  }
  c.up();
  return { kind: 'init-list', at, items };
}

/** `.a[1].b =`, and GNU's old `a:` and `[1] value`. */
function readDesignators(c: Cursor): readonly Designator[] {
  const found: Designator[] = [];
  while (c.is('.') || c.is('[')) {
    if (c.eat('.')) found.push({ kind: 'field', name: c.identifier() });
    else found.push(indexDesignator(c));
  }
  if (found.length > 0) {
    c.eat('=');
  } else if (c.token()?.kind === 'ident' && c.text(1) === ':') {
    found.push({ kind: 'field', name: c.identifier() });
    c.pos++;
  }
  return found;
}
