import type { Scenario } from './scenario.ts';
import { axes, hostThread, vcpuThread } from './scenario.ts';

export const splitHugeZapAllFast: Scenario = {
  id: 'split-huge-zap-all-fast',
  title: 'Huge-page splitting against a fast zap',
  why: 'Splitting yields and allocates with mmu_lock dropped; the root may be invalid when it comes back.',
  source: 'arch/x86/kvm/mmu/tdp_mmu.c tdp_mmu_split_huge_pages_root()',
  threads: [
    vcpuThread(0, 'stays in userspace with its root loaded', 'vcpu_idle'),
    hostThread('migration', 'split_huge', 'splits the huge pages of the slot'),
    hostThread('zapper', 'zap_all_fast', 'NX toggle: invalidates all roots and zaps them'),
  ],
  defines: { MMD_LEVELS: '2', MMD_PREMAP: '1', MMD_HOST_LEVEL: '2' },
  entryPoints: ['kvm_mmu_slot_try_split_huge_pages', 'kvm_mmu_zap_all_fast'],
  needs: [],
  axes: axes(),
  size: 'small',
  gfns: [0],
};
