import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const zapAllFastUnmapRange: Scenario = {
  id: 'zap-all-fast-unmap-range',
  title: 'Fast zap against an unmap of two pages that may yield',
  why: 'The notifier drops mmu_lock between two pages; the root it stands on may be invalidated, zapped and put meanwhile.',
  source: 'arch/x86/kvm/mmu/tdp_mmu.c tdp_mmu_zap_leafs(), for_each_tdp_mmu_root_yield_safe()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('zapper', 'zap_all_fast', 'NX toggle: invalidates all roots and zaps them'),
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
  entryPoints: [...faultPath, 'kvm_mmu_zap_all_fast', 'kvm_unmap_gfn_range'],
  needs: [],
  axes: axes(),
  size: 'large',
  gfns: [0, 1],
};
