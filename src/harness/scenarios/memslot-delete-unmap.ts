import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const memslotDeleteUnmap: Scenario = {
  id: 'memslot-delete-unmap',
  title: 'Memslot deletion, mmu_notifier unmap and a fault',
  why: 'A notifier that runs between the two halves of a deletion must reach the mappings under roots that are invalid already.',
  source:
    'arch/x86/kvm/mmu/tdp_mmu.c kvm_tdp_mmu_unmap_gfn_range(), kvm_tdp_mmu_zap_invalidated_roots()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('memslot', 'memslot_delete', 'deletes the slot, then frees its memory'),
    hostThread('notifier', 'notifier_unmap', 'the host takes a page away and frees it'),
  ],
  defines: { MMD_LEVELS: '2', MMD_PREMAP: '1' },
  entryPoints: [
    ...faultPath,
    'kvm_arch_flush_shadow_memslot',
    'kvm_mmu_zap_all_fast',
    'kvm_mmu_invalidate_zap_pages_in_memslot',
    'kvm_unmap_gfn_range',
    'kvm_mmu_invalidate_end',
  ],
  needs: [],
  axes: axes(),
  size: 'medium',
  gfns: [0],
};
