import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, needsFunction, vcpuThread } from './scenario.ts';

export const dirtyDisableUnaligned: Scenario = {
  id: 'dirty-disable-unaligned',
  title: 'Disabling dirty logging for a slot that begins within a huge page',
  why: 'What lies outside of the slot is not to be asked for: its arrays begin with the slot.',
  source:
    'arch/x86/kvm/mmu/tdp_mmu.c kvm_tdp_mmu_recover_huge_pages(), zap_collapsible_spte_range()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('migration', 'dirty_disable', 'userspace disables dirty logging'),
  ],
  defines: {
    MMD_LEVELS: '2',
    MMD_SLOT_BASE: '1',
    MMD_SLOT_PAGES: '3',
    MMD_SLOT_FLAGS: 'KVM_MEM_LOG_DIRTY_PAGES',
    MMD_HOST_LEVEL: '2',
    MMD_NR_ACCESSES: '2',
    MMD_ACCESS_GFNS: '{ 1, 2 }',
    MMD_ACCESS_WRITES: '{ 1, 1 }',
    MMD_PREMAP: '3',
  },
  entryPoints: [...faultPath, 'kvm_mmu_zap_collapsible_sptes', 'kvm_mmu_recover_huge_pages'],
  needs: [...needsFunction('mmd_can_recover_huge_pages')],
  axes: axes(),
  size: 'small',
  gfns: [1, 2],
};
