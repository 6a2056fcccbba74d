import type { Edit } from '../scenarios/run-scenario.ts';

export interface Case {
  readonly id: string;
  readonly what: string;
  readonly scenario: string;
  readonly edits: readonly Edit[];
}

const mmu = 'arch/x86/kvm/mmu/mmu.c';
const tdpMmu = 'arch/x86/kvm/mmu/tdp_mmu.c';
const edit = (file: string, from: string, to: string): Edit => ({ file, from, to });
const frontHalf = 'write_lock(&kvm->mmu_lock);\n\t__kvm_mmu_zap_all_fast_front_half(kvm);';
const inFrontHalf = (what: string): Edit => edit(mmu, frontHalf, `${frontHalf}\n\t${what}`);
const noStaleCheck = edit(mmu, 'if (sp && is_obsolete_sp(vcpu->kvm, sp))', 'if (0)');
const unlink =
  'spin_lock(&kvm->arch.tdp_mmu_pages_lock);\n\tlist_del_rcu(&root->link);\n\tspin_unlock(&kvm->arch.tdp_mmu_pages_lock);';
const zapperBug = 'KVM_BUG_ON(!root->role.invalid, kvm);\n\n\t\ttdp_mmu_zap_root';
const warn = (macro: string): Edit => edit(tdpMmu, zapperBug, `${macro};\n\n\t\ttdp_mmu_zap_root`);
const lateRequest: readonly Edit[] = [
  edit(
    mmu,
    '\tkvm_make_all_cpus_request(kvm, KVM_REQ_MMU_FREE_OBSOLETE_ROOTS);\n\n\tkvm_zap_obsolete_pages(kvm);',
    '\tkvm_zap_obsolete_pages(kvm);',
  ),
  edit(
    mmu,
    '\n\t__kvm_mmu_zap_all_fast_back_half(kvm);',
    '\n\tkvm_make_all_cpus_request(kvm, KVM_REQ_MMU_FREE_OBSOLETE_ROOTS);\n\t__kvm_mmu_zap_all_fast_back_half(kvm);',
  ),
];
const onlyInvalidates = edit(mmu, 'kvm_tdp_mmu_zap_invalidated_roots(kvm, true);', '{ }');

/** One mistake each in the embedded tree, and the invariant it breaks. */
export const breaking: readonly Case[] = [
  {
    id: 'spte-outlives-memslot',
    what: 'a deletion that only invalidates',
    scenario: 'memslot-delete',
    edits: [onlyInvalidates],
  },
  {
    id: 'stranded-invalid-root',
    what: 'a deletion that only invalidates',
    scenario: 'memslot-delete',
    edits: [onlyInvalidates],
  },
  {
    id: 'notifier-missed-spte',
    what: 'a fault that does not look at the sequence',
    scenario: 'unmap',
    edits: [
      edit(mmu, 'mmu_invalidate_retry_gfn(vcpu->kvm, fault->mmu_seq, fault->gfn);', 'false;'),
    ],
  },
  {
    id: 'zapped-range-mapped',
    what: 'a zap that leaves out the last page of the range',
    scenario: 'zap-gfn-range-boundaries',
    edits: [
      edit(
        mmu,
        'kvm_tdp_mmu_zap_leafs(kvm, gfn_start, gfn_end, false);',
        'kvm_tdp_mmu_zap_leafs(kvm, gfn_start, gfn_end - 1, false);',
      ),
    ],
  },
  {
    id: 'notifier-missed-spte',
    what: 'an unmap that leaves out the address space of system management mode',
    scenario: 'unmap-smm',
    edits: [
      edit(
        tdpMmu,
        '__for_each_tdp_mmu_root_yield_safe(kvm, root, range->slot->as_id, types)',
        '__for_each_tdp_mmu_root_yield_safe(kvm, root, 0, types)',
      ),
    ],
  },
  {
    id: 'use-after-free',
    what: 'a VM that goes while RCU callbacks are pending',
    scenario: 'vm-destroy',
    edits: [edit(tdpMmu, 'rcu_barrier();', '')],
  },
  {
    id: 'notifier-missed-spte',
    what: 'a release that leaves what invalid roots map',
    scenario: 'release-zap-all-fast',
    edits: [
      edit(
        tdpMmu,
        'for_each_tdp_mmu_root_yield_safe(kvm, root)\n\t\ttdp_mmu_zap_root(kvm, root, false);',
        'for_each_valid_tdp_mmu_root_yield_safe(kvm, root, -1)\n\t\ttdp_mmu_zap_root(kvm, root, false);',
      ),
    ],
  },
  {
    id: 'invalid-root-used',
    what: 'a fault that does not look at its root',
    scenario: 'memslot-delete-survivor',
    edits: [noStaleCheck],
  },
  {
    id: 'root-freed-unzapped',
    what: 'a fault that does not look at its root',
    scenario: 'memslot-delete-survivor',
    edits: [noStaleCheck],
  },
  {
    id: 'request-in-same-section',
    what: 'a request after the lock was dropped',
    scenario: 'zap-all-fast',
    edits: lateRequest,
  },
  {
    id: 'missed-tlb-flush',
    what: 'an unmap that forgets the flush it owes',
    scenario: 'unmap-range',
    edits: [edit(tdpMmu, 'if (!root->role.invalid)\n\t\t\tflush = true;', '')],
  },
  {
    id: 'quirk-read-once',
    what: 'a deletion that reads the quirk twice',
    scenario: 'memslot-delete-quirk-toggled',
    edits: [
      edit(
        mmu,
        'if (kvm_memslot_flush_zap_all(kvm)) {',
        'if (kvm_memslot_flush_zap_all(kvm) && kvm_memslot_flush_zap_all(kvm)) {',
      ),
    ],
  },
  {
    id: 'yield-rule',
    what: 'an unmap that yields without a reference',
    scenario: 'unmap-range',
    edits: [
      edit(
        tdpMmu,
        '__for_each_tdp_mmu_root_yield_safe(kvm, root, range->slot->as_id, types)',
        '__for_each_tdp_mmu_root(kvm, root, range->slot->as_id, types)',
      ),
    ],
  },
  {
    id: 'list-protocol',
    what: 'a root unlinked as if nobody walked the list',
    scenario: 'zap-all-fast',
    edits: [edit(tdpMmu, 'list_del_rcu(&root->link);', 'list_del(&root->link);')],
  },
  {
    id: 'list-protocol',
    what: 'a root unlinked without tdp_mmu_pages_lock',
    scenario: 'zap-all-fast',
    edits: [edit(tdpMmu, unlink, 'list_del_rcu(&root->link);')],
  },
  {
    id: 'use-after-free',
    what: 'page tables freed without a grace period',
    scenario: 'lockless-walk-zap-all-fast',
    edits: [
      edit(
        tdpMmu,
        'call_rcu(&sp->rcu_head, tdp_mmu_free_sp_rcu_callback);',
        'tdp_mmu_free_sp_rcu_callback(&sp->rcu_head);',
      ),
    ],
  },
  {
    id: 'double-free',
    what: 'a shadow page freed twice',
    scenario: 'zap-all-fast',
    edits: [
      edit(
        tdpMmu,
        'kmem_cache_free(mmu_page_header_cache, sp);\n}',
        'kmem_cache_free(mmu_page_header_cache, sp);\n\tkmem_cache_free(mmu_page_header_cache, sp);\n}',
      ),
    ],
  },
  {
    id: 'refcount-misuse',
    what: 'a root without the reference of the MMU',
    scenario: 'zap-all-fast',
    edits: [
      edit(
        tdpMmu,
        'refcount_set(&root->tdp_mmu_root_count, 2);',
        'refcount_set(&root->tdp_mmu_root_count, 1);',
      ),
    ],
  },
  {
    id: 'lock-balance',
    what: 'a zap that keeps mmu_lock',
    scenario: 'zap-gfn-range',
    edits: [
      edit(
        mmu,
        'kvm_mmu_invalidate_end(kvm);\n\n\twrite_unlock(&kvm->mmu_lock);',
        'kvm_mmu_invalidate_end(kvm);',
      ),
    ],
  },
  {
    id: 'lock-order',
    what: 'slots_arch_lock inside of mmu_lock',
    scenario: 'zap-all-fast',
    edits: [
      inFrontHalf('mutex_lock(&kvm->slots_arch_lock);\n\tmutex_unlock(&kvm->slots_arch_lock);'),
    ],
  },
  {
    id: 'lock-order',
    what: 'a lock without a rank, in both orders',
    scenario: 'unmap',
    edits: [
      edit(
        mmu,
        'flush = kvm_tdp_mmu_unmap_gfn_range(kvm, range, flush);',
        '{\n\t\tspin_lock(&kvm->mn_invalidate_lock);\n\t\tspin_lock(&kvm->arch.tdp_mmu_pages_lock);\n\t\tspin_unlock(&kvm->arch.tdp_mmu_pages_lock);\n\t\tspin_unlock(&kvm->mn_invalidate_lock);\n\t\tflush = kvm_tdp_mmu_unmap_gfn_range(kvm, range, flush);\n\t}',
      ),
      edit(
        tdpMmu,
        'list_add_rcu(&root->link, &kvm->arch.tdp_mmu_roots);',
        'spin_lock(&kvm->mn_invalidate_lock);\n\tspin_unlock(&kvm->mn_invalidate_lock);\n\tlist_add_rcu(&root->link, &kvm->arch.tdp_mmu_roots);',
      ),
    ],
  },
  {
    id: 'lockdep-assertion',
    what: 'an assertion that asks for the lock just dropped',
    scenario: 'memslot-delete-idle',
    edits: [
      edit(
        mmu,
        'write_unlock(&kvm->mmu_lock);\n\n\t__kvm_mmu_zap_all_fast_back_half(kvm);',
        '__kvm_mmu_zap_all_fast_back_half(kvm);',
      ),
    ],
  },
  {
    id: 'sleep-in-atomic',
    what: 'a mutex inside of mmu_lock',
    scenario: 'zap-all-fast',
    edits: [
      inFrontHalf('mutex_lock(&kvm->slots_arch_lock);\n\tmutex_unlock(&kvm->slots_arch_lock);'),
    ],
  },
  {
    id: 'rcu-dereference-outside-reader',
    what: 'a walk that does not enter a reader section',
    scenario: 'unmap',
    edits: [
      edit(
        tdpMmu,
        'kvm_mmu_hugepage_adjust(vcpu, fault);\n\n\trcu_read_lock();',
        'kvm_mmu_hugepage_adjust(vcpu, fault);',
      ),
      edit(tdpMmu, 'retry:\n\trcu_read_unlock();\n\treturn ret;', 'retry:\n\treturn ret;'),
    ],
  },
  {
    id: 'data-race',
    what: 'a plain look at what mmu_lock protects',
    scenario: 'zap-all-fast',
    edits: [
      edit(
        mmu,
        'r = RET_PF_RETRY;\n\tread_lock(&vcpu->kvm->mmu_lock);',
        'r = RET_PF_RETRY;\n\tif (vcpu->kvm->arch.mmu_valid_gen > 5)\n\t\treturn r;\n\tread_lock(&vcpu->kvm->mmu_lock);',
      ),
    ],
  },
  ...[
    'KVM_BUG_ON(root->role.invalid, kvm)',
    'WARN_ON(root->role.invalid)',
    'WARN_ON_ONCE(root->role.invalid)',
    'KVM_MMU_WARN_ON(root->role.invalid)',
    'BUG_ON(root->role.invalid)',
  ].map(macro => ({
    id: 'warn-reached',
    what: macro,
    scenario: 'zap-all-fast',
    edits: [warn(macro)],
  })),
  {
    id: 'deadlock',
    what: 'mmu_lock taken again while it is held',
    scenario: 'memslot-delete-idle',
    edits: [
      edit(
        mmu,
        'write_unlock(&kvm->mmu_lock);\n\n\t__kvm_mmu_zap_all_fast_back_half(kvm);',
        '__kvm_mmu_zap_all_fast_back_half(kvm);',
      ),
    ],
  },
  {
    id: 'livelock',
    what: 'a loop without an end',
    scenario: 'zap-all-fast',
    edits: [inFrontHalf('for (;;)\n\t\tcpu_relax();')],
  },
  {
    id: 'leak',
    what: 'a root that is unlinked and never freed',
    scenario: 'zap-all-fast',
    edits: [edit(tdpMmu, 'call_rcu(&root->rcu_head, tdp_mmu_free_sp_rcu_callback);', '')],
  },
  {
    id: 'leak',
    what: 'a splitter that keeps its reference when it fails',
    scenario: 'split-huge',
    edits: [edit(tdpMmu, 'kvm_tdp_mmu_put_root(kvm, root);\n\t\t\tbreak;', 'break;')],
  },
  {
    id: 'sleep-in-atomic',
    what: 'an allocation that may wait inside of mmu_lock',
    scenario: 'split-huge',
    edits: [
      edit(
        tdpMmu,
        'rcu_read_unlock();\n\n\t\t\tif (shared)\n\t\t\t\tread_unlock(&kvm->mmu_lock);',
        'tdp_mmu_free_unused_sp(tdp_mmu_alloc_sp_for_split());\n\t\t\trcu_read_unlock();\n\n\t\t\tif (shared)\n\t\t\t\tread_unlock(&kvm->mmu_lock);',
      ),
    ],
  },
  {
    id: 'frozen-spte-overwritten',
    what: 'a fault that maps over a frozen SPTE',
    scenario: 'zap-all-fast',
    edits: [
      noStaleCheck,
      edit(tdpMmu, 'if (is_frozen_spte(iter.old_spte))\n\t\t\tgoto retry;', ''),
    ],
  },
  {
    id: 'livelock',
    what: 'a walk that starts over each time it gives way',
    scenario: 'wrprot-range',
    edits: [edit(tdpMmu, 'return iter->next_last_level_gfn != iter->yielded_gfn;', 'return true;')],
  },
  {
    id: 'lost-dirty',
    what: 'a collection that does not write-protect',
    scenario: 'dirty-log',
    edits: [
      edit(
        tdpMmu,
        'if (!(iter.old_spte & dbit))\n\t\t\tcontinue;\n\n\t\t/* Hardware',
        'if (dbit)\n\t\t\tcontinue;\n\n\t\t/* Hardware',
      ),
    ],
  },
  {
    id: 'lost-dirty',
    what: 'a huge page made writable for one of its pages',
    scenario: 'dirty-enable-huge',
    edits: [edit(mmu, 'if (sp->role.level > PG_LEVEL_4K &&\n', 'if (0 &&\n')],
  },
  {
    id: 'wild-pointer',
    what: 'a NULL pointer that is followed',
    scenario: 'zap-all-fast',
    edits: [inFrontHalf('WRITE_ONCE(((struct kvm *)NULL)->arch.mmu_valid_gen, 1);')],
  },
  {
    id: 'undefined-behaviour',
    what: 'a division by zero',
    scenario: 'zap-all-fast',
    edits: [inFrontHalf('kvm->arch.mmu_valid_gen = 1 / (kvm->arch.mmu_valid_gen >> 7);')],
  },
];
