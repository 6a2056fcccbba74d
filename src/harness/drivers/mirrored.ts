/**
 * Bodies of the tree that a driver follows by hand: nobody calls them in a scenario, since the driver does what they
 * do. Which driver function stands for which bodies is what makes a scenario depend on them.
 */
export interface MirroredBody {
  /** Function of the tree. */
  readonly name: string;
  readonly kind: 'mirror';
  readonly reason: string;
  /** Driver functions that do its work; a scenario that reaches one of them depends on the body. */
  readonly by: readonly string[];
}

interface Group {
  readonly by: readonly string[];
  readonly reason: string;
  readonly names: readonly string[];
}

const memslotUpdate: readonly string[] = [
  'kvm_set_memslot',
  'kvm_set_memory_region',
  '__kvm_set_memory_region',
  'kvm_prepare_memory_region',
  'kvm_commit_memory_region',
  'kvm_arch_commit_memory_region',
];

const groups: readonly Group[] = [
  {
    by: ['mmd_publish_slot'],
    reason:
      'A slot is one published pointer: the wait for active invalidations, the swap and the grace period are written out.',
    names: [
      'kvm_swap_active_memslots',
      'kvm_replace_memslot',
      'kvm_activate_memslot',
      'install_new_memslots',
    ],
  },
  {
    by: ['mmd_thread_apicv_inhibit'],
    reason: 'The inhibition is written out for one reason and the APIC access page.',
    names: ['__kvm_set_or_clear_apicv_inhibit'],
  },
  {
    by: ['mmd_find_slot_of'],
    reason: 'The lookup goes through an array of published pointers.',
    names: ['search_memslots', 'try_get_memslot'],
  },
  {
    by: ['mmd_invalidate_slot'],
    reason: 'The first half of a deletion or move is written out for one slot.',
    names: ['kvm_invalidate_memslot'],
  },
  {
    by: ['mmd_flush_shadow_memslot'],
    reason: 'The way into the MMU when a slot goes is called at its end.',
    names: [
      'kvm_arch_flush_shadow_memslot',
      'kvm_page_track_flush_slot',
      'kvm_page_track_delete_slot',
    ],
  },
  {
    by: ['mmd_delete_slot'],
    reason: 'A deletion is written out for one slot.',
    names: ['kvm_delete_memslot', ...memslotUpdate],
  },
  {
    by: ['mmd_thread_memslot_move'],
    reason: 'A move is written out for one slot.',
    names: ['kvm_move_memslot', ...memslotUpdate],
  },
  {
    by: ['mmd_set_slot_flags'],
    reason: 'A change of flags is written out for one slot.',
    names: ['kvm_update_flags_memslot', ...memslotUpdate],
  },
  {
    by: ['mmd_thread_dirty_enable', 'mmd_thread_dirty_enable_pml', 'mmd_thread_dirty_disable'],
    reason: 'What a change of flags does to mappings is written out for each change.',
    names: ['kvm_mmu_slot_apply_flags'],
  },
  {
    by: ['mmd_collect_dirty'],
    reason: 'The dirty bitmap is ghost state; its collection is written out.',
    names: ['kvm_get_dirty_log_protect'],
  },
  {
    by: ['mmd_thread_dirty_clear'],
    reason: 'The dirty bitmap is ghost state; clearing a part of it is written out.',
    names: ['kvm_clear_dirty_log_protect'],
  },
  {
    by: ['mmd_range_start'],
    reason: 'The walk over the slots of a range, its lock and its flush are written out.',
    names: [
      'kvm_mmu_notifier_invalidate_range_start',
      'kvm_handle_hva_range',
      '__kvm_handle_hva_range',
      'kvm_mmu_unmap_gfn_range',
    ],
  },
  {
    by: ['mmd_range_end'],
    reason: 'The end of an invalidation is written out.',
    names: ['kvm_mmu_notifier_invalidate_range_end', 'kvm_handle_hva_range_no_flush'],
  },
  {
    by: ['mmd_age'],
    reason: 'The walk over the slots of a range and its lock are written out.',
    names: [
      'kvm_mmu_notifier_clear_flush_young',
      'kvm_mmu_notifier_clear_young',
      'kvm_mmu_notifier_test_young',
      'kvm_age_hva_range',
      'kvm_age_hva_range_no_flush',
      'kvm_handle_hva_range',
      '__kvm_handle_hva_range',
      'kvm_handle_hva_range_no_flush',
    ],
  },
  {
    by: ['mmd_release', 'mmd_flush_shadow_all'],
    reason: 'The end of the address space is written out.',
    names: ['kvm_mmu_notifier_release', 'kvm_flush_shadow_all', 'kvm_arch_flush_shadow_all'],
  },
  {
    by: ['mmd_destroy', 'mmd_unload_vcpus'],
    reason: 'Of the end of a VM the parts that concern the MMU are written out.',
    names: [
      'kvm_destroy_vm',
      'kvm_arch_destroy_vm',
      'kvm_arch_pre_destroy_vm',
      'kvm_unload_vcpu_mmus',
      'kvm_unload_vcpu_mmu',
      'kvm_free_vcpus',
    ],
  },
  {
    by: ['mmd_enter_guest', 'mmd_service_requests'],
    reason: 'Of the guest loop the requests, the reload and the entry protocol are written out.',
    names: ['vcpu_enter_guest', 'vcpu_run'],
  },
  {
    by: ['mmd_handle_fault', 'mmd_error_code'],
    reason: 'The exit for a fault builds its error code by itself.',
    names: ['handle_ept_violation', '__vmx_handle_ept_violation'],
  },
  {
    by: ['mmd_prefault'],
    reason: 'One range of one page, without signals.',
    names: ['kvm_vcpu_pre_fault_memory'],
  },
  {
    by: ['mmd_replace__kvm_make_all_cpus_request', 'mmd_flush_remote'],
    reason: 'Request and kick are written out; an IPI reaches all vCPUs in guest mode at once.',
    names: [
      'kvm_make_all_cpus_request',
      'kvm_make_vcpus_request_mask',
      'kvm_make_all_cpus_request_except',
      'kvm_make_vcpu_request',
      'kvm_kick_many_cpus',
      'kvm_request_needs_ipi',
      'kvm_vcpu_exiting_guest_mode',
      'ack_kick',
      'ack_flush',
    ],
  },
  {
    by: ['mmd_flush_remote'],
    reason: 'A remote flush is one step, or the request and the kick that KVM makes of it.',
    names: [
      'kvm_flush_remote_tlbs',
      'kvm_arch_flush_remote_tlbs',
      'kvm_arch_flush_remote_tlbs_range',
    ],
  },
  {
    by: ['mmd_pin'],
    reason: 'The host gives the page behind a gfn at once.',
    names: [
      'hva_to_pfn',
      'hva_to_pfn_fast',
      'hva_to_pfn_slow',
      'hva_to_pfn_remapped',
      'kvm_follow_pfn',
    ],
  },
  {
    by: ['mmd_static_call__kvm_x86_get_mt_mask'],
    reason: 'Guest memory is cached write-back.',
    names: ['vmx_get_mt_mask'],
  },
  {
    by: [
      'mmd_static_call__kvm_x86_flush_tlb_current',
      'mmd_static_call__kvm_x86_flush_tlb_all',
      'mmd_replace__kvm_x86_flush_tlb_current',
    ],
    reason: "The vCPU's own TLB is flushed.",
    names: ['vmx_flush_tlb_current', 'vmx_flush_tlb_all'],
  },
  {
    by: ['mmd_static_call__kvm_x86_load_mmu_pgd'],
    reason: 'Which root the CPU walks is said at guest entry.',
    names: ['vmx_load_mmu_pgd'],
  },
];

/** One row a body: a body that several drivers follow has all of them. */
export const mirroredBodies: readonly MirroredBody[] = collect();

function collect(): MirroredBody[] {
  const rows = new Map<string, MirroredBody>();
  for (const { by, reason, names } of groups) {
    for (const name of names) {
      const known = rows.get(name);
      const drivers = [...new Set([...(known?.by ?? []), ...by])];
      rows.set(name, { name, kind: 'mirror', reason: known?.reason ?? reason, by: drivers });
    }
  }
  return [...rows.values()];
}

const byDriver = new Map<string, string[]>();
for (const { name, by } of mirroredBodies)
  for (const driver of by) byDriver.set(driver, [...(byDriver.get(driver) ?? []), name]);

/** Bodies of the tree whose work a driver function does. */
export function bodiesFollowedBy(driver: string): readonly string[] {
  return byDriver.get(driver) ?? [];
}
