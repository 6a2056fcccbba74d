import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const memslotDeleteTwice: Scenario = {
  id: 'memslot-delete-twice',
  title: 'Two memslot deletions in a row',
  why: 'A vCPU may stay blocked across both with the root of the first: the second must neither put nor free it again.',
  source: 'arch/x86/kvm/mmu/mmu.c kvm_mmu_zap_all_fast(); reference counts of invalidated roots',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('memslot', 'memslot_delete_twice', 'deletes one slot, then the other'),
  ],
  defines: { MMD_LEVELS: '2', MMD_NR_SLOTS: '2', MMD_PREMAP: '1' },
  entryPoints: [
    ...faultPath,
    'kvm_arch_flush_shadow_memslot',
    'kvm_mmu_zap_all_fast',
    'kvm_mmu_invalidate_zap_pages_in_memslot',
  ],
  needs: [],
  axes: axes(),
  size: 'medium',
  gfns: [0],
};
