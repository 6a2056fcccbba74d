import type { BlockStmt, Declaration, Expr, Stmt } from './ast.ts';
import type { Cursor } from './parse-cursor.ts';
import { isAsmWord, isAttributeWord } from './parse-cursor.ts';
import { plainAttributes } from './parse-type.ts';

export function block(c: Cursor): BlockStmt {
  c.pushScope();
  const found = openBlock(c);
  c.popScope();
  return found;
}

/** A block in the scope at hand: the parameters of a function live in its outermost one. */
export function openBlock(c: Cursor): BlockStmt {
  const at = c.pos;
  c.need('{');
  c.down();
  const items: Stmt[] = [];
  while (!c.is('}')) items.push(blockItem(c));
  const end = c.pos;
  c.pos++;
  c.up();
  return { kind: 'block', at, items, end };
}

function isLabel(c: Cursor): boolean {
  return c.token()?.kind === 'ident' && c.text(1) === ':' && !c.is('default');
}

export function staticAssert(c: Cursor): { kind: 'static-assert'; at: number } {
  const at = c.pos;
  c.pos++;
  c.parens();
  c.need(';');
  return { kind: 'static-assert', at };
}

function blockItem(c: Cursor): Stmt {
  const at = c.pos;
  if (isLabel(c)) return statement(c);
  if (c.is('__label__')) {
    while (!c.eat(';')) {
      if (c.token() === undefined) c.fail("expected ';'");
      c.pos++;
    }
    return { kind: 'label-declaration', at };
  }
  if (c.is('_Static_assert')) return staticAssert(c);
  if (isAttributeWord(c.text()) || c.is('__extension__')) {
    plainAttributes(c);
    if (c.eat(';')) return { kind: 'empty', at };
    const declares = c.startsDeclaration();
    c.pos = at;
    if (declares) return c.rules.declaration(c);
  }
  return c.startsDeclaration() ? c.rules.declaration(c) : statement(c);
}

export function statement(c: Cursor): Stmt {
  c.down();
  const found = anyStatement(c);
  c.up();
  return found;
}

function anyStatement(c: Cursor): Stmt {
  const at = c.pos;
  const tok = c.token();
  if (tok === undefined) c.fail('expected a statement');
  if (tok.kind === 'ident') {
    const found = wordStatement(c, tok.text);
    if (found !== null) return found;
    if (isLabel(c)) {
      const name = c.identifier();
      c.pos++;
      plainAttributes(c);
      return { kind: 'label', at, name, body: labelled(c) };
    }
  } else if (tok.text === '{') {
    return block(c);
  } else if (c.eat(';')) {
    return { kind: 'empty', at };
  }
  const expr = c.rules.expression(c);
  c.need(';');
  return { kind: 'expr', at, expr };
}

function wordStatement(c: Cursor, word: string): Stmt | null {
  const at = c.pos;
  switch (word) {
    case 'if':
      return ifStatement(c);
    case 'for':
      return forStatement(c);
    case 'while': {
      c.pos++;
      const test = controlling(c);
      return { kind: 'while', at, test, body: statement(c) };
    }
    case 'do':
      return doStatement(c);
    case 'switch': {
      c.pos++;
      const value = controlling(c);
      return { kind: 'switch', at, value, body: statement(c) };
    }
    case 'case': {
      c.pos++;
      const from = c.rules.conditional(c);
      const to = c.eat('...') ? c.rules.conditional(c) : null;
      c.need(':');
      return { kind: 'case', at, from, to, body: labelled(c) };
    }
    case 'default':
      c.pos++;
      c.need(':');
      return { kind: 'default', at, body: labelled(c) };
    case 'goto':
      return gotoStatement(c);
    case 'break':
    case 'continue':
      c.pos++;
      c.need(';');
      return { kind: word, at };
    case 'return': {
      c.pos++;
      const value = c.is(';') ? null : c.rules.expression(c);
      c.need(';');
      return { kind: 'return', at, value };
    }
    default:
      if (isAttributeWord(word)) {
        plainAttributes(c);
        c.need(';');
        return { kind: 'empty', at };
      }
      return isAsmWord(word) ? asmStatement(c) : null;
  }
}

function controlling(c: Cursor): Expr {
  c.need('(');
  const test = c.rules.expression(c);
  c.need(')');
  return test;
}

/** `else if` chains are read in a loop, so that their length is not nesting. */
function ifStatement(c: Cursor): Stmt {
  const arms: { at: number; test: Expr; yes: Stmt }[] = [];
  let otherwise: Stmt | null = null;
  for (;;) {
    const at = c.pos;
    c.need('if');
    const test = controlling(c);
    arms.push({ at, test, yes: statement(c) });
    c.checkChain(arms.length);
    if (!c.eat('else')) break;
    if (c.is('if')) continue;
    otherwise = statement(c);
    break;
  }
  for (let i = arms.length - 1; i >= 0; i--) {
    const { at, test, yes: then } = arms[i] as { at: number; test: Expr; yes: Stmt };
    otherwise = { kind: 'if', at, test, then, otherwise };
  }
  return otherwise as Stmt;
}

function doStatement(c: Cursor): Stmt {
  const at = c.pos;
  c.pos++;
  const body = statement(c);
  c.need('while');
  const test = controlling(c);
  c.need(';');
  return { kind: 'do', at, test, body };
}

function forStatement(c: Cursor): Stmt {
  const at = c.pos;
  c.pos++;
  c.need('(');
  c.pushScope();
  let init: Declaration | Expr | null = null;
  if (c.startsDeclaration()) {
    init = c.rules.declaration(c);
  } else if (!c.eat(';')) {
    init = c.rules.expression(c);
    c.need(';');
  }
  const test = c.is(';') ? null : c.rules.expression(c);
  c.need(';');
  const step = c.is(')') ? null : c.rules.expression(c);
  c.need(')');
  const body = statement(c);
  c.popScope();
  return { kind: 'for', at, init, test, step, body };
}

function gotoStatement(c: Cursor): Stmt {
  const at = c.pos;
  c.pos++;
  if (c.eat('*')) {
    const target = c.rules.expression(c);
    c.need(';');
    return { kind: 'computed-goto', at, target };
  }
  const name = c.identifier();
  c.need(';');
  return { kind: 'goto', at, name };
}

/** What a label stands before: nothing at the end of a block, or (as GCC allows by now) a declaration. */
function labelled(c: Cursor): Stmt {
  if (c.is('}')) return { kind: 'empty', at: c.pos };
  c.down();
  const found = blockItem(c);
  c.up();
  return found;
}

/** Steps over `asm volatile goto (...)`. */
export function asmParts(c: Cursor): { isGoto: boolean; text: string } {
  c.pos++;
  let isGoto = false;
  for (;;) {
    if (c.eat('goto')) isGoto = true;
    else if (
      !(
        c.eat('volatile') ||
        c.eat('__volatile__') ||
        c.eat('__volatile') ||
        c.eat('inline') ||
        c.eat('__inline') ||
        c.eat('__inline__')
      )
    )
      break;
  }
  const { from, to } = c.parens();
  return {
    isGoto,
    text: c.tokens
      .slice(from, to)
      .map(t => t.text)
      .join(' '),
  };
}

function asmStatement(c: Cursor): Stmt {
  const at = c.pos;
  const parts = asmParts(c);
  c.need(';');
  return { kind: 'asm', at, ...parts };
}
