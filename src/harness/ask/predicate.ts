/** Predicates of questions over a state, through the binding table and the ledger. */
import type { Bindings } from '../../semantics/compile/bindings.ts';
import type { Program } from '../../semantics/compile/program.ts';
import { WRITER } from '../../semantics/kernel/locks.ts';
import type { Ledger } from '../../semantics/kernel/references.ts';
import { readBound } from '../at-rest.ts';
import type { Comparison, Predicate } from './question.ts';

/** Concepts the predicate speaks of that the tree has no field for. */
export function unboundIn(p: Predicate, b: Bindings): string[] {
  switch (p.kind) {
    case 'not':
      return unboundIn(p.of, b);
    case 'and':
    case 'or':
      return [...unboundIn(p.left, b), ...unboundIn(p.right, b)];
    case 'scheduled':
      return b.rootScheduled === null ? ['root.scheduled'] : [];
    case 'mmu-lock':
      return b.mmuLock === null ? ['mmu_lock'] : [];
    case 'listed':
    case 'any-listed':
      return b.rootList === null || b.rootLink === null ? ['the list of TDP roots'] : [];
    default:
      return [];
  }
}

const COMPARE: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** Whether the predicate holds now for this root. */
export function holds(p: Predicate, program: Program, ledger: Ledger, root: number): boolean {
  switch (p.kind) {
    case 'not':
      return !holds(p.of, program, ledger, root);
    case 'and':
      return holds(p.left, program, ledger, root) && holds(p.right, program, ledger, root);
    case 'or':
      return holds(p.left, program, ledger, root) || holds(p.right, program, ledger, root);
    case 'invalid':
      return ledger.isInvalid(root);
    case 'scheduled':
      return isScheduled(program, root);
    case 'loaded':
      return program.spec.threads.some((_, t) => ledger.loaded(t, root) > 0);
    case 'listed':
      return ledger.onList(root);
    case 'any-listed':
      return ledger.roots().some(r => ledger.onList(r));
    case 'count':
      return COMPARE[p.comparison](ledger.count(root), p.value);
    case 'mmu-lock':
      return lockHeld(program, p.mode);
  }
}

function isScheduled(program: Program, root: number): boolean {
  const { rootScheduled } = program.bindings;
  const pool = program.machine.pools.get('shadow-page');
  if (rootScheduled === null || pool === undefined) return false;
  return readBound(program.machine, pool.base + root * pool.cells, rootScheduled) !== 0;
}

function lockHeld(program: Program, mode: 'read' | 'write' | 'any'): boolean {
  const { mmuLock } = program.bindings;
  if (mmuLock === null || program.kvmCell === null) return false;
  const word = program.machine.S[program.kvmCell + mmuLock.cell] as number;
  if (mode === 'any') return word !== 0;
  return mode === 'write' ? (word & WRITER) !== 0 : word !== 0 && (word & WRITER) === 0;
}
