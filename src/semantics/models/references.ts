/** The hand-written models, by the helper they stand for and the protocol epoch they describe. */
export interface Reference {
  /** The helper's name in the kernels of its epoch. */
  readonly name: string;
  readonly epoch: string;
  /** Relative to the package's `src`. */
  readonly file: string;
}

const files: readonly {
  readonly epoch: string;
  readonly file: string;
  readonly names: readonly string[];
}[] = [
  {
    epoch: 'scheduled-to-zap',
    file: 'semantics/models/tdp-roots.scheduled-to-zap.ts',
    names: [
      'kvm_tdp_mmu_get_root',
      'kvm_tdp_mmu_put_root',
      'tdp_mmu_next_root',
      'kvm_tdp_mmu_invalidate_all_roots',
      'kvm_tdp_mmu_zap_invalidated_roots',
    ],
  },
  {
    epoch: 'one-piece',
    file: 'semantics/models/zap-all-fast.one-piece.ts',
    names: ['kvm_mmu_zap_all_fast', 'is_page_fault_stale'],
  },
];

export const references: readonly Reference[] = files.flatMap(({ epoch, file, names }) =>
  names.map(name => ({ name, epoch, file })),
);

export function referencesOf(name: string): readonly Reference[] {
  return references.filter(reference => reference.name === name);
}
