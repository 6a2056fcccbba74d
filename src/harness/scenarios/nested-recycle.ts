import type { Scenario } from './scenario.ts';
import { axes, faultPath, needsFunction, vcpuThread } from './scenario.ts';

export const nestedRecycle: Scenario = {
  id: 'nested-recycle',
  title: 'Page recycling under a nested guest',
  why: 'Making room for shadow pages may zap what the fault stands on, its root included: the check for a stale fault comes after it.',
  source:
    'arch/x86/kvm/mmu/mmu.c make_mmu_pages_available(), kvm_mmu_zap_oldest_mmu_pages(), is_page_fault_stale()',
  threads: [vcpuThread(0, 'runs a nested guest near the page limit')],
  defines: {
    MMD_LEVELS: '4',
    MMD_INDIRECT: '1',
    MMD_SLOT_PAGES: '16',
    MMD_MAX_PAGES: '5',
    MMD_NESTED_DEEPER: '1',
    MMD_ACCESS_GFNS: '{ 8 }',
  },
  entryPoints: [...faultPath, 'make_mmu_pages_available', 'kvm_mmu_zap_oldest_mmu_pages'],
  needs: [...needsFunction('mmd_can_nest')],
  axes: axes({ paging: 'nested-ept' }),
  size: 'small',
  gfns: [0, 8],
};
