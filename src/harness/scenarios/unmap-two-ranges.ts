import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const unmapTwoRanges: Scenario = {
  id: 'unmap-two-ranges',
  title: 'Two mmu_notifier unmaps at once',
  why: 'Their ranges merge while both are in progress; a fault between them has to wait for both.',
  source: 'virt/kvm/kvm_main.c kvm_mmu_invalidate_range_add()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('notifier', 'notifier_unmap', 'the host takes a page away and frees it'),
    hostThread('notifier2', 'notifier_unmap_next', 'the host takes the next page away'),
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
  size: 'medium',
  gfns: [0],
};
