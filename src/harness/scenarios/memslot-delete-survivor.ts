import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const memslotDeleteSurvivor: Scenario = {
  id: 'memslot-delete-survivor',
  title: 'Memslot deletion against a fault in another slot',
  why: 'The fault is legal throughout, so only the state of its root tells it to retry: nothing new may be mapped under an invalid root.',
  source: 'arch/x86/kvm/mmu/mmu.c is_page_fault_stale()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('memslot', 'memslot_delete', 'deletes the other slot'),
  ],
  defines: { MMD_LEVELS: '2', MMD_NR_SLOTS: '2', MMD_ACCESS_GFNS: '{ 2 }' },
  entryPoints: [
    ...faultPath,
    'kvm_arch_flush_shadow_memslot',
    'kvm_mmu_zap_all_fast',
    'kvm_mmu_invalidate_zap_pages_in_memslot',
    'is_page_fault_stale',
  ],
  needs: [],
  axes: axes(),
  size: 'small',
  gfns: [0, 2],
};
