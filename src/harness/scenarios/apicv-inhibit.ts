import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const apicvInhibit: Scenario = {
  id: 'apicv-inhibit',
  title: 'Inhibition of APICv against a fault on the APIC access page',
  why: 'A fault that saw APICv active must not map the page behind the zap that follows the inhibition.',
  source:
    'arch/x86/kvm/x86.c __kvm_set_or_clear_apicv_inhibit(); mmu.c kvm_faultin_pfn(), kvm_zap_gfn_range()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('inhibitor', 'apicv_inhibit', 'inhibits APICv and zaps the APIC access page'),
  ],
  defines: { MMD_LEVELS: '2', MMD_APIC_SLOT: '1' },
  entryPoints: [...faultPath, 'kvm_zap_gfn_range', 'kvm_apicv_activated'],
  needs: [
    { kind: 'macro', name: 'APIC_ACCESS_PAGE_PRIVATE_MEMSLOT' },
    { kind: 'field', name: 'kvm_arch.apicv_inhibit_reasons' },
  ],
  axes: axes(),
  // What it finds is mostly found with less to explain by the notifiers' scenarios, which come first.
  size: 'medium',
  gfns: [0],
};
