import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const memslotDeleteQuirkOff: Scenario = {
  id: 'memslot-delete-quirk-off',
  title: 'Memslot deletion that zaps only the slot',
  why: 'With the SLOT_ZAP_ALL quirk off the valid roots stay and only the leaves of the slot go.',
  source: 'Documentation/virt/kvm/api.rst KVM_X86_QUIRK_SLOT_ZAP_ALL; kvm_mmu_zap_memslot()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('memslot', 'memslot_delete', 'deletes the slot, then frees its memory'),
  ],
  defines: {
    MMD_LEVELS: '2',
    MMD_FREE_AFTER_DELETE: '1',
    MMD_QUIRKS_OFF: 'KVM_X86_QUIRK_SLOT_ZAP_ALL',
  },
  entryPoints: [...faultPath, 'kvm_arch_flush_shadow_memslot', 'kvm_unmap_gfn_range'],
  needs: [{ kind: 'macro', name: 'KVM_X86_QUIRK_SLOT_ZAP_ALL' }],
  axes: axes({ quirk: 'off' }),
  size: 'small',
  gfns: [0],
};
