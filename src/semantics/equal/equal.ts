/**
 * Which changed functions do what they did. Helpers of one side only, and those that differ, are put in place of their
 * calls, so that a helper may be taken out, folded in, renamed or given other parameters.
 */
import type { ModelFunction } from '../ir/ir.ts';
import { whyNotEqual } from './prove.ts';

/** One side, as far as the question goes. */
export interface EqualSide {
  model(name: string): ModelFunction | null;
  /** Nobody outside of the models can call it. */
  isStatic(name: string): boolean;
  /** Functions of the models that call it or take its address. */
  callers(name: string): readonly string[];
}

/** Changed functions that make no difference: equal ones, and helpers that only equal ones use. */
export function equalFunctions(
  changed: readonly string[],
  before: EqualSide,
  after: EqualSide,
): ReadonlySet<string> {
  const equal = provenEqual(changed, before, after);
  const gone = new Set(equal);
  // Helpers of helpers: as long as one more turns out to be used by those alone.
  for (let more = true; more; ) {
    more = false;
    for (const name of changed) {
      if (gone.has(name) || !isAbsorbed(name, before, gone) || !isAbsorbed(name, after, gone))
        continue;
      gone.add(name);
      more = true;
    }
  }
  return gone;
}

/**
 * Callees first, so that one that turns out different is put in place of its calls. Those not decided yet are assumed
 * to be equal where they are called, and whoever rests on that is looked at again when it was wrong.
 */
function provenEqual(
  changed: readonly string[],
  before: EqualSide,
  after: EqualSide,
): ReadonlySet<string> {
  const all = new Set(changed);
  const order = calleesFirst(changed, [before, after]);
  const equal = new Set(order.filter(n => before.model(n) !== null && after.model(n) !== null));
  const isOpen = (name: string): boolean => all.has(name) && !equal.has(name);
  const inlineOn =
    (side: EqualSide, also: ReadonlySet<string>) =>
    (name: string): ModelFunction | null =>
      isOpen(name) || also.has(name) ? side.model(name) : null;
  const differs = (name: string): boolean => {
    const also = calledOnOneSide(name, before, after, isOpen);
    const why = whyNotEqual({
      before: before.model(name) as ModelFunction,
      after: after.model(name) as ModelFunction,
      inlineBefore: inlineOn(before, also),
      inlineAfter: inlineOn(after, also),
    });
    return why !== null;
  };
  for (let wrong = true; wrong; ) {
    wrong = false;
    for (const name of order) {
      if (!equal.has(name) || !differs(name)) continue;
      equal.delete(name);
      wrong = true;
    }
  }
  return equal;
}

function calleesFirst(names: readonly string[], sides: readonly EqualSide[]): string[] {
  const wanted = new Set(names);
  const met = new Set<string>();
  const order: string[] = [];
  const visit = (name: string): void => {
    if (met.has(name)) return;
    met.add(name);
    for (const side of sides)
      for (const callee of side.model(name)?.callees ?? []) if (wanted.has(callee)) visit(callee);
    order.push(name);
  };
  for (const name of names) visit(name);
  return order;
}

/** What only one of the two calls may stand written out in the other. */
function calledOnOneSide(
  name: string,
  before: EqualSide,
  after: EqualSide,
  isOpen: (name: string) => boolean,
): ReadonlySet<string> {
  const [was, is] = [called(name, before, isOpen), called(name, after, isOpen)];
  return new Set([...was, ...is].filter(n => was.has(n) !== is.has(n)));
}

function called(
  name: string,
  side: EqualSide,
  isOpen: (name: string) => boolean,
): ReadonlySet<string> {
  const found = new Set<string>();
  const queue = [name];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const callee of side.model(at)?.callees ?? []) {
      if (found.has(callee)) continue;
      found.add(callee);
      if (isOpen(callee)) queue.push(callee);
    }
  }
  return found;
}

function isAbsorbed(name: string, side: EqualSide, gone: ReadonlySet<string>): boolean {
  if (side.model(name) === null) return true;
  const callers = side.callers(name);
  return side.isStatic(name) && callers.length > 0 && callers.every(c => gone.has(c));
}
