import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const unmapRangeSparse: Scenario = {
  id: 'unmap-range-sparse',
  title: 'Unmap of two pages of which only the first is mapped',
  why: 'After a yield nothing is left to zap, and still the flush is owed.',
  source: 'arch/x86/kvm/mmu/tdp_mmu.c tdp_mmu_zap_leafs()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('notifier', 'notifier_unmap', 'the host takes a page away and frees it'),
  ],
  defines: { MMD_LEVELS: '2', MMD_PREMAP: '1', MMD_RANGE_END: '2' },
  entryPoints: [...faultPath, 'kvm_unmap_gfn_range'],
  needs: [],
  axes: axes(),
  size: 'small',
  gfns: [0, 1],
};
