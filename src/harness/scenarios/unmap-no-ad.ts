import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const unmapNoAd: Scenario = {
  id: 'unmap-no-ad',
  title: 'mmu_notifier unmap against lockless walks',
  why: 'The fast page fault changes SPTEs without mmu_lock while the notifier takes them away.',
  source: 'Documentation/virt/kvm/locking.rst, fast page faults',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('notifier', 'notifier_unmap', 'the host takes a page away and frees it'),
  ],
  defines: { MMD_LEVELS: '2', MMD_AD: '0', MMD_PREMAP: '1' },
  entryPoints: [...faultPath, 'kvm_unmap_gfn_range', 'fast_page_fault'],
  needs: [],
  axes: axes({ accessedDirty: false }),
  size: 'small',
  gfns: [0],
};
