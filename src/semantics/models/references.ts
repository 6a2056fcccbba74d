/** The hand-written models, by the helper they stand for and the protocol epoch they describe. */
export interface Reference {
  /** The helper's name in the kernels of its epoch. */
  readonly name: string;
  readonly epoch: string;
  /** Relative to the package's `src`. */
  readonly file: string;
}

const tdpRoots = 'semantics/models/tdp-roots.scheduled-to-zap.ts';

export const references: readonly Reference[] = [
  'kvm_tdp_mmu_get_root',
  'kvm_tdp_mmu_put_root',
  'tdp_mmu_next_root',
  'kvm_tdp_mmu_invalidate_all_roots',
  'kvm_tdp_mmu_zap_invalidated_roots',
].map(name => ({ name, epoch: 'scheduled-to-zap', file: tdpRoots }));

export function referencesOf(name: string): readonly Reference[] {
  return references.filter(reference => reference.name === name);
}
