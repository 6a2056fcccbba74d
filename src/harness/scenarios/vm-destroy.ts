import type { Scenario } from './scenario.ts';
import { axes, hostThread, vcpuThread } from './scenario.ts';

export const vmDestroy: Scenario = {
  id: 'vm-destroy',
  title: 'VM destruction with mapped pages',
  why: 'Everything goes: all SPTEs at the release of the address space, all roots and tables at the end.',
  source: 'virt/kvm/kvm_main.c kvm_destroy_vm(); kvm_mmu_uninit_tdp_mmu()',
  threads: [
    vcpuThread(0, 'stays in userspace with its root loaded', 'vcpu_idle'),
    hostThread(
      'destroyer',
      'vm_destroy',
      'releases the address space, unloads vCPUs, destroys the VM',
    ),
  ],
  defines: { MMD_LEVELS: '2', MMD_PREMAP: '1' },
  entryPoints: [
    'kvm_arch_flush_shadow_all',
    'kvm_mmu_zap_all',
    'kvm_mmu_unload',
    'kvm_mmu_uninit_tdp_mmu',
  ],
  needs: [],
  axes: axes(),
  size: 'small',
  gfns: [0],
};
