import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const memslotMove: Scenario = {
  id: 'memslot-move',
  title: 'Memslot move against a page fault',
  why: 'The same memory appears at another guest address; the old address must be gone before that.',
  source: 'virt/kvm/kvm_main.c kvm_move_memslot()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('memslot', 'memslot_move', 'moves the slot'),
  ],
  defines: { MMD_LEVELS: '2', MMD_SLOT_PAGES: '2', MMD_PREMAP: '1' },
  entryPoints: [
    ...faultPath,
    'kvm_arch_flush_shadow_memslot',
    'kvm_mmu_zap_all_fast',
    'kvm_mmu_invalidate_zap_pages_in_memslot',
  ],
  needs: [],
  axes: axes(),
  size: 'small',
  gfns: [0],
};
