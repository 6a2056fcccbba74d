/** Initialisers to a flat list of scalar settings (C11 6.7.9). */
import type { Expr as CExpr, Init, InitList } from '../c/ast.ts';
import { type CType, isScalar, sameType } from '../c/types.ts';
import type { InitItem, PathStep } from '../ir/ir.ts';
import type { FunctionContext } from './context.ts';
import { constant, convert, fieldPath, liftValue } from './expressions.ts';
import { NotLifted } from './scope.ts';

/** Everything not named in the result is zero. */
export function liftInitialiser(cx: FunctionContext, init: Init, type: CType): InitItem[] {
  const items: InitItem[] = [];
  fill(cx, init, type, [], items);
  return items;
}

function fill(
  cx: FunctionContext,
  init: Init,
  type: CType,
  path: readonly PathStep[],
  out: InitItem[],
): void {
  if (init.kind !== 'init-list') {
    if (type.kind === 'array' && init.kind === 'string') {
      out.push({ path, type, value: liftValue(cx, init) });
      return;
    }
    const value = liftValue(cx, init);
    out.push({ path, type, value: isScalar(type) ? convert(value, type) : value });
    return;
  }
  if (isScalar(type)) {
    const first = init.items[0];
    if (first === undefined) out.push({ path, type, value: constant(0n, type, cx.loc(init.at)) });
    else fill(cx, first.value, type, path, out);
    return;
  }
  fillAggregate(cx, init, type, path, out);
}

function fillAggregate(
  cx: FunctionContext,
  init: InitList,
  type: CType,
  path: readonly PathStep[],
  out: InitItem[],
): void {
  let next = 0;
  for (const item of init.items) {
    if (item.designators.length > 0) {
      next = fillDesignated(cx, item.designators, item.value, type, path, out) + 1;
      continue;
    }
    const step = memberAt(type, next);
    if (step === null) return;
    next++;
    const inner = stepType(step);
    if (!isScalar(inner) && item.value.kind !== 'init-list' && !isWhole(cx, item.value, inner)) {
      throw new NotLifted('initialiser', 'initialiser with elided braces', init.at);
    }
    fill(cx, item.value, inner, [...path, step], out);
  }
}

function isWhole(cx: FunctionContext, value: CExpr, type: CType): boolean {
  if (value.kind === 'string') return true;
  return sameType(liftValue(cx.probe(), value).type, type);
}

function fillDesignated(
  cx: FunctionContext,
  designators: InitList['items'][number]['designators'],
  value: Init,
  type: CType,
  path: readonly PathStep[],
  out: InitItem[],
): number {
  const [head, ...rest] = designators;
  if (head === undefined) return 0;
  if (head.kind === 'field') {
    const chain = fieldPath(type, [head.name], 0);
    const steps = chain.map((field): PathStep => ({ field }));
    const inner = (chain.at(-1) as (typeof chain)[number]).type;
    if (rest.length > 0) fillDesignated(cx, rest, value, inner, [...path, ...steps], out);
    else fill(cx, value, inner, [...path, ...steps], out);
    return chain[0]?.index ?? 0;
  }
  if (type.kind !== 'array')
    throw new NotLifted('initialiser', 'index designator on a non-array', 0);
  const from = Number(cx.unit.oracle.constant(head.from, cx.scope));
  const to = head.to === null ? from : Number(cx.unit.oracle.constant(head.to, cx.scope));
  for (let index = from; index <= to; index++) {
    const steps = [...path, { index, of: type.of }];
    if (rest.length > 0) fillDesignated(cx, rest, value, type.of, steps, out);
    else fill(cx, value, type.of, steps, out);
  }
  return to;
}

function memberAt(type: CType, index: number): PathStep | null {
  if (type.kind === 'array') return { index, of: type.of };
  if (type.kind !== 'record') return null;
  const field = type.record.complete()?.fields[index];
  if (field === undefined || (type.record.which === 'union' && index > 0)) return null;
  return { field };
}

const stepType = (step: PathStep): CType => ('field' in step ? step.field.type : step.of);
