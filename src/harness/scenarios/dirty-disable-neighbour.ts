import { dirtyDisable } from './dirty-disable.ts';
import type { Scenario } from './scenario.ts';

export const dirtyDisableNeighbour: Scenario = {
  ...dirtyDisable,
  id: 'dirty-disable-neighbour',
  title: 'Disabling dirty logging against the first fault on the neighbouring page',
  why: 'The fault puts a huge page in the place of the table that the operation works on.',
  source: 'arch/x86/kvm/mmu/tdp_mmu.c handle_removed_pt(), tdp_mmu_set_spte_atomic()',
  defines: {
    ...dirtyDisable.defines,
    MMD_NR_ACCESSES: '2',
    MMD_ACCESS_GFNS: '{ 0, 1 }',
    MMD_ACCESS_WRITES: '{ 1, 1 }',
    MMD_ACCESS_FETCHES: '{ 0, 0 }',
  },
  gfns: [0, 1],
};
