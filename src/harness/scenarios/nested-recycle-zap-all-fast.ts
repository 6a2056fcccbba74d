import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, needsFunction, vcpuThread } from './scenario.ts';

export const nestedRecycleZapAllFast: Scenario = {
  id: 'nested-recycle-zap-all-fast',
  title: 'Page recycling under a nested guest against a fast zap',
  why: 'Obsolete pages, recycled pages and the current root are zapped through lists that must not lose one.',
  source: 'arch/x86/kvm/mmu/mmu.c kvm_zap_obsolete_pages(), kvm_mmu_zap_oldest_mmu_pages()',
  threads: [
    vcpuThread(0, 'runs a nested guest near the page limit'),
    hostThread('zapper', 'zap_all_fast', 'NX toggle: invalidates all roots and zaps them'),
  ],
  defines: {
    MMD_LEVELS: '4',
    MMD_INDIRECT: '1',
    MMD_SLOT_PAGES: '16',
    MMD_MAX_PAGES: '5',
    MMD_NESTED_DEEPER: '1',
    MMD_ACCESS_GFNS: '{ 8 }',
  },
  entryPoints: [
    ...faultPath,
    'make_mmu_pages_available',
    'kvm_mmu_zap_oldest_mmu_pages',
    'kvm_mmu_zap_all_fast',
  ],
  needs: [...needsFunction('mmd_can_nest')],
  axes: axes({ paging: 'nested-ept' }),
  size: 'medium',
  gfns: [0, 8],
};
