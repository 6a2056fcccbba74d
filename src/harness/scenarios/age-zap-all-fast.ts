import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const ageZapAllFast: Scenario = {
  id: 'age-zap-all-fast',
  title: 'Aging against the end of a root',
  why: 'A lockless walk over the roots stands on one that is unlinked and freed.',
  source: 'arch/x86/kvm/mmu/tdp_mmu.c, lists of roots under RCU',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('notifier', 'notifier_age', 'the host asks for the age of a page'),
    hostThread('zapper', 'zap_all_fast', 'NX toggle: invalidates all roots and zaps them'),
  ],
  defines: { MMD_LEVELS: '2', MMD_PREMAP: '1' },
  entryPoints: [...faultPath, 'kvm_age_gfn', 'kvm_mmu_zap_all_fast'],
  needs: [],
  axes: axes(),
  size: 'medium',
  gfns: [0],
};
