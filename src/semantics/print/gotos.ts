/** Where the gotos of a statement list stand, so that labels become blocks or loops. */
import type { Stmt } from '../ir/ir.ts';

export function gotosIn(s: Stmt): readonly string[] {
  const found: string[] = [];
  const walk = (stmt: Stmt): void => {
    if (stmt.kind === 'goto') found.push(stmt.label);
    else if (stmt.kind === 'block') stmt.body.forEach(walk);
    else if (stmt.kind === 'if') {
      walk(stmt.then);
      if (stmt.otherwise !== null) walk(stmt.otherwise);
    } else if (stmt.kind === 'loop' || stmt.kind === 'switch') walk(stmt.body);
  };
  walk(s);
  return found;
}

export interface Label {
  readonly name: string;
  /** Position in the list. */
  readonly at: number;
  readonly forward: boolean;
  readonly backward: boolean;
}

export function labelsOf(list: readonly Stmt[]): Label[] {
  const gotos = list.map(gotosIn);
  return list.flatMap((s, at): Label[] => {
    if (s.kind !== 'label') return [];
    const jumpsFrom = (from: number, to: number): boolean =>
      gotos.slice(from, to).some(names => names.includes(s.label));
    const forward = jumpsFrom(0, at);
    const backward = jumpsFrom(at, list.length);
    return [{ name: s.label, at, forward, backward }];
  });
}

/** True when a C statement list leaves by its last statement. */
export function leaves(list: readonly Stmt[]): boolean {
  const last = list.at(-1);
  if (last === undefined) return false;
  if (last.kind === 'block') return leaves(last.body);
  return (
    last.kind === 'return' ||
    last.kind === 'goto' ||
    last.kind === 'break' ||
    last.kind === 'continue'
  );
}

export function hasJumpsOut(body: readonly Stmt[]): boolean {
  return body.some(s => {
    if (s.kind === 'return' || s.kind === 'goto') return true;
    if (s.kind === 'block') return hasJumpsOut(s.body);
    if (s.kind === 'if')
      return hasJumpsOut([s.then]) || (s.otherwise !== null && hasJumpsOut([s.otherwise]));
    return (s.kind === 'loop' || s.kind === 'switch') && hasJumpsOut([s.body]);
  });
}
