import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const zapGfnRangeSmm: Scenario = {
  id: 'zap-gfn-range-smm',
  title: 'Zapping a range with a vCPU in system management mode',
  why: 'A range is zapped in all address spaces.',
  source: 'arch/x86/kvm/mmu/mmu.c kvm_zap_gfn_range()',
  threads: [
    vcpuThread(0, 'stays in userspace, with a root for system management mode', 'vcpu_idle'),
    vcpuThread(1, 'stays in userspace with its root loaded', 'vcpu_idle'),
    hostThread('zapper', 'zap_gfn_range', 'zaps a range of gfns'),
  ],
  defines: { MMD_LEVELS: '2', MMD_PREMAP: '1', MMD_NR_VCPUS: '2', MMD_SMM: '1', MMD_IDLE: '1' },
  entryPoints: [...faultPath, 'kvm_zap_gfn_range'],
  needs: [{ kind: 'field', name: 'kvm_mmu_page_role.smm' }],
  axes: axes({ vcpus: 2, smm: true }),
  size: 'small',
  gfns: [0],
};
