import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, needsFunction, vcpuThread } from './scenario.ts';

export const nxRecovery: Scenario = {
  id: 'nx-recovery',
  title: 'NX recovery against a fault',
  why: 'The worker zaps a page table that a fault is using.',
  source: 'arch/x86/kvm/mmu/mmu.c kvm_recover_nx_huge_pages()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('recovery', 'nx_recovery', 'the worker gives a huge page back'),
  ],
  defines: {
    MMD_LEVELS: '2',
    MMD_NX_HUGE_PAGES: '1',
    MMD_HOST_LEVEL: '2',
    MMD_PREMAP: '1',
    MMD_ACCESS_WRITES: '{ 0 }',
    MMD_ACCESS_FETCHES: '{ 1 }',
  },
  entryPoints: [...faultPath, 'kvm_recover_nx_lpages', 'kvm_recover_nx_huge_pages'],
  needs: [...needsFunction('mmd_can_recover_nx')],
  axes: axes(),
  size: 'small',
  gfns: [0],
};
