import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const dirtyLogUnmapNoAd: Scenario = {
  id: 'dirty-log-unmap-no-ad',
  title: 'Collecting the dirty log, then unmapping, against a write, without A/D bits',
  why: 'A write makes the SPTE writable again without mmu_lock, whoever is about to drop it: the host must hear of it.',
  source:
    'arch/x86/kvm/mmu/tdp_iter.h kvm_tdp_mmu_write_spte(); arch/x86/kvm/mmu/mmu.c fast_page_fault()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('host', 'dirty_log_unmap', 'collects the dirty log, then takes the page away'),
  ],
  defines: {
    MMD_LEVELS: '2',
    MMD_SLOT_FLAGS: 'KVM_MEM_LOG_DIRTY_PAGES',
    MMD_AD: '0',
    MMD_PREMAP: '1',
  },
  entryPoints: [...faultPath, 'kvm_unmap_gfn_range', 'fast_page_fault'],
  needs: [],
  axes: axes({ accessedDirty: false }),
  size: 'small',
  gfns: [0],
};
