import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, needsFunction, vcpuThread } from './scenario.ts';

export const prefaultMemslotDelete: Scenario = {
  id: 'prefault-memslot-delete',
  title: 'Prefault against a memslot deletion',
  why: 'The slot turns invalid under the prefault, which must not wait for its end inside the SRCU section that the deletion waits for.',
  source: 'virt/kvm/kvm_main.c kvm_vcpu_pre_fault_memory()',
  threads: [
    vcpuThread(0, 'prefaults a page, then runs', 'vcpu_prefault'),
    hostThread('memslot', 'memslot_delete', 'deletes the slot, then frees its memory'),
  ],
  defines: { MMD_LEVELS: '2', MMD_RANGE_START: '1', MMD_RANGE_END: '2' },
  entryPoints: [
    ...faultPath,
    'kvm_arch_vcpu_pre_fault_memory',
    'kvm_arch_flush_shadow_memslot',
    'kvm_mmu_zap_all_fast',
    'kvm_mmu_invalidate_zap_pages_in_memslot',
  ],
  needs: [...needsFunction('kvm_arch_vcpu_pre_fault_memory')],
  axes: axes(),
  size: 'small',
  gfns: [0, 1],
};
