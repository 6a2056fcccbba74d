import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const dirtyEnablePml: Scenario = {
  id: 'dirty-enable-pml',
  title: 'Enabling dirty logging in hardware against a write',
  why: 'Dirty bits are cleared without mmu_lock for write while the CPU sets them.',
  source: 'arch/x86/kvm/mmu/tdp_mmu.c kvm_tdp_mmu_clear_dirty_slot()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('migration', 'dirty_enable_pml', 'userspace enables dirty logging, the CPU logs'),
  ],
  defines: { MMD_LEVELS: '2', MMD_PREMAP: '1', MMD_TRACK_DIRTY: '1', MMD_HARDWARE_LOG: '1' },
  entryPoints: [...faultPath, 'kvm_mmu_slot_leaf_clear_dirty', 'kvm_mmu_slot_remove_write_access'],
  needs: [],
  axes: axes(),
  size: 'small',
  gfns: [0],
};
