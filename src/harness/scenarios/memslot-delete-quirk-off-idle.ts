import type { Scenario } from './scenario.ts';
import { axes, hostThread, vcpuThread } from './scenario.ts';

export const memslotDeleteQuirkOffIdle: Scenario = {
  id: 'memslot-delete-quirk-off-idle',
  title: 'Memslot deletion that zaps only the slot, and a vCPU that does not run',
  why: 'A root that no vCPU loads anew shows whether it was kept or invalidated.',
  source: 'Documentation/virt/kvm/api.rst KVM_X86_QUIRK_SLOT_ZAP_ALL; kvm_mmu_zap_memslot()',
  threads: [
    vcpuThread(0, 'stays in userspace with its root loaded', 'vcpu_idle'),
    hostThread('memslot', 'memslot_delete', 'deletes the slot, then frees its memory'),
  ],
  defines: {
    MMD_LEVELS: '2',
    MMD_PREMAP: '1',
    MMD_FREE_AFTER_DELETE: '1',
    MMD_QUIRKS_OFF: 'KVM_X86_QUIRK_SLOT_ZAP_ALL',
  },
  entryPoints: ['kvm_arch_flush_shadow_memslot', 'kvm_unmap_gfn_range'],
  needs: [{ kind: 'macro', name: 'KVM_X86_QUIRK_SLOT_ZAP_ALL' }],
  axes: axes({ quirk: 'off' }),
  size: 'small',
  gfns: [0],
};
