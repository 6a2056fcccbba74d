import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const age: Scenario = {
  id: 'age',
  title: 'Aging of a page against a fault',
  why: 'Aging clears accessed bits, in newer kernels without mmu_lock; it must not lose a concurrent change of the SPTE.',
  source: 'arch/x86/kvm/mmu/tdp_mmu.c kvm_tdp_mmu_age_gfn_range()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('notifier', 'notifier_age', 'the host asks for the age of a page'),
  ],
  defines: { MMD_LEVELS: '2', MMD_PREMAP: '1', MMD_TRACK_DIRTY: '1' },
  entryPoints: [...faultPath, 'kvm_age_gfn'],
  needs: [],
  axes: axes(),
  size: 'small',
  gfns: [0],
};
