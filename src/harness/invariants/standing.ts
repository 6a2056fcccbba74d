/** On what each invariant rests: whether a tree has it decides whether the rule is checked there. */
import type { Bindings, Concept } from '../../semantics/compile/bindings.ts';
import { invariants } from './all.ts';

/** Concepts of the binding table without which the check has nothing to look at. */
const restsOn: Readonly<Record<string, readonly Concept[]>> = {
  'stranded-invalid-root': [
    'rootList',
    'rootLink',
    'rootCount',
    'roleInvalid',
    'pageTable',
    'rootHpa',
  ],
};

/** Rules that are documented, and that nothing in this version checks by itself. */
export const unchecked: ReadonlySet<string> = new Set([
  'data-race',
  'foreign-put',
  'frozen-spte-overwritten',
  'gifted-reference',
  'invalid-root-used',
  'lock-order',
  'quirk-read-once',
  'rcu-dereference-outside-reader',
  'request-in-same-section',
  'root-resurrected',
  'yield-rule',
]);

export interface Unbound {
  readonly id: string;
  readonly why: string;
}

/** Rules that are not checked on a tree with these bindings, and why. */
export function unboundInvariants(bindings: Bindings): Unbound[] {
  return invariants.flatMap(({ id }) => {
    if (unchecked.has(id)) return [{ id, why: 'this version has no check of its own for it' }];
    const missing = (restsOn[id] ?? []).filter(concept => bindings[concept] === null);
    if (missing.length === 0) return [];
    return [{ id, why: `the tree has no field for ${missing.join(', ')}` }];
  });
}
