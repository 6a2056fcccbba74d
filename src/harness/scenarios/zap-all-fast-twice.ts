import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const zapAllFastTwice: Scenario = {
  id: 'zap-all-fast-twice',
  title: 'Two fast zaps in a row',
  why: 'A root that a vCPU keeps from before the first zap is seen invalid by the second.',
  source:
    'arch/x86/kvm/mmu/tdp_mmu.c kvm_tdp_mmu_invalidate_all_roots(), kvm_tdp_mmu_invalidate_roots()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('zapper', 'zap_all_fast_twice', 'two fast zaps'),
  ],
  defines: { MMD_LEVELS: '2', MMD_PREMAP: '1' },
  entryPoints: [...faultPath, 'kvm_mmu_zap_all_fast'],
  needs: [],
  axes: axes(),
  size: 'small',
  gfns: [0],
};
