import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, needsFunction, vcpuThread } from './scenario.ts';

export const prefaultZapAllFast: Scenario = {
  id: 'prefault-zap-all-fast',
  title: 'Prefault against a fast zap',
  why: 'Prefault retries by itself, without going back to the guest loop: it has to notice a root that became obsolete.',
  source: 'arch/x86/kvm/mmu/mmu.c kvm_arch_vcpu_pre_fault_memory()',
  threads: [
    vcpuThread(0, 'prefaults a page, then runs', 'vcpu_prefault'),
    hostThread('zapper', 'zap_all_fast', 'NX toggle: invalidates all roots and zaps them'),
  ],
  defines: { MMD_LEVELS: '2', MMD_PREMAP: '1', MMD_RANGE_START: '1', MMD_RANGE_END: '2' },
  entryPoints: [...faultPath, 'kvm_arch_vcpu_pre_fault_memory', 'kvm_mmu_zap_all_fast'],
  needs: [...needsFunction('kvm_arch_vcpu_pre_fault_memory')],
  axes: axes(),
  size: 'small',
  gfns: [0, 1],
};
