/**
 * Bodies of the kernel that no model is lifted from, because the simulated kernel or a driver stands in for them. What
 * a patch does to one of them cannot be seen by running scenarios, and has to be said.
 */
import type { Touched } from '../diff/touched.ts';
import { replacedBodies } from '../harness/drivers/replaced.ts';
import type { InconclusiveReason } from '../result.ts';
import { opaqueNames } from '../semantics/c/shims.ts';
import { modelledNames } from '../semantics/lift/primitives.ts';

/** Functions the drivers in harness/drivers follow by hand, with the driver that does. */
const mirrored: Readonly<Record<string, readonly string[]>> = {
  'memslots.c': [
    'kvm_swap_active_memslots',
    'kvm_replace_memslot',
    'kvm_activate_memslot',
    'install_new_memslots',
    'search_memslots',
  ],
  'memslot-threads.c': [
    'kvm_set_memslot',
    'kvm_invalidate_memslot',
    'kvm_delete_memslot',
    'kvm_move_memslot',
    'kvm_set_memory_region',
    '__kvm_set_memory_region',
    'kvm_arch_flush_shadow_memslot_notifier',
    'kvm_vm_ioctl_enable_cap',
  ],
  'notifier-threads.c': [
    'kvm_handle_hva_range',
    '__kvm_handle_hva_range',
    'kvm_mmu_notifier_invalidate_range_start',
    'kvm_mmu_notifier_invalidate_range_end',
    'kvm_mmu_notifier_clear_flush_young',
    'kvm_mmu_notifier_clear_young',
    'kvm_mmu_notifier_test_young',
    'kvm_age_hva_range',
    'kvm_age_hva_range_no_flush',
    'kvm_handle_hva_range_no_flush',
  ],
  'destroy-threads.c': [
    'kvm_mmu_notifier_release',
    'kvm_flush_shadow_all',
    'kvm_arch_flush_shadow_all',
    'kvm_arch_destroy_vm',
    'kvm_arch_pre_destroy_vm',
    'kvm_destroy_vm',
    'kvm_unload_vcpu_mmus',
    'kvm_unload_vcpu_mmu',
  ],
  'dirty-threads.c': [
    'kvm_get_dirty_log_protect',
    'kvm_clear_dirty_log_protect',
    'kvm_mmu_slot_apply_flags',
    'kvm_arch_commit_memory_region',
    'kvm_update_flags_memslot',
  ],
  'vcpu.c': ['vcpu_enter_guest', 'vcpu_run', 'vcpu_block', 'handle_ept_violation'],
  'vcpu-threads.c': ['kvm_vcpu_pre_fault_memory', 'kvm_mmu_reset_context'],
  'requests.c': [
    'kvm_make_vcpus_request_mask',
    'kvm_make_all_cpus_request_except',
    'kvm_make_vcpu_request',
    'kvm_kick_many_cpus',
    'kvm_request_needs_ipi',
    'kvm_arch_flush_remote_tlbs',
    'kvm_arch_flush_remote_tlbs_range',
  ],
  'zap-threads.c': ['set_nx_huge_pages', 'kvm_arch_memslots_updated'],
  'host.c': ['hva_to_pfn', 'hva_to_pfn_fast', 'hva_to_pfn_slow', 'kvm_follow_pfn'],
};

const standIn: ReadonlyMap<string, string> = new Map([
  ...[...opaqueNames, ...modelledNames].map(name => [name, 'the simulated kernel'] as const),
  ...replacedBodies.map(({ name }) => [name, 'a stand-in'] as const),
  ...Object.entries(mirrored).flatMap(([driver, names]) =>
    names.map(name => [name, `the driver ${driver}, which follows it by hand,`] as const),
  ),
]);

/** A reason for each body the patch changes that the scenarios do not run. */
export function changedStandIns(touched: Touched): InconclusiveReason[] {
  return touched.entities.flatMap(e => {
    const who = standIn.get(e.name);
    if (who === undefined || e.change === 'added' || (e.kind !== 'function' && e.kind !== 'macro'))
      return [];
    return [
      {
        code: 'replaced-body',
        message: `${e.name}${e.kind === 'function' ? '()' : ''} changes, and the scenarios run ${who} instead of it`,
        file: e.file,
        line: e.after?.first ?? null,
      },
    ];
  });
}
