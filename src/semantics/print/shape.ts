/** What kind of text an expression or body calls for. */
import { isInt } from '../c/types.ts';
import type { Expr, Stmt } from '../ir/ir.ts';
import { isBool } from './integers.ts';

/** What an unsupported call calls: the first thing with parentheses in its message. */
export function externalName(message: string): string {
  return /\w+\([^)]*\)/.exec(message)?.[0] ?? message;
}

export function hasNoEffect(e: Expr): boolean {
  if (e.kind === 'const' || e.kind === 'function' || e.kind === 'text') return true;
  if (e.kind === 'convert') return hasNoEffect(e.value);
  if (e.kind === 'sequence') return hasNoEffect(e.first) && hasNoEffect(e.second);
  return e.kind === 'load' && e.place.kind === 'local';
}

/** A conversion that leaves zero zero and nothing else. */
export function keepsTruth(e: Expr & { kind: 'convert' }): boolean {
  const from = e.value.type;
  if (!isInt(from) || !isInt(e.type)) return isBool(e.type);
  return isBool(e.type) || isBool(from) || e.type.bits >= from.bits;
}

/** The expressions of a body that is nothing else; null otherwise. */
export function onlyExpressions(body: readonly Stmt[]): Expr[] | null {
  const out: Expr[] = [];
  for (const s of body) {
    if (s.kind === 'expr') out.push(s.expr);
    else if (s.kind === 'block' || (s.kind === 'loop' && isOnce(s))) {
      const inner = onlyExpressions(s.kind === 'block' ? s.body : [s.body]);
      if (inner === null) return null;
      out.push(...inner);
    } else return null;
  }
  return out;
}

/** `do { } while (0)` */
function isOnce(s: Stmt & { kind: 'loop' }): boolean {
  return s.testLast && s.test?.kind === 'const' && s.test.lo === 0 && s.init.length === 0;
}
