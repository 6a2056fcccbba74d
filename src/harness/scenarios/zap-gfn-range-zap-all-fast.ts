import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, needsFunction, vcpuThread } from './scenario.ts';

export const zapGfnRangeZapAllFast: Scenario = {
  id: 'zap-gfn-range-zap-all-fast',
  title: 'Zapping a range against a fast zap',
  why: 'The range zap meets an invalid root that waits for its zapper.',
  source: 'arch/x86/kvm/mmu/tdp_mmu.c kvm_tdp_mmu_zap_leafs()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('range', 'zap_gfn_range', 'zaps a range of gfns'),
    hostThread('zapper', 'zap_all_fast', 'NX toggle: invalidates all roots and zaps them'),
  ],
  defines: { MMD_LEVELS: '2', MMD_PREMAP: '1' },
  entryPoints: [...faultPath, 'kvm_zap_gfn_range', 'kvm_mmu_zap_all_fast'],
  needs: [...needsFunction('kvm_zap_gfn_range')],
  axes: axes(),
  size: 'medium',
  gfns: [0],
};
