import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, needsFunction, vcpuThread } from './scenario.ts';

export const zapAllFastTwoRoots: Scenario = {
  id: 'zap-all-fast-two-roots',
  title: 'Fast zap against a vCPU that goes back to an earlier root',
  why: 'The root that is not in use is kept for later: it becomes obsolete as well, and has to be dropped once.',
  source:
    'arch/x86/kvm/mmu/mmu.c kvm_mmu_new_pgd(), kvm_mmu_free_obsolete_roots(), kvm_mmu_free_roots()',
  threads: [
    vcpuThread(0, 'faults, runs, leaves a guest of its own', 'vcpu_two_roots'),
    hostThread('zapper', 'zap_all_fast', 'invalidates all roots and zaps them'),
  ],
  defines: { MMD_LEVELS: '2', MMD_TWO_ROOTS: '1', MMD_PREMAP: '1' },
  entryPoints: [...faultPath, 'kvm_mmu_new_pgd', 'kvm_mmu_zap_all_fast'],
  needs: [...needsFunction('kvm_mmu_new_pgd')],
  axes: axes(),
  size: 'small',
  gfns: [0],
};
