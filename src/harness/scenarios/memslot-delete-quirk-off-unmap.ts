import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const memslotDeleteQuirkOffUnmap: Scenario = {
  id: 'memslot-delete-quirk-off-unmap',
  title: 'Memslot deletion that zaps only the slot, and an mmu_notifier unmap',
  why: 'Whoever drops mmu_lock with a flush still owed lets a notifier find nothing to do, and the page be freed.',
  source: 'arch/x86/kvm/mmu/mmu.c kvm_mmu_zap_memslot(), kvm_mmu_zap_memslot_pages_and_flush()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('memslot', 'memslot_delete', 'deletes the slot'),
    hostThread('notifier', 'notifier_unmap', 'the host takes a page away and frees it'),
  ],
  defines: {
    MMD_LEVELS: '2',
    MMD_PREMAP: '1',
    MMD_QUIRKS_OFF: 'KVM_X86_QUIRK_SLOT_ZAP_ALL',
  },
  entryPoints: [...faultPath, 'kvm_arch_flush_shadow_memslot', 'kvm_unmap_gfn_range'],
  needs: [{ kind: 'macro', name: 'KVM_X86_QUIRK_SLOT_ZAP_ALL' }],
  axes: axes({ quirk: 'off' }),
  size: 'medium',
  gfns: [0],
};
