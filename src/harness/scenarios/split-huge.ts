import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const splitHuge: Scenario = {
  id: 'split-huge',
  title: 'Huge-page splitting under the read lock against a fault',
  why: 'Both replace the same huge SPTE by a table; one of them has to notice.',
  source: 'arch/x86/kvm/mmu/tdp_mmu.c kvm_tdp_mmu_try_split_huge_pages()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('migration', 'split_huge', 'splits the huge pages of the slot'),
  ],
  defines: { MMD_LEVELS: '2', MMD_PREMAP: '1', MMD_HOST_LEVEL: '2', MMD_ALLOC_FAILS: '1' },
  entryPoints: [...faultPath, 'kvm_mmu_slot_try_split_huge_pages'],
  needs: [],
  axes: axes(),
  size: 'small',
  gfns: [0],
};
