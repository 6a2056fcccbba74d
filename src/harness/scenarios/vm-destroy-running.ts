import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const vmDestroyRunning: Scenario = {
  id: 'vm-destroy-running',
  title: 'VM destruction while a vCPU runs',
  why: 'The vCPU is killed at any moment of a fault; what it leaves behind is cleaned up once.',
  source: 'virt/kvm/kvm_main.c kvm_destroy_vm()',
  threads: [
    vcpuThread(0, 'runs until it is killed', 'vcpu_mortal'),
    hostThread('destroyer', 'kill_and_destroy', 'kills the process, destroys the VM'),
  ],
  defines: { MMD_LEVELS: '2' },
  entryPoints: [
    ...faultPath,
    'kvm_arch_flush_shadow_all',
    'kvm_mmu_zap_all',
    'kvm_mmu_unload',
    'kvm_mmu_uninit_tdp_mmu',
  ],
  needs: [],
  axes: axes(),
  size: 'medium',
  gfns: [0],
};
