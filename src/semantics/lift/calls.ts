/** Calls: opaque macros, primitives, replaced bodies, static calls, ordinary functions. */
import type { Expr as CExpr } from '../c/ast.ts';
import {
  BOOL,
  type CType,
  type FnType,
  INT,
  isInt,
  isPtr,
  isScalar,
  LONG,
  pointerTo,
  sizeOf,
  ULONG,
  usualConversion,
  VOID,
} from '../c/types.ts';
import type { Expr, Loc, Place } from '../ir/ir.ts';
import { evaluateConstant } from './constant.ts';
import type { FunctionContext } from './context.ts';
import {
  addressOf,
  binary,
  constant,
  convert,
  derefPlace,
  fieldPath,
  liftPlace,
  liftValue,
  loadPlace,
  memberPlace,
} from './expressions.ts';
import {
  ATOMIC_MACROS,
  LOAD_MACROS,
  PRIMITIVES,
  SILENT_MACROS,
  STORE_MACROS,
  WARN_MACROS,
} from './primitives.ts';
import { NotLifted } from './scope.ts';

type CallExpr = CExpr & { kind: 'call' };

/** Prefix of a driver's stand-in for a function of the tree. */
export const REPLACE_PREFIX = 'mmd_replace__';
/** Prefix of a driver's stand-in for a `static_call()` target. */
export const STATIC_CALL_PREFIX = 'mmd_static_call__';

export function liftCall(cx: FunctionContext, e: CallExpr): Expr {
  const loc = cx.loc(e.at);
  if (e.callee.kind === 'ident') return liftNamedCall(cx, e, e.callee.name, loc);
  const staticTarget = staticCallTarget(e.callee);
  if (staticTarget !== null) return liftStaticCall(cx, e, staticTarget, loc);
  return liftIndirect(cx, e, loc);
}

function liftNamedCall(cx: FunctionContext, e: CallExpr, name: string, loc: Loc): Expr {
  if (cx.scope.find(name)?.kind === 'local') return liftIndirect(cx, e, loc);
  const replaced = REPLACE_PREFIX + name;
  if (cx.unit.functions.has(replaced) && cx.name !== replaced) {
    cx.provided.add(name);
    return liftOrdinary(cx, e, replaced, loc);
  }
  const provided = liftMacro(cx, e, name, loc) ?? liftProvided(cx, e, name, loc);
  if (provided !== null) {
    cx.provided.add(name);
    return provided;
  }
  if (cx.unit.functions.has(name)) return liftOrdinary(cx, e, name, loc);
  const known = cx.scope.find(name);
  if (known?.kind === 'global' || known?.kind === 'local') return liftIndirect(cx, e, loc);
  const type = cx.unit.functionType(name);
  const ret = type?.kind === 'fn' ? type.ret : INT;
  return cx.notLifted(
    new NotLifted('no-body', `${name}() has no body in scope and is no primitive`, e.at),
    ret,
  );
}

/** What does nothing here, and services of the simulated kernel; null when `name` is neither. */
function liftProvided(cx: FunctionContext, e: CallExpr, name: string, loc: Loc): Expr | null {
  if (name.startsWith('trace_') || SILENT_MACROS.has(name)) return constant(0n, INT, loc);
  return PRIMITIVES.has(name) ? liftPrimitive(cx, e, name, loc) : null;
}

/** `static_call(x)` and `static_call_cond(x)` name their target. */
function staticCallTarget(callee: CExpr): string | null {
  if (callee.kind !== 'call' || callee.callee.kind !== 'ident') return null;
  if (!/^static_call(_cond|_mod)?$/.test(callee.callee.name)) return null;
  const target = callee.args[0];
  return target?.kind === 'ident' ? target.name : null;
}

function liftStaticCall(cx: FunctionContext, e: CallExpr, target: string, loc: Loc): Expr {
  const name = STATIC_CALL_PREFIX + target;
  if (cx.unit.functions.has(name)) return liftOrdinary(cx, e, name, loc);
  return cx.notLifted(
    new NotLifted('static-call', `target of static_call(${target}) is not known`, e.at),
    INT,
  );
}

function liftIndirect(cx: FunctionContext, e: CallExpr, loc: Loc): Expr {
  const target = liftValue(cx, e.callee);
  const type = isPtr(target.type) && target.type.to.kind === 'fn' ? target.type.to : null;
  if (type === null) throw new NotLifted('call', 'call of something that is no function', e.at);
  if (target.kind === 'function') return liftOrdinary(cx, e, target.name, loc);
  return { kind: 'call-indirect', type: type.ret, loc, target, args: liftArgs(cx, e.args, type) };
}

function liftArgs(cx: FunctionContext, args: readonly CExpr[], type: FnType): Expr[] {
  return args.map((arg, i) => {
    const value = liftValue(cx, arg);
    const param = type.params[i];
    return param === undefined ? value : convert(value, param);
  });
}

function liftOrdinary(cx: FunctionContext, e: CallExpr, name: string, loc: Loc): Expr {
  const type = cx.unit.functionType(name);
  if (type?.kind !== 'fn') throw new NotLifted('call', `${name} is no function`, e.at);
  cx.callees.add(name);
  const args = liftArgs(cx, e.args, type).slice(0, type.params.length);
  return { kind: 'call', type: type.ret, loc, name, args };
}

function liftPrimitive(cx: FunctionContext, e: CallExpr, name: string, loc: Loc): Expr {
  const prototype = cx.unit.functionType(name);
  const fn = prototype?.kind === 'fn' ? prototype : null;
  const shape = PRIMITIVES.get(name)?.returns ?? 'void';
  const byShape: CType =
    shape === 'int'
      ? INT
      : shape === 'bool'
        ? BOOL
        : shape === 'u64'
          ? ULONG
          : shape === 'pointer'
            ? pointerTo(VOID)
            : shape === 'prototype'
              ? INT
              : VOID;
  const type = fn !== null && fn.ret.kind !== 'void' && shape !== 'void' ? fn.ret : byShape;
  const kept = e.args.filter(a => a.kind !== 'type-arg' && a.kind !== 'string');
  const args = kept.map((arg, i) => {
    const value = liftValue(cx, arg);
    const param = fn?.params[i];
    return param !== undefined &&
      isScalar(param) &&
      isScalar(value.type) &&
      kept.length === fn?.params.length
      ? convert(value, param)
      : value;
  });
  for (const arg of args) if (arg.kind === 'function') cx.callees.add(arg.name);
  const note = e.args
    .map(a => (a.kind === 'string' ? a.parts.join('').replaceAll('"', '') : ''))
    .join('');
  const cache = name === 'kvm_mmu_memory_cache_alloc' ? cacheName(e.args[0]) : note;
  return { kind: 'primitive', type, loc, name, args, note: cache };
}

function cacheName(arg: CExpr | undefined): string {
  if (arg?.kind === 'unary' && arg.expr.kind === 'member') return arg.expr.name;
  return '';
}

/** Opaque macros; null when `name` is none of them. */
function liftMacro(cx: FunctionContext, e: CallExpr, name: string, loc: Loc): Expr | null {
  const [first, second, third] = e.args;
  const load = Object.hasOwn(LOAD_MACROS, name) ? LOAD_MACROS[name] : undefined;
  if (load !== undefined && first)
    return checkedDereference(cx, e, name, markedLoad(cx, first, load, loc), loc);
  const store = Object.hasOwn(STORE_MACROS, name) ? STORE_MACROS[name] : undefined;
  if (store !== undefined && first && second) {
    const place = liftPlace(cx, first);
    const value = convert(liftValue(cx, second), place.type);
    return {
      kind: 'assign',
      type: place.type,
      loc,
      place,
      op: null,
      opType: place.type,
      value,
      mode: store,
    };
  }
  const atomic = Object.hasOwn(ATOMIC_MACROS, name) ? ATOMIC_MACROS[name] : undefined;
  if (atomic !== undefined && first) return liftAtomic(cx, e, atomic, loc);
  if (/^atomic(?:64|_long)?_try_cmpxchg(?:_acquire|_release|_relaxed)?$/.test(name) && first)
    return liftCounterCmpxchg(cx, e, loc);
  if (WARN_MACROS.has(name)) return liftWarn(cx, e, name, loc);
  switch (name) {
    case 'BUG':
      return {
        kind: 'primitive',
        type: VOID,
        loc,
        name: 'warn',
        args: [constant(1n, INT, loc)],
        note: 'BUG()',
      };
    case 'smp_load_acquire':
      return first ? loadPlace(derefPlace(liftValue(cx, first), e.at), loc, 'acquire') : null;
    // arch/x86/include/asm/barrier.h: an exchange whose old value nobody wants.
    case 'smp_store_mb': {
      if (!first || !second) return null;
      const place = liftPlace(cx, first);
      const value = convert(liftValue(cx, second), place.type);
      return {
        kind: 'primitive',
        type: place.type,
        loc,
        name: 'xchg',
        args: [addressOf(place, loc, pointerTo(place.type)), value],
        note: '',
      };
    }
    case 'smp_store_release':
      if (!first || !second) return null;
      return storeThrough(cx, derefPlace(liftValue(cx, first), e.at), second, loc);
    case 'data_race':
    case '__builtin_expect':
    case 'likely':
    case 'unlikely':
    case '__builtin_launder':
    case 'READ_ONCE_ALIGNED_CHECK':
      return first ? liftValue(cx, first) : null;
    case 'container_of':
    case 'container_of_const':
    case 'list_entry':
      return first && second && third ? liftContainerOf(cx, first, second, third, loc) : null;
    case 'offsetof': {
      if (first?.kind !== 'type-arg' || !second) return null;
      const path = fieldPath(cx.scope.typeName(first.type), memberNames(second), e.at);
      return constant(BigInt(path.reduce((sum, f) => sum + f.byteOffset, 0)), ULONG, loc);
    }
    case 'min':
    case 'max':
    case 'umin':
    case 'umax':
      return first && second ? minMax(cx, name.replace('u', ''), first, second, null, loc) : null;
    case 'min_t':
    case 'max_t':
      if (first?.kind !== 'type-arg' || !second || !third) return null;
      return minMax(cx, name.slice(0, 3), second, third, cx.scope.typeName(first.type), loc);
    case 'clamp':
      return null;
    // Speculation is no matter of the models: what the assembly of asm/barrier.h computes is a plain comparison.
    case 'array_index_mask_nospec':
      return first && second
        ? boundsMask(binary('<', liftValue(cx, first), liftValue(cx, second), loc, e.at), loc)
        : null;
    case 'ARRAY_SIZE':
    case '__builtin_choose_expr':
      if (name === '__builtin_choose_expr' && first && second && third) {
        return liftValue(cx, evaluateConstant(first, cx.scope) !== 0n ? second : third);
      }
      return constant(evaluateConstant(e, cx.scope), ULONG, loc);
    case '__builtin_constant_p':
      return constant(0n, INT, loc);
    case 'swap':
      return first && second ? liftSwap(cx, first, second, loc) : null;
    case 'memset':
    case '__builtin_memset':
    case '__memset':
      return liftMemset(cx, e, loc);
    case 'memcpy':
    case '__builtin_memcpy':
      return liftMemcpy(cx, e, loc);
    default:
      return null;
  }
}

/** How a pointer may be followed under RCU: include/linux/rcupdate.h; the condition of the caller counts as there. */
function checkedDereference(
  cx: FunctionContext,
  e: CallExpr,
  name: string,
  load: Expr,
  loc: Loc,
): Expr {
  const inReader = name === 'rcu_dereference' || name === 'rcu_dereference_check';
  if (!inReader && name !== 'rcu_dereference_protected') return load;
  const condition = e.args[1];
  const test = condition === undefined ? constant(0n, INT, loc) : liftValue(cx, condition);
  return {
    kind: 'sequence',
    type: load.type,
    loc,
    first: {
      kind: 'primitive',
      type: VOID,
      loc,
      name: inReader ? 'rcu_lockdep_reader' : 'rcu_lockdep_held',
      args: [test],
      note: name,
    },
    second: load,
  };
}

function boundsMask(inBounds: Expr, loc: Loc): Expr {
  return {
    kind: 'choose',
    type: ULONG,
    loc,
    test: inBounds,
    then: constant(0xffff_ffff_ffff_ffffn, ULONG, loc),
    otherwise: constant(0n, ULONG, loc),
  };
}

function storeThrough(cx: FunctionContext, place: Place, value: CExpr, loc: Loc): Expr {
  return {
    kind: 'assign',
    type: place.type,
    loc,
    place,
    op: null,
    opType: place.type,
    value: convert(liftValue(cx, value), place.type),
    mode: 'release',
  };
}

function markedLoad(
  cx: FunctionContext,
  arg: CExpr,
  mode: 'plain' | 'marked' | 'acquire' | 'release',
  loc: Loc,
): Expr {
  const isPlace =
    arg.kind === 'ident' ||
    arg.kind === 'member' ||
    arg.kind === 'index' ||
    (arg.kind === 'unary' && arg.op === '*');
  if (!isPlace) return liftValue(cx, arg);
  if (arg.kind === 'ident' && cx.scope.find(arg.name)?.kind === 'constant')
    return liftValue(cx, arg);
  const value = loadPlace(liftPlace(cx, arg), loc, mode);
  return isScalar(value.type) ? value : { ...value };
}

function liftAtomic(cx: FunctionContext, e: CallExpr, name: string, loc: Loc): Expr {
  const pointer = liftValue(cx, e.args[0] as CExpr);
  if (!isPtr(pointer.type) || !isScalar(pointer.type.to))
    throw new NotLifted('atomic', `${name}() on an aggregate`, e.at);
  const target = pointer.type.to;
  const rest = e.args.slice(1).map((arg, i) => {
    const value = liftValue(cx, arg);
    return name === 'try_cmpxchg' && i === 0 ? value : convert(value, target);
  });
  return {
    kind: 'primitive',
    type: name === 'try_cmpxchg' ? BOOL : target,
    loc,
    name,
    args: [pointer, ...rest],
    note: '',
  };
}

/** `atomic_try_cmpxchg()` and its like: include/linux/atomic/atomic-instrumented.h. */
function liftCounterCmpxchg(cx: FunctionContext, e: CallExpr, loc: Loc): Expr {
  const [counter, old, value] = e.args;
  if (!counter || !old || !value)
    throw new NotLifted('atomic', 'arguments of a compare-and-exchange', e.at);
  const place = memberPlace(derefPlace(liftValue(cx, counter), e.at), 'counter', e.at);
  const target = addressOf(place, loc, pointerTo(place.type));
  const args = [target, liftValue(cx, old), convert(liftValue(cx, value), place.type)];
  return { kind: 'primitive', type: BOOL, loc, name: 'try_cmpxchg', args, note: '' };
}

function liftWarn(cx: FunctionContext, e: CallExpr, name: string, loc: Loc): Expr {
  const test = e.args[0];
  const end = e.args[1]?.at ?? cx.closing(e.at);
  if (test === undefined || name === 'KVM_BUG') {
    const value = test === undefined ? constant(1n, INT, loc) : truth(liftValue(cx, test), loc);
    return { kind: 'primitive', type: INT, loc, name: 'warn', args: [value], note: `${name}()` };
  }
  const start = cx.opening(e.at);
  const note = `${name}(${cx.text(start, Math.max(end - 1, start + 1)).trim()})`;
  return {
    kind: 'primitive',
    type: INT,
    loc,
    name: 'warn',
    args: [truth(liftValue(cx, test), loc)],
    note: cx.sourceNote(note),
  };
}

/** `!!value` as an int. */
export function truth(value: Expr, loc: Loc): Expr {
  if (value.kind === 'not' || value.kind === 'logical') return value;
  if (value.kind === 'const') return constant(value.lo !== 0 || value.hi !== 0 ? 1n : 0n, INT, loc);
  return { kind: 'not', type: INT, loc, value: { kind: 'not', type: INT, loc, value } };
}

function memberNames(e: CExpr): string[] {
  if (e.kind === 'ident') return [e.name];
  if (e.kind === 'member' && !e.arrow) return [...memberNames(e.base), e.name];
  throw new NotLifted('offsetof', 'member designator', e.at);
}

function liftContainerOf(
  cx: FunctionContext,
  pointer: CExpr,
  type: CExpr,
  member: CExpr,
  loc: Loc,
): Expr {
  if (type.kind !== 'type-arg')
    throw new NotLifted('container_of', 'container_of without a type', type.at);
  const container = cx.scope.typeName(type.type);
  const whole = member.kind === 'index' ? member.base : member;
  const path = fieldPath(container, memberNames(whole), member.at);
  let value = liftValue(cx, pointer);
  if (member.kind === 'index') {
    // Back to the array's first element; the path leads from there.
    const array = path.at(-1)?.type;
    if (array?.kind !== 'array')
      throw new NotLifted('container_of', 'index into a member that is no array', member.at);
    value = binary(
      '-',
      convert(value, pointerTo(array.of)),
      liftValue(cx, member.index),
      loc,
      member.at,
    );
  }
  return { kind: 'container-of', type: pointerTo(container), loc, value, path };
}

function minMax(
  cx: FunctionContext,
  name: string,
  a: CExpr,
  b: CExpr,
  type: CType | null,
  loc: Loc,
): Expr {
  const left = liftValue(cx, a);
  const right = liftValue(cx, b);
  const common = type ?? usualConversion(left.type, right.type);
  const one = convert(left, common);
  const two = convert(right, common);
  if (one.kind === 'const' && two.kind === 'const' && isInt(common)) {
    const less = binary('<', one, two, loc, 0);
    return less.kind === 'const' && (less.lo === 1) === (name === 'min') ? one : two;
  }
  return { kind: 'primitive', type: common, loc, name, args: [one, two], note: '' };
}

function liftSwap(cx: FunctionContext, a: CExpr, b: CExpr, loc: Loc): Expr {
  const one = liftPlace(cx, a);
  const two = liftPlace(cx, b);
  const local = cx.newLocal('swapped', one.type, false);
  const saved: Place = { kind: 'local', local, type: one.type };
  const assign = (place: Place, value: Expr): Expr => ({
    kind: 'assign',
    type: place.type,
    loc,
    place,
    op: null,
    opType: place.type,
    value,
    mode: 'plain',
  });
  return {
    kind: 'sequence',
    type: VOID,
    loc,
    first: {
      kind: 'sequence',
      type: VOID,
      loc,
      first: assign(saved, loadPlace(one, loc, 'plain')),
      second: assign(one, loadPlace(two, loc, 'plain')),
    },
    second: assign(two, loadPlace(saved, loc, 'plain')),
  };
}

/** `memset(p, 0, sizeof(*p))` becomes a clearing of the object. */
function liftMemset(cx: FunctionContext, e: CallExpr, loc: Loc): Expr {
  const [target, value, size] = e.args;
  if (!target || !value || !size) throw new NotLifted('memset', 'memset() arguments', e.at);
  const pointer = stripVoid(liftValue(cx, target));
  const byte = liftValue(cx, value);
  if (byte.kind !== 'const' || !isPtr(pointer.type))
    throw new NotLifted('memset', 'memset() with a variable value', e.at);
  const bytes = evaluateConstantOrNull(cx, size);
  const unit = sizeOf(pointer.type.to);
  if (bytes === null || unit === null || unit === 0)
    throw new NotLifted('memset', 'memset() of unknown size', e.at);
  const count = Number(bytes) / unit;
  if (byte.lo !== 0 && !isInt(pointer.type.to))
    throw new NotLifted('memset', 'memset() with a non-zero value', e.at);
  return {
    kind: 'primitive',
    type: pointer.type,
    loc,
    name: 'fill',
    args: [pointer, constant(BigInt(Math.ceil(count)), LONG, loc), byte],
    note: '',
  };
}

function evaluateConstantOrNull(cx: FunctionContext, e: CExpr): bigint | null {
  try {
    return evaluateConstant(e, cx.scope);
  } catch (error) {
    if (error instanceof NotLifted) return null;
    throw error;
  }
}

function stripVoid(e: Expr): Expr {
  let value = e;
  while (value.kind === 'convert' && isPtr(value.type) && value.type.to.kind === 'void')
    value = value.value;
  return value;
}

const MAX_COPIED = 64;

/** `memcpy()` of some elements of an array, one after the other. */
function copyElements(target: Expr, source: Expr, count: number, loc: Loc, at: number): Expr {
  const isPlain = (e: Expr): boolean =>
    e.kind === 'convert'
      ? isPlain(e.value)
      : e.kind === 'address' || (e.kind === 'load' && e.place.kind === 'local');
  if (!isPlain(target) || !isPlain(source))
    throw new NotLifted('memcpy', 'memcpy() of several elements through an expression', at);
  const element = (pointer: Expr, i: number): Place => {
    const base = derefPlace(pointer, at);
    return {
      kind: 'element',
      base,
      index: constant(BigInt(i), LONG, loc),
      type: isPtr(pointer.type) ? pointer.type.to : base.type,
    };
  };
  const from = convert(source, target.type);
  let all: Expr = constant(0n, INT, loc);
  for (let i = 0; i < count; i++) {
    const place = element(target, i);
    const value = loadPlace(element(from, i), loc, 'plain');
    const one: Expr = {
      kind: 'assign',
      type: place.type,
      loc,
      place,
      op: null,
      opType: place.type,
      value,
      mode: 'plain',
    };
    all = i === 0 ? one : { kind: 'sequence', type: one.type, loc, first: all, second: one };
  }
  return { kind: 'sequence', type: target.type, loc, first: all, second: target };
}

function liftMemcpy(cx: FunctionContext, e: CallExpr, loc: Loc): Expr {
  const [to, from, size] = e.args;
  if (!to || !from || !size) throw new NotLifted('memcpy', 'memcpy() arguments', e.at);
  const target = stripVoid(liftValue(cx, to));
  const source = stripVoid(liftValue(cx, from));
  const bytes = evaluateConstantOrNull(cx, size);
  const unit = isPtr(target.type) ? sizeOf(target.type.to) : null;
  const count = bytes === null || unit === null || unit === 0 ? 0 : Number(bytes) / unit;
  if (Number.isInteger(count) && count > 1 && count <= MAX_COPIED)
    return copyElements(target, source, count, loc, e.at);
  if (!isPtr(target.type) || count !== 1) {
    throw new NotLifted('memcpy', 'memcpy() that is no whole object', e.at);
  }
  const place = derefPlace(target, e.at);
  const value = loadPlace(derefPlace(convert(source, target.type), e.at), loc, 'plain');
  return {
    kind: 'assign',
    type: place.type,
    loc,
    place,
    op: null,
    opType: place.type,
    value,
    mode: 'plain',
  };
}
