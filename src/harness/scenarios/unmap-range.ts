import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const unmapRange: Scenario = {
  id: 'unmap-range',
  title: 'Unmap of two pages under a running vCPU',
  why: 'A yield in the middle must not lose the flush that is owed for the first page.',
  source: 'arch/x86/kvm/mmu/tdp_mmu.c tdp_mmu_zap_leafs(), tdp_mmu_iter_cond_resched()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('notifier', 'notifier_unmap', 'the host takes a page away and frees it'),
  ],
  defines: {
    MMD_LEVELS: '2',
    MMD_PREMAP: '3',
    MMD_NR_ACCESSES: '2',
    MMD_ACCESS_GFNS: '{ 0, 1 }',
    MMD_ACCESS_WRITES: '{ 1, 1 }',
    MMD_ACCESS_FETCHES: '{ 0, 0 }',
    MMD_RANGE_END: '2',
  },
  entryPoints: [...faultPath, 'kvm_unmap_gfn_range'],
  needs: [],
  axes: axes(),
  size: 'medium',
  gfns: [0, 1],
};
