import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const zapAllFastUnload: Scenario = {
  id: 'zap-all-fast-unload',
  title: 'Fast zap against a vCPU that drops its root',
  why: 'The last reference may be put by the vCPU, by the zapper or by the iterator: whoever does, the root is zapped and freed once.',
  source: 'arch/x86/kvm/mmu/tdp_mmu.c kvm_tdp_mmu_put_root(); kvm_mmu_free_roots()',
  threads: [
    vcpuThread(0, 'faults, runs and once unloads its roots', 'vcpu_unload'),
    hostThread('zapper', 'zap_all_fast', 'NX toggle: invalidates all roots and zaps them'),
  ],
  defines: { MMD_LEVELS: '2' },
  entryPoints: [...faultPath, 'kvm_mmu_zap_all_fast', 'kvm_mmu_unload'],
  needs: [],
  axes: axes(),
  size: 'small',
  gfns: [0],
};
