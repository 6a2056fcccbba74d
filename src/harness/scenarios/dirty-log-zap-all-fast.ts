import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const dirtyLogZapAllFast: Scenario = {
  id: 'dirty-log-zap-all-fast',
  title: 'A fault on a write-protected page against a fast zap',
  why: 'The fast path makes the page writable without mmu_lock: the page table it stands in must not go meanwhile.',
  source:
    'Documentation/virt/kvm/locking.rst fast page fault; arch/x86/kvm/mmu/mmu.c fast_page_fault()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread(
      'migration',
      'dirty_log_zap',
      'userspace collects the dirty log, then all roots are zapped',
    ),
  ],
  defines: { MMD_LEVELS: '2', MMD_SLOT_FLAGS: 'KVM_MEM_LOG_DIRTY_PAGES', MMD_PREMAP: '1' },
  entryPoints: [...faultPath, 'fast_page_fault', 'kvm_mmu_zap_all_fast'],
  needs: [],
  axes: axes(),
  size: 'medium',
  gfns: [0],
};
