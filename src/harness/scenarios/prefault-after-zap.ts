import type { Scenario } from './scenario.ts';
import { axes, faultPath, needsFunction, vcpuThread } from './scenario.ts';

export const prefaultAfterZap: Scenario = {
  id: 'prefault-after-zap',
  title: 'Prefault with a root that became obsolete before',
  why: 'Outside of KVM_RUN nobody services requests: prefault itself has to drop the root that a fast zap made obsolete, or it retries for ever.',
  source: 'arch/x86/kvm/mmu.h kvm_mmu_reload(), arch/x86/kvm/mmu/mmu.c kvm_tdp_page_prefault()',
  threads: [vcpuThread(0, 'zaps, then prefaults a page and runs', 'vcpu_zap_then_prefault')],
  defines: { MMD_LEVELS: '2', MMD_PREMAP: '1', MMD_RANGE_START: '1', MMD_RANGE_END: '2' },
  entryPoints: [...faultPath, 'kvm_arch_vcpu_pre_fault_memory', 'kvm_mmu_zap_all_fast'],
  needs: [...needsFunction('kvm_arch_vcpu_pre_fault_memory')],
  axes: axes(),
  size: 'small',
  gfns: [0, 1],
};
