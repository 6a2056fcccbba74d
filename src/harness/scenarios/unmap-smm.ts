import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const unmapSmm: Scenario = {
  id: 'unmap-smm',
  title: 'mmu_notifier unmap with a vCPU in system management mode',
  why: 'One page of the host lies behind two address spaces, each with page tables of its own: it has to go from both.',
  source:
    'arch/x86/kvm/mmu/mmu_internal.h kvm_mmu_page_as_id(); virt/kvm/kvm_main.c kvm_handle_hva_range()',
  threads: [
    vcpuThread(0, 'faults and runs in system management mode'),
    vcpuThread(1, 'stays in userspace with its root loaded', 'vcpu_idle'),
    hostThread('notifier', 'notifier_unmap', 'the host takes a page away and frees it'),
  ],
  defines: { MMD_LEVELS: '2', MMD_PREMAP: '1', MMD_NR_VCPUS: '2', MMD_SMM: '1' },
  entryPoints: [...faultPath, 'kvm_unmap_gfn_range'],
  needs: [{ kind: 'field', name: 'kvm_mmu_page_role.smm' }],
  axes: axes({ vcpus: 2, smm: true }),
  size: 'small',
  gfns: [0],
};
