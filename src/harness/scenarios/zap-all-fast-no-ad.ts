import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const zapAllFastNoAd: Scenario = {
  id: 'zap-all-fast-no-ad',
  title: 'Fast zap against lockless walks',
  why: 'Without accessed and dirty bits every fault first walks the tables without mmu_lock: page tables must outlive such walks.',
  source: 'Documentation/virt/kvm/locking.rst, fast page faults; fast_page_fault()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('zapper', 'zap_all_fast', 'NX toggle: invalidates all roots and zaps them'),
  ],
  defines: { MMD_LEVELS: '2', MMD_AD: '0' },
  entryPoints: [...faultPath, 'kvm_mmu_zap_all_fast', 'fast_page_fault'],
  needs: [],
  axes: axes({ accessedDirty: false }),
  size: 'small',
  gfns: [0],
};
