import { dirtyClearHuge } from './dirty-clear-huge.ts';
import type { Scenario } from './scenario.ts';
import { hostThread } from './scenario.ts';

export const dirtyClearHugeUnmap: Scenario = {
  ...dirtyClearHuge,
  id: 'dirty-clear-huge-unmap',
  title: 'Clearing part of a dirty log while the host takes a huge page away',
  why: 'Splitting may drop mmu_lock to allocate: what it looked at before may be gone afterwards.',
  source: 'arch/x86/kvm/mmu/tdp_mmu.c tdp_mmu_split_huge_pages_root()',
  threads: [
    ...dirtyClearHuge.threads,
    hostThread('notifier', 'notifier_unmap', 'the host takes pages away and frees them'),
  ],
  defines: {
    ...dirtyClearHuge.defines,
    MMD_NR_ACCESSES: '1',
    MMD_ACCESS_GFNS: '{ 1 }',
    MMD_ACCESS_WRITES: '{ 1 }',
    MMD_PREMAP: '1',
    MMD_RANGE_START: '0',
    MMD_RANGE_END: '2',
  },
  entryPoints: [...dirtyClearHuge.entryPoints, 'kvm_unmap_gfn_range'],
  size: 'medium',
  gfns: [0, 1],
};
