/** C expressions to typed IR: every conversion explicit, marked accesses and primitives recognised. */
import type { Expr as CExpr } from '../c/ast.ts';
import {
  CHAR,
  type CType,
  type Field,
  findField,
  INT,
  integerPromotion,
  isInt,
  isPtr,
  isScalar,
  LONG,
  pointerTo,
  sameType,
  typeName,
  ULONG,
  usualConversion,
  VOID,
} from '../c/types.ts';
import type { AccessMode, BinaryOperator, Expr, Loc, Place } from '../ir/ir.ts';
import { liftCall } from './calls.ts';
import {
  chooseGeneric,
  compute,
  evaluateConstant,
  offsetOf,
  parseChar,
  parseInteger,
  wrap,
} from './constant.ts';
import type { FunctionContext } from './context.ts';
import { liftInitialiser } from './initialisers.ts';
import { decay, NotLifted } from './scope.ts';
import { liftBlockItems } from './statements.ts';

export function constant(value: bigint, type: CType, loc: Loc): Expr {
  const wrapped = BigInt.asUintN(64, wrap(value, type));
  return {
    kind: 'const',
    type,
    loc,
    lo: Number(BigInt.asIntN(32, wrapped)),
    hi: Number(BigInt.asIntN(32, wrapped >> 32n)),
  };
}

export function constantValue(expr: Expr & { kind: 'const' }): bigint {
  const bits = (BigInt.asUintN(32, BigInt(expr.hi)) << 32n) | BigInt.asUintN(32, BigInt(expr.lo));
  return wrap(bits, expr.type);
}

/** Inserts the conversion C makes implicitly; folds constants. */
export function convert(expr: Expr, type: CType): Expr {
  if (sameType(expr.type, type) || type.kind === 'void') return expr;
  if (type.kind === 'record' || expr.type.kind === 'record') return expr;
  if (isPtr(type) && isPtr(expr.type)) return retype(expr, type);
  if (expr.kind === 'const' && isInt(type)) return constant(constantValue(expr), type, expr.loc);
  if (expr.kind === 'const' && isPtr(type)) return { ...expr, type };
  return { kind: 'convert', type, loc: expr.loc, value: expr };
}

/** Pointer casts change no bits: keep the node, change its static type. */
function retype(expr: Expr, type: CType): Expr {
  return { kind: 'convert', type, loc: expr.loc, value: expr };
}

const isAssignable = (e: CExpr): boolean =>
  e.kind === 'ident' ||
  e.kind === 'member' ||
  e.kind === 'index' ||
  (e.kind === 'unary' && e.op === '*') ||
  e.kind === 'compound-literal';

/** The object an lvalue expression denotes. */
export function liftPlace(cx: FunctionContext, e: CExpr): Place {
  switch (e.kind) {
    case 'ident': {
      const name = cx.scope.find(e.name);
      if (name?.kind === 'local')
        return { kind: 'local', local: name.local, type: name.local.type };
      if (name?.kind === 'global')
        return { kind: 'global', global: name.global, type: name.global.type };
      throw new NotLifted('unknown-name', `${e.name} is not an object`, e.at);
    }
    case 'unary':
      if (e.op === '*') return derefPlace(liftValue(cx, e.expr), e.at);
      break;
    case 'member':
      return liftMember(cx, e);
    case 'index': {
      const base = e.base;
      const baseType = typeOf(cx, base);
      const index = convert(liftValue(cx, e.index), LONG);
      if (baseType.kind === 'array' && isAssignable(base)) {
        const place = liftPlace(cx, base);
        return { kind: 'element', base: place, index, type: baseType.of };
      }
      const pointer = liftValue(cx, base);
      if (!isPtr(pointer.type)) throw new NotLifted('index', 'index into a non-pointer', e.at);
      return { kind: 'element', base: derefPlace(pointer, e.at), index, type: pointer.type.to };
    }
    case 'compound-literal': {
      const type = cx.scope.typeName(e.type);
      const local = cx.newLocal('literal', type, false);
      local.inMemory = true;
      const place: Place = { kind: 'local', local, type };
      const init = liftInitialiser(cx, e.init, type);
      const loc = cx.loc(e.at);
      const body: Expr = {
        kind: 'block',
        type,
        loc,
        body: [{ kind: 'declare', local, init, cleanup: null, loc }],
        value: { kind: 'load', type, loc, place, mode: 'plain' },
      };
      return { kind: 'value', value: body, type };
    }
    case 'statement-expr':
    case 'call':
    case 'cond':
    case 'assign':
    case 'comma': {
      const value = liftValue(cx, e);
      return { kind: 'value', value, type: value.type };
    }
    case 'cast': {
      const value = liftValue(cx, e);
      return { kind: 'value', value, type: value.type };
    }
    case 'generic':
      return liftPlace(cx, chooseGeneric(e, cx.scope));
    default:
      break;
  }
  throw new NotLifted('lvalue', `${e.kind} as an object`, e.at);
}

export function derefPlace(pointer: Expr, at: number): Place {
  if (!isPtr(pointer.type))
    throw new NotLifted('deref', `dereference of ${typeName(pointer.type)}`, at);
  if (pointer.kind === 'address') return pointer.place;
  return { kind: 'deref', pointer, type: pointer.type.to };
}

function liftMember(cx: FunctionContext, e: CExpr & { kind: 'member' }): Place {
  let place: Place;
  if (e.arrow) place = derefPlace(liftValue(cx, e.base), e.at);
  else place = liftPlace(cx, e.base);
  return memberPlace(place, e.name, e.at);
}

export function memberPlace(base: Place, name: string, at: number): Place {
  const type = base.type;
  const chain = type.kind === 'record' ? findField(type.record, name) : null;
  if (chain === null)
    throw new NotLifted('no-member', `${typeName(type)} has no member ${name}`, at);
  let place = base;
  for (const field of chain) place = { kind: 'field', base: place, field, type: field.type };
  const bits = chain.at(-1);
  if (bits !== undefined && bits.bits !== null && bits.bitOffset + bits.bits > 32) {
    throw new NotLifted('wide-bit-field', `bit-field ${name} crosses a 32-bit word`, at);
  }
  return place;
}

export function loadPlace(place: Place, loc: Loc, mode: AccessMode): Expr {
  if (place.type.kind === 'array' || place.type.kind === 'fn')
    return addressOf(place, loc, decay(place.type));
  const load: Expr = { kind: 'load', type: place.type, loc, place, mode };
  return fieldFitsInt(place) ? convert(load, INT) : load;
}

/** A bit-field narrower than an int promotes to int, whatever its declared type (C11 6.3.1.1p2). */
function fieldFitsInt(place: Place): boolean {
  if (place.kind !== 'field' || place.field.bits === null || !isInt(place.type)) return false;
  return (
    place.type.bits >= 32 &&
    (place.field.bits < 32 || (place.type.signed && place.field.bits === 32))
  );
}

export function addressOf(place: Place, loc: Loc, type: CType): Expr {
  markAddressed(place);
  if (place.kind === 'deref')
    return sameType(place.pointer.type, type) ? place.pointer : retype(place.pointer, type);
  return { kind: 'address', type, loc, place };
}

function markAddressed(place: Place): void {
  if (place.kind === 'local') place.local.inMemory = true;
  else if (place.kind === 'field' || place.kind === 'element') markAddressed(place.base);
}

/** An expression used for its value; arrays and functions have decayed. */
export function liftValue(cx: FunctionContext, e: CExpr): Expr {
  const loc = cx.loc(e.at);
  switch (e.kind) {
    case 'number': {
      if (/[.]|^[0-9]+e/i.test(e.text) && !/^0x/i.test(e.text))
        throw new NotLifted('float', 'floating point', e.at);
      const { value, type } = parseInteger(e.text, e.at);
      return constant(value, type, loc);
    }
    case 'char':
      return constant(parseChar(e.text, e.at), INT, loc);
    case 'string':
      return {
        kind: 'text',
        type: pointerTo(CHAR),
        loc,
        text: e.parts.map(p => p.slice(p.indexOf('"') + 1, -1)).join(''),
      };
    case 'ident':
      return liftIdent(cx, e, loc);
    case 'unary':
      return liftUnary(cx, e, loc);
    case 'prefix':
    case 'postfix': {
      const place = liftPlace(cx, e.expr);
      return {
        kind: 'step',
        type: place.type,
        loc,
        place,
        delta: e.op === '++' ? 1 : -1,
        postfix: e.kind === 'postfix',
      };
    }
    case 'binary':
      return liftBinary(cx, e, loc);
    case 'assign':
      return liftAssign(cx, e, loc);
    case 'cond':
      return liftConditional(cx, e, loc);
    case 'comma': {
      const first = liftValue(cx, e.left);
      const second = liftValue(cx, e.right);
      return { kind: 'sequence', type: second.type, loc, first, second };
    }
    case 'call':
      return liftCall(cx, e);
    case 'index':
    case 'member':
    case 'compound-literal':
      return loadPlace(liftPlace(cx, e), loc, 'plain');
    case 'cast':
      return liftCast(cx, e, loc);
    case 'sizeof-type':
    case 'sizeof-expr':
    case 'alignof-type':
    case 'alignof-expr':
      return constant(evaluateConstant(e, cx.scope), ULONG, loc);
    case 'offsetof':
      return constant(BigInt(offsetOf(e, cx.scope)), ULONG, loc);
    case 'types-compatible':
      return constant(evaluateConstant(e, cx.scope), INT, loc);
    case 'generic':
      return liftValue(cx, chooseGeneric(e, cx.scope));
    case 'statement-expr':
      return liftStatementExpr(cx, e, loc);
    case 'label-address':
    case 'type-arg':
      throw new NotLifted(e.kind, `${e.kind} in a value position`, e.at);
  }
}

function liftIdent(cx: FunctionContext, e: CExpr & { kind: 'ident' }, loc: Loc): Expr {
  const name = cx.scope.find(e.name);
  if (name === null) {
    if (e.name === '__func__' || e.name === '__FUNCTION__')
      return { kind: 'text', type: pointerTo(CHAR), loc, text: cx.name };
    throw new NotLifted('unknown-name', `unknown name ${e.name}`, e.at);
  }
  if (name.kind === 'constant')
    return constant(name.value, name.value > 0x7fffffffn ? ULONG : INT, loc);
  if (name.kind === 'function') {
    const type = cx.unit.functionType(e.name) ?? {
      kind: 'fn',
      ret: INT,
      params: [],
      variadic: true,
    };
    cx.callees.add(e.name);
    return { kind: 'function', type: pointerTo(type), loc, name: e.name };
  }
  if (name.kind === 'typedef')
    throw new NotLifted('type-as-value', `type ${e.name} as a value`, e.at);
  return loadPlace(liftPlace(cx, e), loc, 'plain');
}

function liftUnary(cx: FunctionContext, e: CExpr & { kind: 'unary' }, loc: Loc): Expr {
  switch (e.op) {
    case '&': {
      if (e.expr.kind === 'ident' && cx.scope.find(e.expr.name)?.kind === 'function')
        return liftValue(cx, e.expr);
      const place = liftPlace(cx, e.expr);
      return addressOf(place, loc, pointerTo(place.type));
    }
    case '*': {
      const pointer = liftValue(cx, e.expr);
      if (isPtr(pointer.type) && pointer.type.to.kind === 'fn') return pointer;
      return loadPlace(derefPlace(pointer, e.at), loc, 'plain');
    }
    case '!': {
      const value = liftValue(cx, e.expr);
      if (value.kind === 'const') return constant(constantValue(value) === 0n ? 1n : 0n, INT, loc);
      return { kind: 'not', type: INT, loc, value };
    }
    default: {
      const operand = liftValue(cx, e.expr);
      const type = integerPromotion(operand.type);
      const value = convert(operand, type);
      if (e.op === '+') return value;
      if (value.kind === 'const') {
        const v = constantValue(value);
        return constant(e.op === '-' ? -v : ~v, type, loc);
      }
      return { kind: e.op === '-' ? 'negate' : 'complement', type, loc, value };
    }
  }
}

const COMPARISONS = new Set(['==', '!=', '<', '<=', '>', '>=']);

function liftBinary(cx: FunctionContext, e: CExpr & { kind: 'binary' }, loc: Loc): Expr {
  const left = liftValue(cx, e.left);
  if (e.op === '&&' || e.op === '||') {
    if (left.kind === 'const') {
      const truth = constantValue(left) !== 0n;
      if (truth === (e.op === '||')) return constant(truth ? 1n : 0n, INT, loc);
    }
    return { kind: 'logical', type: INT, loc, op: e.op, left, right: liftValue(cx, e.right) };
  }
  return binary(e.op, left, liftValue(cx, e.right), loc, e.at);
}

/** A binary operation with C's conversions, pointer arithmetic included. */
export function binary(op: BinaryOperator, left: Expr, right: Expr, loc: Loc, at: number): Expr {
  const bothPointers = isPtr(left.type) && isPtr(right.type);
  if (bothPointers || ((isPtr(left.type) || isPtr(right.type)) && COMPARISONS.has(op))) {
    const type = isPtr(left.type) ? left.type : right.type;
    return {
      kind: 'binary',
      type: op === '-' ? LONG : INT,
      loc,
      op,
      opType: type,
      left: convert(left, type),
      right: convert(right, type),
    };
  }
  if (isPtr(left.type))
    return {
      kind: 'binary',
      type: left.type,
      loc,
      op,
      opType: left.type,
      left,
      right: convert(right, LONG),
    };
  if (isPtr(right.type))
    return {
      kind: 'binary',
      type: right.type,
      loc,
      op,
      opType: right.type,
      left: right,
      right: convert(left, LONG),
    };
  if (!isInt(left.type) || !isInt(right.type)) {
    throw new NotLifted(
      'operands',
      `${op} on ${typeName(left.type)} and ${typeName(right.type)}`,
      at,
    );
  }
  const isShift = op === '<<' || op === '>>';
  const opType = isShift ? integerPromotion(left.type) : usualConversion(left.type, right.type);
  if (isInt(opType) && opType.bits === 128) throw new NotLifted('int128', '128-bit arithmetic', at);
  const a = convert(left, opType);
  const b = isShift ? convert(right, INT) : convert(right, opType);
  const type = COMPARISONS.has(op) ? INT : opType;
  if (a.kind === 'const' && b.kind === 'const') {
    const value = compute(op, constantValue(a), constantValue(b), opType);
    if (value !== null) return constant(value, type, loc);
  }
  return { kind: 'binary', type, loc, op, opType, left: a, right: b };
}

function liftAssign(cx: FunctionContext, e: CExpr & { kind: 'assign' }, loc: Loc): Expr {
  const place = liftPlace(cx, e.left);
  const type = place.type;
  if (type.kind === 'array') throw new NotLifted('lvalue', 'assignment to an array', e.left.at);
  if (e.op === '=') {
    return {
      kind: 'assign',
      type,
      loc,
      place,
      op: null,
      opType: type,
      value: convert(liftValue(cx, e.right), type),
      mode: 'plain',
    };
  }
  const op = e.op.slice(0, -1) as BinaryOperator;
  const right = liftValue(cx, e.right);
  const isShift = op === '<<' || op === '>>';
  const operand = fieldFitsInt(place) ? INT : type;
  const opType = isPtr(type)
    ? type
    : isShift
      ? integerPromotion(operand)
      : usualConversion(operand, right.type);
  const value = isPtr(type) ? convert(right, LONG) : convert(right, isShift ? INT : opType);
  return { kind: 'assign', type, loc, place, op, opType, value, mode: 'plain' };
}

function liftConditional(cx: FunctionContext, e: CExpr & { kind: 'cond' }, loc: Loc): Expr {
  const test = liftValue(cx, e.test);
  if (test.kind === 'const' && e.then !== null) {
    return liftValue(cx, constantValue(test) !== 0n ? e.then : e.otherwise);
  }
  const then = e.then === null ? null : liftValue(cx, e.then);
  const otherwise = liftValue(cx, e.otherwise);
  const left = then ?? test;
  let type: CType;
  if (isInt(left.type) && isInt(otherwise.type)) type = usualConversion(left.type, otherwise.type);
  else if (isPtr(left.type) && !(isPtr(otherwise.type) && left.type.to.kind === 'void'))
    type = left.type;
  else if (isPtr(otherwise.type)) type = otherwise.type;
  else type = left.type.kind === 'void' ? VOID : left.type;
  return {
    kind: 'choose',
    type,
    loc,
    test,
    then: then === null ? null : convert(then, type),
    otherwise: convert(otherwise, type),
  };
}

function liftCast(cx: FunctionContext, e: CExpr & { kind: 'cast' }, loc: Loc): Expr {
  const type = cx.scope.typeName(e.type);
  if (type.kind === 'void') return { ...liftValue(cx, e.expr), loc };
  if (type.kind === 'record' && isAssignable(e.expr)) return liftValue(cx, e.expr);
  const value = liftValue(cx, e.expr);
  if (!isScalar(type) || !isScalar(value.type)) {
    if (sameType(type, value.type)) return value;
    throw new NotLifted('cast', `cast from ${typeName(value.type)} to ${typeName(type)}`, e.at);
  }
  return convert(value, type);
}

function liftStatementExpr(
  cx: FunctionContext,
  e: CExpr & { kind: 'statement-expr' },
  loc: Loc,
): Expr {
  return cx.inScope(() => {
    const items = e.block.items;
    const last = items.at(-1);
    if (last?.kind !== 'expr') {
      return { kind: 'block', type: VOID, loc, body: liftBlockItems(cx, items), value: null };
    }
    const body = liftBlockItems(cx, items.slice(0, -1));
    const value = liftValue(cx, last.expr);
    return { kind: 'block', type: value.type, loc, body, value };
  });
}

/** Static type of an expression, before decay. */
export function typeOf(cx: FunctionContext, e: CExpr): CType {
  if (e.kind === 'ident') {
    const name = cx.scope.find(e.name);
    if (name?.kind === 'local') return name.local.type;
    if (name?.kind === 'global') return name.global.type;
    if (name?.kind === 'function') return cx.unit.functionType(e.name) ?? INT;
  }
  // Typing is lifting with the result thrown away; a probe context keeps its locals and callees out.
  const probe = cx.probe();
  if (isAssignable(e) && e.kind !== 'compound-literal') return liftPlace(probe, e).type;
  return liftValue(probe, e).type;
}

export function fieldPath(type: CType, names: readonly string[], at: number): readonly Field[] {
  const path: Field[] = [];
  let current = type;
  for (const name of names) {
    const chain = current.kind === 'record' ? findField(current.record, name) : null;
    if (chain === null)
      throw new NotLifted('no-member', `${typeName(current)} has no member ${name}`, at);
    path.push(...chain);
    current = (chain.at(-1) as Field).type;
  }
  return path;
}
