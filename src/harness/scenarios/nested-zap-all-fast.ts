import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, needsFunction, vcpuThread } from './scenario.ts';

export const nestedZapAllFast: Scenario = {
  id: 'nested-zap-all-fast',
  title: 'Fast zap against a nested guest',
  why: 'Shadow roots are counted without atomics and freed through lists of obsolete pages: who frees one holds mmu_lock for write.',
  source:
    'arch/x86/kvm/mmu/mmu.c kvm_zap_obsolete_pages(), kvm_mmu_free_roots(), mmu_free_root_page()',
  threads: [
    vcpuThread(0, 'runs a nested guest'),
    hostThread('zapper', 'zap_all_fast', 'NX toggle: invalidates all roots and zaps them'),
  ],
  defines: { MMD_LEVELS: '2', MMD_INDIRECT: '1', MMD_SLOT_PAGES: '16' },
  entryPoints: [...faultPath, 'kvm_mmu_zap_all_fast', 'kvm_mmu_free_roots'],
  needs: [...needsFunction('mmd_can_nest')],
  axes: axes({ paging: 'nested-ept' }),
  size: 'small',
  gfns: [0],
};
