import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const dirtyLog: Scenario = {
  id: 'dirty-log',
  title: 'Collecting the dirty log against a write',
  why: 'A write after collection must be seen by the next one: write protection, flush and bitmap in the right order.',
  source: 'Documentation/virt/kvm/locking.rst; virt/kvm/kvm_main.c kvm_get_dirty_log_protect()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('migration', 'dirty_log', 'userspace collects the dirty log twice'),
  ],
  defines: { MMD_LEVELS: '2', MMD_SLOT_FLAGS: 'KVM_MEM_LOG_DIRTY_PAGES', MMD_PREMAP: '1' },
  entryPoints: [...faultPath, 'kvm_arch_mmu_enable_log_dirty_pt_masked', 'fast_page_fault'],
  needs: [],
  axes: axes(),
  size: 'small',
  gfns: [0],
};
