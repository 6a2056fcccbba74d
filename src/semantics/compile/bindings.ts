/**
 * The binding table: concepts the checkers speak of, and the fields they are on this side. A concept without a field
 * is null, and whatever rests on it is not checked and says so.
 */
import { type Field, findField, type RecordInfo } from '../c/types.ts';
import type { Lifter } from '../lift/lift.ts';
import type { Layout } from './layout.ts';

export interface BoundField {
  /** Cells from the start of the record. */
  readonly cell: number;
  readonly bit: { readonly at: number; readonly width: number } | null;
}

/** Candidates in order; the first that exists and is used by a model counts. */
const CONCEPTS = {
  rootList: { record: 'kvm', paths: ['arch.tdp_mmu_roots'] },
  rootLink: { record: 'kvm_mmu_page', paths: ['link'] },
  rootCount: { record: 'kvm_mmu_page', paths: ['tdp_mmu_root_count'] },
  rootScheduled: { record: 'kvm_mmu_page', paths: ['tdp_mmu_scheduled_root_to_zap'] },
  role: { record: 'kvm_mmu_page', paths: ['role'] },
  roleInvalid: { record: 'kvm_mmu_page', paths: ['role.invalid'] },
  roleLevel: { record: 'kvm_mmu_page', paths: ['role.level'] },
  pageTable: { record: 'kvm_mmu_page', paths: ['spt'] },
  requests: { record: 'kvm_vcpu', paths: ['requests'] },
  mode: { record: 'kvm_vcpu', paths: ['mode'] },
  slotsLock: { record: 'kvm', paths: ['slots_lock'] },
  slotsArchLock: { record: 'kvm', paths: ['slots_arch_lock'] },
  mmuLock: { record: 'kvm', paths: ['mmu_lock'] },
  rootsLock: { record: 'kvm', paths: ['arch.tdp_mmu_pages_lock'] },
  quirks: { record: 'kvm', paths: ['arch.disabled_quirks'] },
  usersCount: { record: 'kvm', paths: ['users_count'] },
  isTdpPage: { record: 'kvm_mmu_page', paths: ['tdp_mmu_page'] },
  iterYielded: { record: 'tdp_iter', paths: ['yielded'] },
  iterPath: { record: 'tdp_iter', paths: ['pt_path'] },
  iterRootLevel: { record: 'tdp_iter', paths: ['root_level'] },
  rootHpa: { record: 'kvm_vcpu', paths: ['arch.root_mmu.root.hpa'] },
  nestedRootHpa: { record: 'kvm_vcpu', paths: ['arch.guest_mmu.root.hpa'] },
} as const;

export type Concept = keyof typeof CONCEPTS;
export type Bindings = Readonly<Record<Concept, BoundField | null>>;

export function bind(lifter: Lifter, layout: Layout): Bindings {
  const out = {} as Record<Concept, BoundField | null>;
  for (const [concept, where] of Object.entries(CONCEPTS) as [
    Concept,
    (typeof CONCEPTS)[Concept],
  ][]) {
    const record = lifter.unit.findTag(where.record);
    out[concept] = null;
    for (const path of where.paths) {
      const found = record === null ? null : resolve(record, path.split('.'), layout);
      if (found !== null) {
        out[concept] = found;
        break;
      }
    }
  }
  return out;
}

/** Concepts without which nobody can tell who owns a reference to a root, and that the tree has no field for. */
export function missingForReferences(lifter: Lifter): Concept[] {
  const needed = ['rootCount', 'roleInvalid', 'pageTable', 'rootList', 'rootLink'] as const;
  return needed.filter(concept => {
    const { record, paths } = CONCEPTS[concept];
    return !paths.some(path => exists(lifter.unit.findTag(record), path.split('.')));
  });
}

function exists(record: RecordInfo | null, names: readonly string[]): boolean {
  let current = record;
  for (const name of names) {
    const last: Field | undefined = current === null ? undefined : findField(current, name)?.at(-1);
    if (last === undefined) return false;
    current = last.type.kind === 'record' ? last.type.record : null;
  }
  return true;
}

function resolve(record: RecordInfo, names: readonly string[], layout: Layout): BoundField | null {
  let current: RecordInfo | null = record;
  let cell = 0;
  let bit: BoundField['bit'] = null;
  for (const name of names) {
    const chain: readonly Field[] | null = current === null ? null : findField(current, name);
    if (chain === null) return null;
    for (const field of chain) {
      if (!layout.isUsed(field)) return null;
      const spot = layout.spot(field);
      cell += spot.cell;
      bit = spot.bit;
      current = field.type.kind === 'record' ? field.type.record : null;
    }
  }
  return { cell, bit };
}
