import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const dirtyClearHuge: Scenario = {
  id: 'dirty-clear-huge',
  title: 'Clearing part of a dirty log whose bits all began set, against writes through huge pages',
  why: 'Huge pages are protected only now: each one that the range touches, or a write to it is never logged.',
  source:
    'arch/x86/kvm/mmu/mmu.c kvm_arch_mmu_enable_log_dirty_pt_masked(); Documentation/virt/kvm/api.rst KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread(
      'migration',
      'dirty_clear',
      'enables dirty logging, then clears some bits of the log',
    ),
  ],
  defines: {
    MMD_LEVELS: '2',
    MMD_HOST_LEVEL: '2',
    MMD_INITIALLY_SET: '1',
    MMD_NR_ACCESSES: '2',
    MMD_ACCESS_GFNS: '{ 1, 3 }',
    MMD_ACCESS_WRITES: '{ 1, 1 }',
    MMD_PREMAP: '3',
    MMD_RANGE_START: '1',
    MMD_RANGE_END: '4',
    MMD_ALLOC_FAILS: '1',
  },
  entryPoints: [
    ...faultPath,
    'kvm_arch_mmu_enable_log_dirty_pt_masked',
    'kvm_mmu_try_split_huge_pages',
  ],
  needs: [{ kind: 'macro', name: 'KVM_DIRTY_LOG_INITIALLY_SET' }],
  axes: axes(),
  size: 'small',
  gfns: [0, 1, 2, 3],
};
