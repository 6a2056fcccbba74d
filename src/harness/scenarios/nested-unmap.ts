import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, needsFunction, vcpuThread } from './scenario.ts';

export const nestedUnmap: Scenario = {
  id: 'nested-unmap',
  title: 'mmu_notifier unmap against a nested guest',
  why: 'Shadow pages are found through the reverse map, under the write lock.',
  source: 'arch/x86/kvm/mmu/mmu.c kvm_unmap_gfn_range(), rmap_add()',
  threads: [
    vcpuThread(0, 'runs a nested guest'),
    hostThread('notifier', 'notifier_unmap', 'the host takes a page away and frees it'),
  ],
  defines: { MMD_LEVELS: '2', MMD_INDIRECT: '1', MMD_SLOT_PAGES: '16' },
  entryPoints: [...faultPath, 'kvm_unmap_gfn_range'],
  needs: [...needsFunction('mmd_can_nest')],
  axes: axes({ paging: 'nested-ept' }),
  size: 'small',
  gfns: [0],
};
