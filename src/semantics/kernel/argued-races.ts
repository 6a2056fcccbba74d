/**
 * Plain accesses that race by design in every kernel, by struct.field, each with the reason why nothing depends on what
 * they see. A race on anything else is reported, and charged to the patch that brings it.
 */
export const arguedRaces: Readonly<Record<string, string>> = {
  'kvm.mmu_invalidate_seq':
    'A fault takes the count before it looks the page up and compares it again under mmu_lock (is_page_fault_stale()); a stale or torn value can only make it retry.',
  'kvm.mmu_invalidate_in_progress':
    'Looked at without mmu_lock only to give up early; the look that counts is under mmu_lock.',
  'kvm.mmu_invalidate_range_start':
    'Looked at without mmu_lock only to give up early, after mmu_invalidate_in_progress.',
  'kvm.mmu_invalidate_range_end':
    'Looked at without mmu_lock only to give up early, after mmu_invalidate_in_progress.',
  'kvm_vm_stat.nx_lpage_splits':
    'A statistic; the recovery worker divides it to decide how many pages to look at, and is as good with an old value.',
  'kvm_possible_nx_huge_pages.nr_pages':
    'How many pages the recovery worker looks at this time; it is as good with an old value.',
  'kvm_mmu_page.nx_huge_page_disallowed':
    'Whether a page table that goes is on the recovery list: looked at first, decided under tdp_mmu_pages_lock.',
  'kvm_mmu_page.lpage_disallowed': 'The same by its name up to 6.1.',
  'kvm_mmu_page_role..invalid':
    'Read without mmu_lock only where the request that follows it, or the check under mmu_lock, decides.',
};

export function argumentFor(locationClass: string): string | null {
  return Object.hasOwn(arguedRaces, locationClass) ? (arguedRaces[locationClass] as string) : null;
}
