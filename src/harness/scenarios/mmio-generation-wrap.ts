import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const mmioGenerationWrap: Scenario = {
  id: 'mmio-generation-wrap',
  title: 'The memslot generation wraps',
  why: 'All MMIO SPTEs must go, at the latest by a fast zap.',
  source: 'arch/x86/kvm/mmu/mmu.c kvm_mmu_invalidate_mmio_sptes()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('memslot', 'mmio_wrap', 'the generation wraps'),
  ],
  defines: { MMD_LEVELS: '2', MMD_PREMAP: '1', MMD_MMIO_CACHING: '1' },
  entryPoints: [...faultPath, 'kvm_mmu_invalidate_mmio_sptes', 'kvm_mmu_zap_all_fast'],
  needs: [],
  axes: axes(),
  size: 'small',
  gfns: [0],
};
