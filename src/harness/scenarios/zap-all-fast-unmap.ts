import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const zapAllFastUnmap: Scenario = {
  id: 'zap-all-fast-unmap',
  title: 'Fast zap, mmu_notifier unmap and a running vCPU',
  why: 'The notifier meets roots that are invalid but not yet zapped, in either lock mode and at every yield.',
  source:
    'arch/x86/kvm/mmu/tdp_mmu.c kvm_tdp_mmu_unmap_gfn_range(); discussion of invalid roots and mmu_notifiers on the KVM list',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('zapper', 'zap_all_fast', 'NX toggle: invalidates all roots and zaps them'),
    hostThread('notifier', 'notifier_unmap', 'the host takes a page away and frees it'),
  ],
  defines: { MMD_LEVELS: '2', MMD_PREMAP: '1' },
  entryPoints: [...faultPath, 'kvm_mmu_zap_all_fast', 'kvm_unmap_gfn_range'],
  needs: [],
  axes: axes(),
  size: 'medium',
  gfns: [0],
};
