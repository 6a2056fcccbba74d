import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, needsFunction, vcpuThread } from './scenario.ts';

export const dirtyDisableNx: Scenario = {
  id: 'dirty-disable-nx',
  title: 'Disabling dirty logging against a fetch, huge pages not executable',
  why: 'A page table made because of the NX mitigation may be zapped before it is noted as recoverable.',
  source:
    'arch/x86/kvm/mmu/tdp_mmu.c kvm_tdp_mmu_map(), kvm_tdp_mmu_zap_collapsible_sptes(), kvm_tdp_mmu_recover_huge_pages()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('migration', 'dirty_disable', 'userspace disables dirty logging'),
  ],
  defines: {
    MMD_LEVELS: '2',
    MMD_SLOT_FLAGS: 'KVM_MEM_LOG_DIRTY_PAGES',
    MMD_HOST_LEVEL: '2',
    MMD_NX_HUGE_PAGES: '1',
    MMD_ACCESS_WRITES: '{ 0 }',
    MMD_ACCESS_FETCHES: '{ 1 }',
  },
  entryPoints: [...faultPath, 'kvm_mmu_zap_collapsible_sptes', 'kvm_mmu_recover_huge_pages'],
  needs: [...needsFunction('mmd_can_recover_huge_pages')],
  axes: axes(),
  size: 'small',
  gfns: [0],
};
