import type { Scenario } from './scenario.ts';
import { axes, hostThread, vcpuThread } from './scenario.ts';

export const releaseZapAllFast: Scenario = {
  id: 'release-zap-all-fast',
  title: 'Release of the address space against a fast zap',
  why: 'Toggling NX huge pages reaches VMs whose address space is going away.',
  source: 'arch/x86/kvm/mmu/mmu.c set_nx_huge_pages(), kvm_arch_flush_shadow_all()',
  threads: [
    vcpuThread(0, 'stays in userspace with its root loaded', 'vcpu_idle'),
    hostThread('release', 'release', 'the address space dies'),
    hostThread('zapper', 'zap_all_fast', 'NX toggle: invalidates all roots and zaps them'),
  ],
  defines: { MMD_LEVELS: '2', MMD_PREMAP: '1' },
  entryPoints: ['kvm_arch_flush_shadow_all', 'kvm_mmu_zap_all', 'kvm_mmu_zap_all_fast'],
  needs: [],
  axes: axes(),
  size: 'small',
  gfns: [0],
};
