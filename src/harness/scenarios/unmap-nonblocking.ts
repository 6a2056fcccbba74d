import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const unmapNonblocking: Scenario = {
  id: 'unmap-nonblocking',
  title: 'mmu_notifier unmap that must not sleep',
  why: 'An out-of-memory reaper forbids blocking: no yield on any path of the unmap.',
  source: 'include/linux/mmu_notifier.h; struct kvm_gfn_range.may_block',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('notifier', 'notifier_unmap', 'the host takes a page away and frees it'),
  ],
  defines: { MMD_LEVELS: '2', MMD_PREMAP: '1', MMD_MAY_BLOCK: '0' },
  entryPoints: [...faultPath, 'kvm_unmap_gfn_range'],
  needs: [],
  axes: axes(),
  size: 'small',
  gfns: [0],
};
