import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const locklessWalkZapAllFast: Scenario = {
  id: 'lockless-walk-zap-all-fast',
  title: 'Fast zap against a lockless walk next to a mapped page',
  why: 'The walk stands in a page table that is being unlinked: it may be freed only after a grace period.',
  source:
    'Documentation/virt/kvm/locking.rst, fast page faults; arch/x86/kvm/mmu/tdp_mmu.c tdp_mmu_free_sp_rcu_callback()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('zapper', 'zap_all_fast', 'NX toggle: invalidates all roots and zaps them'),
  ],
  defines: {
    MMD_LEVELS: '2',
    MMD_AD: '0',
    MMD_PREMAP: '1',
    MMD_NR_ACCESSES: '2',
    MMD_ACCESS_GFNS: '{ 1, 0 }',
    MMD_ACCESS_WRITES: '{ 1, 1 }',
    MMD_ACCESS_FETCHES: '{ 0, 0 }',
  },
  entryPoints: [...faultPath, 'kvm_mmu_zap_all_fast', 'fast_page_fault'],
  needs: [],
  axes: axes({ accessedDirty: false }),
  size: 'medium',
  gfns: [0, 1],
};
