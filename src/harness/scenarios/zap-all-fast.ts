import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const zapAllFast: Scenario = {
  id: 'zap-all-fast',
  title: 'Fast zap against root load and fault',
  why: 'Invalidation and the request to reload happen in one write section; the zapper holds a reference until the root is zapped.',
  source: 'arch/x86/kvm/mmu/mmu.c kvm_mmu_zap_all_fast(); Documentation/virt/kvm/locking.rst',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('zapper', 'zap_all_fast', 'NX toggle: invalidates all roots and zaps them'),
  ],
  defines: { MMD_LEVELS: '2' },
  entryPoints: [...faultPath, 'kvm_mmu_zap_all_fast'],
  needs: [],
  axes: axes(),
  size: 'small',
  gfns: [0],
};
