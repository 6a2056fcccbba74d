import type { Scenario } from './scenario.ts';
import { axes, hostThread, needsFunction, vcpuThread } from './scenario.ts';

export const nxRecoveryTwo: Scenario = {
  id: 'nx-recovery-two',
  title: 'NX recovery of two huge pages against a fault',
  why: 'What the first page owes must not be forgotten when the second owes nothing.',
  source: 'arch/x86/kvm/mmu/mmu.c kvm_recover_nx_huge_pages()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('recovery', 'nx_recovery', 'the worker gives huge pages back'),
  ],
  defines: {
    MMD_LEVELS: '2',
    MMD_NX_HUGE_PAGES: '1',
    MMD_HOST_LEVEL: '2',
    MMD_NR_ACCESSES: '2',
    MMD_ACCESS_GFNS: '{ 0, 2 }',
    MMD_PREMAP: '3',
    MMD_ACCESS_WRITES: '{ 0, 0 }',
    MMD_ACCESS_FETCHES: '{ 1, 1 }',
  },
  entryPoints: ['kvm_recover_nx_lpages', 'kvm_recover_nx_huge_pages'],
  needs: [...needsFunction('mmd_can_recover_nx')],
  axes: axes(),
  size: 'small',
  gfns: [0, 2],
};
