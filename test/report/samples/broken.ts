import type { StateSection, Trace } from '../../../src/result.ts';
import { geometry, notRun, patch, replay, result, run, step, violation } from './build.ts';

/** Page tables, TLB and the rest, as a recorder would hand them over. */
function machine(root: string, gfn0: string, tlb: string, pending: string): StateSection[] {
  return [
    { title: 'roots', rows: [{ name: 'root A', value: root }] },
    {
      title: 'page tables',
      rows: [
        { name: 'root A gfn 0', value: gfn0 },
        { name: 'root A gfn 1', value: 'not present' },
      ],
    },
    { title: 'TLB', rows: [{ name: 'vcpu0 gfn 0', value: tlb }] },
    { title: 'requests', rows: [{ name: 'vcpu0', value: pending }] },
  ];
}

const valid = 'valid, 2 references';
const invalid = 'invalid, 2 references';
const present = 'present, writable, pfn 7';

const flush = 'kvm_arch_flush_shadow_memslot';
const front = '__kvm_mmu_zap_all_fast_front_half';

export const trace: Trace = {
  scenario: 'memslot-delete-vs-fault',
  side: { patch: 2, which: 'after' },
  threads: [
    { id: 0, name: 'memslot', role: 'memslot deletion' },
    { id: 1, name: 'vcpu0', role: 'vCPU' },
    { id: 2, name: 'quirk', role: 'quirk toggle' },
  ],
  steps: [
    step(1, ['kvm_tdp_mmu_map', 1180, 'rcu_read_lock();'], [{ kind: 'rcu', text: 'enter' }], {
      state: machine(valid, 'not present', 'empty', 'none'),
    }),
    step(
      1,
      ['kvm_tdp_mmu_map', 1204, 'ret = tdp_mmu_map_handle_target_level(vcpu, fault, &iter);'],
      [{ kind: 'spte', text: 'root A gfn 0: not present -> present' }],
      { state: machine(valid, present, 'empty', 'none') },
    ),
    step(1, ['kvm_tdp_mmu_map', 1210, 'rcu_read_unlock();'], [{ kind: 'rcu', text: 'exit' }], {
      state: machine(valid, present, 'empty', 'none'),
    }),
    step(
      1,
      ['vcpu_enter_guest', 11_020, 'guest runs'],
      [{ kind: 'guest', text: 'enters on root A' }],
      {
        kind: 'hardware',
        state: machine(valid, present, 'pfn 7, writable', 'none'),
      },
    ),
    step(
      0,
      [flush, 7588, 'write_lock(&kvm->mmu_lock);'],
      [{ kind: 'lock', text: 'mmu_lock write' }],
      { state: machine(valid, present, 'pfn 7, writable', 'none') },
    ),
    step(0, [flush, 7590, 'if (kvm_memslot_flush_zap_all(kvm))'], [], {
      label: 'the quirk is on: fast zap',
      state: machine(valid, present, 'pfn 7, writable', 'none'),
    }),
    step(
      0,
      [front, 6402, 'kvm_tdp_mmu_invalidate_roots(kvm, KVM_VALID_ROOTS);'],
      [{ kind: 'spte', text: 'root A: valid -> invalid' }],
      { state: machine(invalid, present, 'pfn 7, writable', 'none') },
    ),
    step(
      0,
      [front, 6410, 'kvm_make_all_cpus_request(kvm, KVM_REQ_MMU_FREE_OBSOLETE_ROOTS);'],
      [{ kind: 'request', text: 'KVM_REQ_MMU_FREE_OBSOLETE_ROOTS to vcpu0' }],
      { state: machine(invalid, present, 'pfn 7, writable', 'FREE_OBSOLETE_ROOTS') },
    ),
    step(
      0,
      [flush, 7598, 'write_unlock(&kvm->mmu_lock);'],
      [{ kind: 'unlock', text: 'mmu_lock write' }],
      { state: machine(invalid, present, 'pfn 7, writable', 'FREE_OBSOLETE_ROOTS') },
    ),
    step(2, ['kvm_vm_ioctl_enable_cap', 6620, 'kvm->arch.disabled_quirks |= cap->args[0];'], [], {
      label: 'SLOT_ZAP_ALL is switched off',
      kind: 'choice',
      choice: 1,
      state: machine(invalid, present, 'pfn 7, writable', 'FREE_OBSOLETE_ROOTS'),
    }),
    step(
      1,
      ['kvm_mmu_free_obsolete_roots', 5102, '__kvm_mmu_free_obsolete_roots(kvm, mmu);'],
      [{ kind: 'guest', text: 'leaves the guest, services the request' }],
      { state: machine('invalid, 1 reference', present, 'empty', 'none') },
    ),
    step(
      1,
      ['kvm_tdp_mmu_put_root', 88, 'if (!refcount_dec_and_test(&root->tdp_mmu_root_count))'],
      [{ kind: 'refcount', text: 'root A: 2 -> 1' }],
      { state: machine('invalid, 1 reference', present, 'empty', 'none') },
    ),
    step(0, [flush, 7600, 'if (kvm_memslot_flush_zap_all(kvm))'], [], {
      label: 'the quirk is off now: the back half is skipped',
      state: machine('invalid, 1 reference', present, 'empty', 'none'),
    }),
    step(0, [flush, 7602, 'return;'], [{ kind: 'check', text: 'the memslot is gone' }], {
      state: machine('invalid, 1 reference', present, 'empty', 'none'),
    }),
    step(0, [flush, 7602, '}'], [{ kind: 'warn', text: 'root A gfn 0 is still present' }], {
      state: machine('invalid, 1 reference', present, 'empty', 'none'),
    }),
  ],
  violation: {
    invariant: 'spte-outlives-memslot',
    text: 'a present SPTE for gfn 0 is still reachable from root A when the deletion returns',
    thread: 0,
  },
  replay: { ...replay, geometry },
  notes: ['shortest of 3 schedules that reach this'],
};

export const broken = result(
  'broken',
  [
    patch(1, 2, {
      subject: 'KVM: x86/mmu: Split the fast zap into two halves',
      nfc: { claimed: true, holds: true, why: 'same outcomes in 2 of 2 scenarios' },
    }),
    patch(2, 2, {
      subject: 'KVM: x86/mmu: Query the zap-all quirk where it is needed',
      verdict: 'broken',
      helpers: [
        { name: flush, file: 'arch/x86/kvm/mmu/mmu.c', change: 'modified', reach: 'direct' },
        {
          name: 'kvm_memslot_flush_zap_all',
          file: 'arch/x86/kvm/mmu/mmu.c',
          change: 'added',
          reach: 'direct',
        },
      ],
      nfc: {
        claimed: true,
        holds: false,
        why: 'spte-outlives-memslot breaks in memslot-delete-vs-fault',
      },
      violations: [
        violation({ counterexample: trace }),
        violation({
          invariant: 'quirk-read-once',
          scenario: 'memslot-delete-quirk-toggled',
          summary: 'one memslot deletion reads SLOT_ZAP_ALL twice',
          identity: 'quirk-read-once|SLOT_ZAP_ALL|memslot|twice',
          counterexample: null,
        }),
        violation({
          invariant: 'data-race',
          status: 'pre-existing',
          scenario: 'zap-all-fast-vs-load',
          summary: 'kvm.arch.disabled_quirks is read without a lock while another thread writes it',
          identity: 'data-race|kvm.arch.disabled_quirks|memslot|plain',
          counterexample: null,
        }),
      ],
      deltas: [
        {
          kind: 'protocol',
          scenario: 'memslot-delete-vs-fault',
          thread: 'memslot deletion',
          helper: flush,
          summary: 'mmu_lock is taken once instead of twice',
          before: 'lock mmu_lock, unlock, lock mmu_lock, unlock',
          after: 'lock mmu_lock, unlock',
          witness: null,
        },
      ],
      scenarios: [
        run('memslot-delete-vs-fault'),
        run('memslot-delete-quirk-toggled', { axes: ['tdp', 'quirk toggled'] }),
        run('zap-all-fast-vs-load', {
          exhaustive: false,
          states: 2_000_000,
          why: 'ended by the bound of 2000000 states',
        }),
        notRun('nx-recovery-vs-fault', 'no changed helper is reachable from it'),
      ],
    }),
  ],
  {
    series: {
      subject: 'KVM: x86/mmu: Delete memslots with less locking',
      version: 'v2',
      total: 2,
      coverLetter: 'KVM: x86/mmu: Delete memslots with less locking',
      missing: [],
      reconstructed: false,
    },
  },
);
