import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, needsFunction, vcpuThread } from './scenario.ts';

export const dirtyDisable: Scenario = {
  id: 'dirty-disable',
  title: 'Disabling dirty logging against a fault',
  why: 'Small mappings are zapped under the read lock so that huge ones can take their place: a frozen SPTE must not be overwritten.',
  source: 'arch/x86/kvm/mmu/mmu.c kvm_mmu_zap_collapsible_sptes(), kvm_mmu_recover_huge_pages()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('migration', 'dirty_disable', 'userspace disables dirty logging'),
  ],
  defines: {
    MMD_LEVELS: '2',
    MMD_SLOT_FLAGS: 'KVM_MEM_LOG_DIRTY_PAGES',
    MMD_HOST_LEVEL: '2',
    MMD_PREMAP: '1',
  },
  entryPoints: [...faultPath, 'kvm_mmu_zap_collapsible_sptes', 'kvm_mmu_recover_huge_pages'],
  needs: [...needsFunction('mmd_can_recover_huge_pages')],
  axes: axes(),
  size: 'small',
  gfns: [0],
};
