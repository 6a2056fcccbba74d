import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const memslotDelete: Scenario = {
  id: 'memslot-delete',
  title: 'Memslot deletion against a page fault',
  why: 'When the deletion returns userspace may free the memory: no root, valid or not, may still map it.',
  source:
    'virt/kvm/kvm_main.c kvm_set_memslot(); arch/x86/kvm/mmu/mmu.c kvm_arch_flush_shadow_memslot()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('memslot', 'memslot_delete', 'deletes the slot, then frees its memory'),
  ],
  defines: { MMD_LEVELS: '2', MMD_FREE_AFTER_DELETE: '1' },
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
