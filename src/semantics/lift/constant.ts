/** Integer constants: literals as written and constant expressions over the syntax tree (C11 6.4.4.1, 6.6). */
import type { Expr } from '../c/ast.ts';
import {
  alignOf,
  type CType,
  findField,
  INT,
  type IntType,
  integerPromotion,
  LONG,
  sameType,
  sizeOf,
  UINT,
  ULONG,
  usualConversion,
} from '../c/types.ts';
import { NotLifted, type Scope } from './scope.ts';

/** Reduces a mathematical integer to the value a variable of `type` holds. */
export function wrap(value: bigint, type: CType): bigint {
  if (type.kind === 'ptr') return BigInt.asUintN(64, value);
  if (type.kind !== 'int') return value;
  if (type.bits === 1) return value === 0n ? 0n : 1n;
  return type.signed ? BigInt.asIntN(type.bits, value) : BigInt.asUintN(type.bits, value);
}

/** Value and type of an integer literal with its suffixes. */
export function parseInteger(text: string, at: number): { value: bigint; type: IntType } {
  const match = /^(0[xX][0-9a-fA-F]+|0[bB][01]+|[0-9]+)([uUlL]*)$/.exec(text);
  if (match === null) throw new NotLifted('literal', `literal ${text} is not an integer`, at);
  const digits = match[1] as string;
  const suffix = (match[2] as string).toLowerCase();
  const isDecimal = !/^0./.test(digits);
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const unsigned = suffix.includes('u');
  const long = suffix.includes('l');
  const fits = (bits: bigint, signed: boolean): boolean =>
    value < 1n << (signed ? bits - 1n : bits);
  if (!long && !unsigned && fits(32n, true)) return { value, type: INT };
  if (!long && (unsigned || !isDecimal) && fits(32n, false)) return { value, type: UINT };
  if (!unsigned && fits(64n, true)) return { value, type: LONG };
  return { value, type: ULONG };
}

const ESCAPES: Readonly<Record<string, number>> = {
  n: 10,
  t: 9,
  r: 13,
  '0': 0,
  '\\': 92,
  "'": 39,
  '"': 34,
  a: 7,
  b: 8,
  f: 12,
  v: 11,
};

export function parseChar(text: string, at: number): bigint {
  const body = text.slice(text.indexOf("'") + 1, -1);
  if (body.length === 1) return BigInt(body.charCodeAt(0));
  const hex = /^\\x([0-9a-fA-F]+)$/.exec(body);
  if (hex !== null) return BigInt.asIntN(8, BigInt(`0x${hex[1]}`));
  const octal = /^\\([0-7]{1,3})$/.exec(body);
  if (octal !== null) return BigInt.asIntN(8, BigInt(`0o${octal[1]}`));
  const code = body.startsWith('\\') ? ESCAPES[body.slice(1)] : undefined;
  if (code === undefined) throw new NotLifted('literal', `character literal ${text}`, at);
  return BigInt(code);
}

/** Exact arithmetic in `type`; null where C leaves the result undefined. */
export function compute(op: string, a: bigint, b: bigint, type: CType): bigint | null {
  const bool = (x: boolean): bigint => (x ? 1n : 0n);
  switch (op) {
    case '+':
      return wrap(a + b, type);
    case '-':
      return wrap(a - b, type);
    case '*':
      return wrap(a * b, type);
    case '/':
      return b === 0n ? null : wrap(a / b, type);
    case '%':
      return b === 0n ? null : wrap(a % b, type);
    case '&':
      return wrap(a & b, type);
    case '|':
      return wrap(a | b, type);
    case '^':
      return wrap(a ^ b, type);
    case '<<':
      return b < 0n || b > 127n ? null : wrap(a << b, type);
    case '>>':
      return b < 0n || b > 127n ? null : wrap(a >> b, type);
    case '==':
      return bool(a === b);
    case '!=':
      return bool(a !== b);
    case '<':
      return bool(a < b);
    case '<=':
      return bool(a <= b);
    case '>':
      return bool(a > b);
    case '>=':
      return bool(a >= b);
    default:
      return null;
  }
}

interface Typed {
  readonly value: bigint;
  readonly type: CType;
}

/** Evaluates an integer constant expression; throws {@link NotLifted} otherwise. */
export function evaluateConstant(expr: Expr, scope: Scope): bigint {
  return evaluate(expr, scope).value;
}

function evaluate(expr: Expr, scope: Scope): Typed {
  const fail = (what: string): never => {
    throw new NotLifted('not-constant', `${what} is not an integer constant`, expr.at);
  };
  switch (expr.kind) {
    case 'number':
      return parseInteger(expr.text, expr.at);
    case 'char':
      return { value: parseChar(expr.text, expr.at), type: INT };
    case 'ident': {
      const name = scope.find(expr.name);
      return name?.kind === 'constant' ? { value: name.value, type: INT } : fail(expr.name);
    }
    case 'sizeof-type':
    case 'sizeof-expr':
    case 'alignof-type':
    case 'alignof-expr': {
      const type =
        'type' in expr ? scope.typeName(expr.type) : scope.oracle.typeOf(expr.expr, scope);
      const value = expr.kind.startsWith('sizeof') ? sizeOf(type) : alignOf(type);
      return value === null
        ? fail('size of an incomplete type')
        : { value: BigInt(value), type: ULONG };
    }
    case 'cast': {
      const type = scope.typeName(expr.type);
      return { value: wrap(evaluate(expr.expr, scope).value, type), type };
    }
    case 'unary':
      return evaluateUnary(expr, scope);
    case 'binary':
      return evaluateBinary(expr, scope);
    case 'cond': {
      const test = evaluate(expr.test, scope);
      if (expr.then === null) return test.value !== 0n ? test : evaluate(expr.otherwise, scope);
      return evaluate(test.value !== 0n ? expr.then : expr.otherwise, scope);
    }
    case 'offsetof':
      return { value: BigInt(offsetOf(expr, scope)), type: ULONG };
    case 'types-compatible':
      return {
        value: sameType(scope.typeName(expr.left), scope.typeName(expr.right)) ? 1n : 0n,
        type: INT,
      };
    case 'comma':
      return evaluate(expr.right, scope);
    case 'generic':
      return evaluate(chooseGeneric(expr, scope), scope);
    case 'call':
      return (
        evaluateCall(expr, scope) ??
        fail(`a call of ${expr.callee.kind === 'ident' ? expr.callee.name : '?'}()`)
      );
    default:
      return fail(expr.kind);
  }
}

function evaluateUnary(expr: Expr & { kind: 'unary' }, scope: Scope): Typed {
  if (expr.op === '&' || expr.op === '*')
    throw new NotLifted('not-constant', 'an address', expr.at);
  const operand = evaluate(expr.expr, scope);
  const type = integerPromotion(operand.type);
  if (expr.op === '!') return { value: operand.value === 0n ? 1n : 0n, type: INT };
  if (expr.op === '-') return { value: wrap(-operand.value, type), type };
  if (expr.op === '~') return { value: wrap(~operand.value, type), type };
  return { value: operand.value, type };
}

function evaluateBinary(expr: Expr & { kind: 'binary' }, scope: Scope): Typed {
  const left = evaluate(expr.left, scope);
  if (expr.op === '&&') {
    return {
      value: left.value !== 0n && evaluate(expr.right, scope).value !== 0n ? 1n : 0n,
      type: INT,
    };
  }
  if (expr.op === '||') {
    return {
      value: left.value !== 0n || evaluate(expr.right, scope).value !== 0n ? 1n : 0n,
      type: INT,
    };
  }
  const right = evaluate(expr.right, scope);
  const isShift = expr.op === '<<' || expr.op === '>>';
  const type = isShift ? integerPromotion(left.type) : usualConversion(left.type, right.type);
  const a = wrap(left.value, type);
  const b = isShift ? right.value : wrap(right.value, type);
  const value = compute(expr.op, a, b, type);
  if (value === null) throw new NotLifted('not-constant', `undefined ${expr.op}`, expr.at);
  return { value, type: /^([<>]=?|[=!]=)$/.test(expr.op) ? INT : type };
}

/** Builtins that are constants by their nature. */
function evaluateCall(expr: Expr & { kind: 'call' }, scope: Scope): Typed | null {
  const name = expr.callee.kind === 'ident' ? expr.callee.name : '';
  const [first, second, third] = expr.args;
  if (name === '__builtin_choose_expr' && first && second && third) {
    return evaluate(evaluate(first, scope).value !== 0n ? second : third, scope);
  }
  if (name === '__builtin_constant_p') return { value: 0n, type: INT };
  if ((name === '__builtin_expect' || name === 'likely' || name === 'unlikely') && first)
    return evaluate(first, scope);
  if ((name === 'min' || name === 'max') && first && second) {
    const [a, b] = [evaluate(first, scope), evaluate(second, scope)];
    return a.value < b.value === (name === 'min') ? a : b;
  }
  if ((name === 'min_t' || name === 'max_t') && second && third) {
    const [a, b] = [evaluate(second, scope), evaluate(third, scope)];
    return a.value < b.value === (name === 'min_t') ? a : b;
  }
  if (name === 'offsetof' && first?.kind === 'type-arg' && second) {
    return { value: BigInt(memberOffset(scope.typeName(first.type), second)), type: ULONG };
  }
  if (name === 'ARRAY_SIZE' && first) {
    const type = scope.oracle.typeOf(first, scope);
    if (type.kind === 'array' && type.count !== null)
      return { value: BigInt(type.count), type: ULONG };
  }
  return null;
}

/** Byte offset of the member an expression like `a.b` designates. */
function memberOffset(type: CType, member: Expr): number {
  const walk = (e: Expr): { readonly offset: number; readonly type: CType } => {
    const name = e.kind === 'ident' ? e.name : e.kind === 'member' && !e.arrow ? e.name : null;
    if (name === null) throw new NotLifted('offsetof', 'member designator', e.at);
    const base = e.kind === 'member' ? walk(e.base) : { offset: 0, type };
    const chain = base.type.kind === 'record' ? findField(base.type.record, name) : null;
    const last = chain?.at(-1);
    if (!chain || !last) throw new NotLifted('no-member', `no member ${name}`, e.at);
    return {
      offset: base.offset + chain.reduce((sum, f) => sum + f.byteOffset, 0),
      type: last.type,
    };
  };
  return walk(member).offset;
}

export function chooseGeneric(expr: Expr & { kind: 'generic' }, scope: Scope): Expr {
  const type = scope.oracle.typeOf(expr.control, scope);
  const match =
    expr.choices.find(c => c.type !== null && sameType(scope.typeName(c.type), type)) ??
    expr.choices.find(c => c.type === null);
  if (match === undefined) throw new NotLifted('generic', 'no _Generic choice matches', expr.at);
  return match.expr;
}

/** Byte offset; throws when the path is not constant. */
export function offsetOf(expr: Expr & { kind: 'offsetof' }, scope: Scope): number {
  let type = scope.typeName(expr.type);
  let offset = 0;
  for (const step of expr.path) {
    if (step.kind === 'field') {
      const chain = type.kind === 'record' ? findField(type.record, step.name) : null;
      if (chain === null) throw new NotLifted('no-member', `no member ${step.name}`, expr.at);
      for (const field of chain) {
        offset += field.byteOffset;
        type = field.type;
      }
    } else if (type.kind === 'array') {
      offset += Number(evaluateConstant(step.from, scope)) * (sizeOf(type.of) ?? 0);
      type = type.of;
    }
  }
  return offset;
}
