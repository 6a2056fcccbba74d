import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const wrprotRange: Scenario = {
  id: 'wrprot-range',
  title: 'Write protection of a slot with read-only pages',
  why: 'Where the walk yields is its own business, what it owes afterwards is not.',
  source: 'arch/x86/kvm/mmu/tdp_mmu.c kvm_tdp_mmu_wrprot_slot()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('migration', 'wrprot_slot', 'write-protects the slot'),
  ],
  defines: {
    MMD_LEVELS: '2',
    MMD_PREMAP: '3',
    MMD_NR_ACCESSES: '2',
    MMD_ACCESS_GFNS: '{ 0, 1 }',
    MMD_ACCESS_WRITES: '{ 1, 0 }',
    MMD_ACCESS_FETCHES: '{ 0, 0 }',
  },
  entryPoints: [...faultPath, 'kvm_mmu_slot_remove_write_access'],
  needs: [],
  axes: axes(),
  size: 'medium',
  gfns: [0, 1],
};
