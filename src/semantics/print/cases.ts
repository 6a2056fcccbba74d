/** Case labels and declarations: where control may enter a statement list. */
import type { Stmt } from '../ir/ir.ts';

export interface Case {
  readonly from: number | null;
  readonly to: number;
}
export interface CaseGroup {
  readonly cases: readonly Case[];
  readonly body: readonly Stmt[];
}
export const isSingle = (c: Case): boolean => c.from === null || c.from === c.to;
export const bodyOf = (s: Stmt): readonly Stmt[] => (s.kind === 'block' ? s.body : [s]);

/** Statements by the case labels before them; null when a case stands inside a nested statement. */
export function caseGroups(list: readonly Stmt[]): CaseGroup[] | null {
  const groups: { cases: Case[]; body: Stmt[] }[] = [];
  for (const s of list) {
    if (s.kind === 'case') {
      const last = groups.at(-1);
      if (last !== undefined && last.body.length === 0) last.cases.push(s);
      else groups.push({ cases: [s], body: [] });
    } else {
      if (hidesCase(s)) return null;
      groups.at(-1)?.body.push(s);
    }
  }
  return groups;
}

function hidesCase(s: Stmt): boolean {
  if (s.kind === 'case') return true;
  if (s.kind === 'block') return s.body.some(hidesCase);
  if (s.kind === 'if') return hidesCase(s.then) || (s.otherwise !== null && hidesCase(s.otherwise));
  return s.kind === 'loop' && hidesCase(s.body);
}

/** Whether a break or continue in the body binds to the loop around it. */
export function usesLoop(s: Stmt): boolean {
  if (s.kind === 'break' || s.kind === 'continue') return true;
  if (s.kind === 'block') return s.body.some(usesLoop);
  if (s.kind === 'if') return usesLoop(s.then) || (s.otherwise !== null && usesLoop(s.otherwise));
  return s.kind === 'switch' && usesLoop(s.body);
}

/** Labels and cases may lead around a declaration: then all stand at the top. */
export function mustHoist(body: readonly Stmt[]): boolean {
  const needs = (s: Stmt): boolean => {
    if (s.kind === 'label' || s.kind === 'switch') return true;
    if (s.kind === 'block') return s.body.some(needs);
    if (s.kind === 'if') return needs(s.then) || (s.otherwise !== null && needs(s.otherwise));
    return s.kind === 'loop' && (needs(s.body) || s.init.length > 0);
  };
  return body.some(needs);
}
