import type { Scenario } from './scenario.ts';
import { needsFunction } from './scenario.ts';
import { unmap } from './unmap.ts';

export const unmapIo: Scenario = {
  ...unmap,
  id: 'unmap-io',
  title: 'mmu_notifier unmap against a fault whose page has to be read in first',
  why: 'The page is looked up twice, without and with waiting: the sequence that counts is the one from before the lookup.',
  source: 'arch/x86/kvm/mmu/mmu.c kvm_mmu_faultin_pfn(); virt/kvm/kvm_main.c hva_to_pfn()',
  needs: needsFunction('mmd_can_read_in'),
  defines: { ...unmap.defines, MMD_NEEDS_IO: '1' },
};
