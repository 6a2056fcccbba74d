import type { Scenario } from './scenario.ts';
import { axes, hostThread, vcpuThread } from './scenario.ts';

export const memslotDeleteIdle: Scenario = {
  id: 'memslot-delete-idle',
  title: 'Memslot deletion with no root at all',
  why: 'Nothing is loaded yet: every early exit of the deletion has to leave the locks as it found them, and the notifier still runs.',
  source: 'arch/x86/kvm/mmu/tdp_mmu.c for an empty list of roots',
  threads: [
    vcpuThread(0, 'stays in userspace with its root loaded', 'vcpu_idle'),
    hostThread('memslot', 'memslot_delete', 'deletes the slot, then frees its memory'),
    hostThread('notifier', 'notifier_unmap', 'the host takes a page away and frees it'),
  ],
  defines: { MMD_LEVELS: '2' },
  entryPoints: [
    'kvm_arch_flush_shadow_memslot',
    'kvm_mmu_zap_all_fast',
    'kvm_mmu_invalidate_zap_pages_in_memslot',
    'kvm_unmap_gfn_range',
  ],
  needs: [],
  axes: axes(),
  size: 'small',
  gfns: [0],
};
