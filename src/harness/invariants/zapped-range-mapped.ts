import type { Invariant } from './invariant.ts';

export const zappedRangeMapped: Invariant = {
  id: 'zapped-range-mapped',
  scope: 'protocol',
  says: 'A range that was zapped for good stays unmapped: all of it is gone when the zap returns, and no fault that began before it maps a page of it again.',
  why: 'The guest would go on using a page that a change of the VM took away from it, such as the APIC access page.',
  source:
    'arch/x86/kvm/mmu/mmu.c kvm_zap_gfn_range(); arch/x86/kvm/x86.c __kvm_set_or_clear_apicv_inhibit()',
  example: [
    'vcpu0: faults on the APIC access page while APICv is active',
    'inhibitor: inhibits APICv and zaps the page, without a sequence count',
    'vcpu0: maps the page',
  ],
};
