import type { Invariant } from './invariant.ts';

export const spteOutlivesMemslot: Invariant = {
  id: 'spte-outlives-memslot',
  scope: 'protocol',
  says: 'When a memslot deletion or move returns, no present SPTE for its gfns is reachable from any root, valid or invalid, and no running vCPU can still use a TLB entry for them.',
  why: 'After the deletion mmu_notifiers no longer find the slot, so nobody would take the mapping away when userspace frees the memory.',
  source:
    'virt/kvm/kvm_main.c kvm_set_memslot(); arch/x86/kvm/mmu/mmu.c kvm_arch_flush_shadow_memslot()',
  example: [
    'vcpu0 faults gfn 0 in under root R',
    'memslot: invalidates R, makes the request, unlocks, and returns without zapping R',
    'the SPTE of gfn 0 is still present under the invalid root R',
  ],
};
