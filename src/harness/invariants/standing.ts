/** On what each invariant rests: whether a tree has it decides whether the rule is checked there. */
import type { Bindings, Concept } from '../../semantics/compile/bindings.ts';
import { invariants } from './all.ts';

const owners: readonly Concept[] = ['rootCount', 'roleInvalid', 'pageTable'];

/** Concepts of the binding table without which the check has nothing to look at. */
const restsOn: Readonly<Record<string, readonly Concept[]>> = {
  'foreign-put': owners,
  'gifted-reference': owners,
  'root-resurrected': owners,
  'invalid-root-used': ['roleInvalid', 'pageTable', 'rootHpa'],
  'quirk-read-once': ['quirks'],
  'request-in-same-section': ['roleInvalid', 'requests', 'mmuLock'],
  'yield-rule': ['iterYielded', 'iterPath', 'rootCount', 'mmuLock'],
  'stranded-invalid-root': [
    'rootList',
    'rootLink',
    'rootCount',
    'roleInvalid',
    'pageTable',
    'rootHpa',
  ],
};

export interface Unbound {
  readonly id: string;
  readonly why: string;
}

/** Rules that are not checked on a tree with these bindings, and why. */
export function unboundInvariants(bindings: Bindings): Unbound[] {
  return invariants.flatMap(({ id }) => {
    const missing = (restsOn[id] ?? []).filter(concept => bindings[concept] === null);
    if (missing.length === 0) return [];
    return [{ id, why: `the tree has no field for ${missing.join(', ')}` }];
  });
}
