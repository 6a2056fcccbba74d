import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const ageNoAd: Scenario = {
  id: 'age-no-ad',
  title: 'Aging of a page without accessed bits',
  why: 'Aging takes the permissions away and a lockless fault gives them back.',
  source: 'arch/x86/kvm/mmu/spte.c mark_spte_for_access_track(); fast_page_fault()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('notifier', 'notifier_age', 'the host asks for the age of a page'),
  ],
  defines: { MMD_LEVELS: '2', MMD_PREMAP: '1', MMD_AD: '0' },
  entryPoints: [...faultPath, 'kvm_age_gfn', 'fast_page_fault'],
  needs: [],
  axes: axes({ accessedDirty: false }),
  size: 'small',
  gfns: [0],
};
