import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const unmap: Scenario = {
  id: 'unmap',
  title: 'mmu_notifier unmap against a page fault',
  why: 'A page looked up before an invalidation must not be mapped after it.',
  source: 'include/linux/kvm_host.h mmu_invalidate_retry_gfn(); Documentation/virt/kvm/locking.rst',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('notifier', 'notifier_unmap', 'the host takes a page away and frees it'),
  ],
  defines: { MMD_LEVELS: '2' },
  entryPoints: [
    ...faultPath,
    'kvm_unmap_gfn_range',
    'mmu_invalidate_retry_gfn',
    'mmu_invalidate_retry_hva',
  ],
  needs: [],
  axes: axes(),
  size: 'small',
  gfns: [0],
};
