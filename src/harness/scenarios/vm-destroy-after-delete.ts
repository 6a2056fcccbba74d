import type { Scenario } from './scenario.ts';
import { axes, hostThread, vcpuThread } from './scenario.ts';

export const vmDestroyAfterDelete: Scenario = {
  id: 'vm-destroy-after-delete',
  title: 'VM destruction after a memslot deletion',
  why: 'Roots that an earlier deletion invalidated are neither lost nor put twice.',
  source: 'arch/x86/kvm/mmu/tdp_mmu.c kvm_mmu_uninit_tdp_mmu()',
  threads: [
    vcpuThread(0, 'stays in userspace with its root loaded', 'vcpu_idle'),
    hostThread('destroyer', 'delete_and_destroy', 'deletes the slot, then destroys the VM'),
  ],
  defines: { MMD_LEVELS: '2', MMD_PREMAP: '1' },
  entryPoints: [
    'kvm_arch_flush_shadow_memslot',
    'kvm_mmu_zap_all_fast',
    'kvm_mmu_invalidate_zap_pages_in_memslot',
    'kvm_arch_flush_shadow_all',
    'kvm_mmu_unload',
    'kvm_mmu_uninit_tdp_mmu',
  ],
  needs: [],
  axes: axes(),
  size: 'small',
  gfns: [0],
};
