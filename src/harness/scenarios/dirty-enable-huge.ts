import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const dirtyEnableHuge: Scenario = {
  id: 'dirty-enable-huge',
  title: 'Enabling dirty logging against writes, huge pages left whole',
  why: 'A write to a protected huge page must map and log one small page: making all of it writable loses the others.',
  source: 'arch/x86/kvm/mmu/mmu.c fast_page_fault(), kvm_mmu_slot_remove_write_access()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('migration', 'dirty_enable', 'userspace enables dirty logging'),
  ],
  defines: {
    MMD_LEVELS: '2',
    MMD_HOST_LEVEL: '2',
    MMD_EAGER_SPLIT: '0',
    MMD_NR_ACCESSES: '2',
    MMD_ACCESS_GFNS: '{ 0, 1 }',
    MMD_ACCESS_WRITES: '{ 1, 0 }',
    MMD_PREMAP: '1',
  },
  entryPoints: [...faultPath, 'kvm_mmu_slot_remove_write_access', 'fast_page_fault'],
  needs: [],
  axes: axes(),
  size: 'small',
  gfns: [0, 1],
};
