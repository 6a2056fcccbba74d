import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const memslotDeleteQuirkToggled: Scenario = {
  id: 'memslot-delete-quirk-toggled',
  title: 'Memslot deletion while the quirk is being disabled',
  why: 'The quirk is a VM setting that changes without any lock of the deletion: one deletion must read it once.',
  source: 'KVM_CAP_DISABLE_QUIRKS2 in arch/x86/kvm/x86.c',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('memslot', 'memslot_delete', 'deletes the slot, then frees its memory'),
    hostThread('quirk', 'quirk_toggle', 'userspace disables SLOT_ZAP_ALL'),
  ],
  defines: { MMD_LEVELS: '2', MMD_FREE_AFTER_DELETE: '1', MMD_PREMAP: '1' },
  entryPoints: [...faultPath, 'kvm_arch_flush_shadow_memslot', 'kvm_mmu_zap_all_fast'],
  needs: [{ kind: 'macro', name: 'KVM_X86_QUIRK_SLOT_ZAP_ALL' }],
  axes: axes({ quirk: 'toggled' }),
  size: 'medium',
  gfns: [0],
};
