/**
 * Bodies of the tree that the drivers in this folder stand in for. The tree's own body is not lifted, so a patch that
 * changes one of them makes whatever depends on it inconclusive.
 */
export interface ReplacedBody {
  /** Function of the tree, or `static_call(NAME)`. */
  readonly name: string;
  readonly kind: 'stub';
  readonly reason: string;
}

const groups: readonly { readonly reason: string; readonly names: readonly string[] }[] = [
  {
    reason:
      'Memslots are an array of published pointers instead of trees and hashes; grace periods and generations stay. See memslots.c.',
    names: [
      'gfn_to_memslot',
      '__gfn_to_memslot',
      'kvm_vcpu_gfn_to_memslot',
      'kvm_memslots',
      '__kvm_memslots',
      'kvm_vcpu_memslots',
      'id_to_memslot',
      'kvm_memslot_iter_start',
      'kvm_memslot_iter_is_valid',
      'kvm_memslot_iter_next',
    ],
  },
  {
    reason: 'The dirty bitmap is ghost state, so that lost writes can be told.',
    names: ['mark_page_dirty_in_slot'],
  },
  {
    reason:
      'The host gives the page that lies behind the gfn at that moment; it never fails, and waits for IO only where a scenario says so.',
    names: ['__gfn_to_pfn_memslot', '__kvm_faultin_pfn'],
  },
  {
    reason:
      'References to host pages are not counted: a page may be freed while a fault still knows it, but not be mapped after that.',
    names: [
      'kvm_release_pfn_clean',
      'kvm_release_pfn_dirty',
      'kvm_release_faultin_page',
      'kvm_pfn_to_refcounted_page',
    ],
  },
  {
    reason: 'Nobody waits for a page while the guest does something else.',
    names: ['kvm_can_do_async_pf'],
  },
  {
    reason: 'APICv is active as long as nothing inhibits it.',
    names: ['kvm_apicv_activated'],
  },
  {
    reason: 'A use of the host page, checked against its lifetime.',
    names: ['kvm_set_pfn_dirty', 'kvm_set_pfn_accessed'],
  },
  {
    reason: 'Guest memory is ordinary memory, cached write-back.',
    names: ['kvm_is_mmio_pfn', 'kvm_arch_has_noncoherent_dma', 'static_call(kvm_x86_get_mt_mask)'],
  },
  {
    reason:
      "The size of the host's own mappings and what forbids huge pages are constants of the scenario.",
    names: ['host_pfn_mapping_level', 'lpage_info_slot', 'kvm_mmu_max_gfn'],
  },
  {
    reason: 'Write tracking of guest page tables is off unless the scenario shadows them.',
    names: [
      'kvm_gfn_is_write_tracked',
      'kvm_slot_page_track_is_active',
      'kvm_page_track_write_tracking_enabled',
      'kvm_memslots_have_rmaps',
    ],
  },
  {
    reason: 'Memory accounting is no behaviour of the MMU.',
    names: ['kvm_account_pgtable_pages', 'kvm_mod_used_mmu_pages'],
  },
  {
    reason: 'The CPU has none of the features and bugs that the MMU asks for.',
    names: ['cpu_feature_enabled', 'boot_cpu_has', 'static_cpu_has', 'boot_cpu_has_bug'],
  },
  {
    reason: 'The checks of the debugging list library, reported as list-protocol.',
    names: ['__list_add_valid', '__list_del_entry_valid'],
  },
  { reason: 'The hash has two buckets.', names: ['kvm_page_table_hashfn'] },
  {
    reason:
      'Which task runs matters only for signals, and those are a bounded choice of the scenario.',
    names: ['get_current', 'signal_pending'],
  },
  {
    reason:
      'Invalidation counts and sequence as in virt/kvm/kvm_main.c, which is not part of the unit.',
    names: [
      'kvm_mmu_invalidate_begin',
      'kvm_mmu_invalidate_start',
      'kvm_mmu_invalidate_range_add',
      'kvm_mmu_invalidate_end',
    ],
  },
  {
    reason:
      'Requests and kicks as in virt/kvm/kvm_main.c, which is not part of the unit; an IPI reaches all vCPUs in guest mode at once.',
    names: ['kvm_make_all_cpus_request'],
  },
  {
    reason:
      'A remote flush reaches all vCPUs in one step; with MMD_FLUSH_BY_REQUEST it is the request and the kick that KVM makes of it.',
    names: [
      'kvm_flush_remote_tlbs',
      'kvm_flush_remote_tlbs_range',
      'kvm_flush_remote_tlbs_memslot',
      'kvm_arch_flush_remote_tlbs_memslot',
      'kvm_flush_remote_tlbs_with_address',
    ],
  },
  {
    reason: 'Where the scenario says so, a page for a table may not be had.',
    names: ['get_zeroed_page', '__get_free_page'],
  },
  {
    reason: "The vCPU's own TLB is flushed.",
    names: [
      'static_call(kvm_x86_flush_tlb_current)',
      'static_call(kvm_x86_flush_tlb_all)',
      'kvm_x86_flush_tlb_current',
    ],
  },
  {
    reason: 'Which root the CPU walks is said at guest entry.',
    names: ['static_call(kvm_x86_load_mmu_pgd)', 'kvm_mmu_load_pgd'],
  },
  {
    reason: 'Write-back of caches for encrypted memory is not modelled.',
    names: ['kvm_arch_guest_memory_reclaimed'],
  },
  {
    reason:
      "The guest's page tables for its own guest map page n to page n and never change; what a walk finds is computed.",
    names: [
      'ept_walk_addr',
      'ept_gpte_changed',
      'ept_pte_prefetch',
      'ept_is_self_change_mapping',
      'kvm_vcpu_is_visible_gfn',
      'account_shadowed',
      'unaccount_shadowed',
    ],
  },
  {
    reason:
      'With shadow paging the cache is told from its address first; the allocation is the primitive of that name.',
    names: ['kvm_mmu_memory_cache_alloc'],
  },
  {
    reason:
      'Nothing is mapped ahead of time: pages beside the one that is asked for are never at hand.',
    names: ['kvm_prefetch_pages', 'gfn_to_page_many_atomic'],
  },
  {
    reason: 'A debugging check whose body a kernel may leave out.',
    names: ['is_empty_shadow_page'],
  },
  {
    reason: 'The reverse map is one array.',
    names: ['mmu_first_shadow_root_alloc', 'gfn_to_rmap'],
  },
];

export const replacedBodies: readonly ReplacedBody[] = groups.flatMap(({ reason, names }) =>
  names.map(name => ({ name, kind: 'stub' as const, reason })),
);
