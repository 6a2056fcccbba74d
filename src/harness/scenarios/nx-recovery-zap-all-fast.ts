import type { Scenario } from './scenario.ts';
import { axes, hostThread, needsFunction, vcpuThread } from './scenario.ts';

export const nxRecoveryZapAllFast: Scenario = {
  id: 'nx-recovery-zap-all-fast',
  title: 'NX recovery against a fast zap',
  why: 'The page table on the recovery list belongs to a root that is being zapped.',
  source: 'arch/x86/kvm/mmu/tdp_mmu.c kvm_tdp_mmu_zap_sp()',
  threads: [
    vcpuThread(0, 'stays in userspace with its root loaded', 'vcpu_idle'),
    hostThread('recovery', 'nx_recovery', 'the worker gives a huge page back'),
    hostThread('zapper', 'zap_all_fast', 'NX toggle: invalidates all roots and zaps them'),
  ],
  defines: {
    MMD_LEVELS: '2',
    MMD_NX_HUGE_PAGES: '1',
    MMD_HOST_LEVEL: '2',
    MMD_PREMAP: '1',
    MMD_ACCESS_WRITES: '{ 0 }',
    MMD_ACCESS_FETCHES: '{ 1 }',
  },
  entryPoints: ['kvm_recover_nx_lpages', 'kvm_recover_nx_huge_pages', 'kvm_mmu_zap_all_fast'],
  needs: [...needsFunction('mmd_can_recover_nx')],
  axes: axes(),
  size: 'small',
  gfns: [0],
};
