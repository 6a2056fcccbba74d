import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, needsFunction, vcpuThread } from './scenario.ts';

export const zapGfnRange: Scenario = {
  id: 'zap-gfn-range',
  title: 'Zapping a range against a fault',
  why: 'APICv and memory-type changes zap a range with the notifier count raised.',
  source: 'arch/x86/kvm/mmu/mmu.c kvm_zap_gfn_range()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('zapper', 'zap_gfn_range', 'zaps a range of gfns'),
  ],
  defines: { MMD_LEVELS: '2', MMD_PREMAP: '1' },
  entryPoints: [...faultPath, 'kvm_zap_gfn_range'],
  needs: [...needsFunction('kvm_zap_gfn_range')],
  axes: axes(),
  size: 'small',
  gfns: [0],
};
