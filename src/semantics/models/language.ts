/**
 * What reference models are written in: the kernel's records and services as TypeScript sees them. Nothing here runs;
 * `compile/from-typescript` gives every name the meaning it has in the tree at hand. See docs/model-language.md.
 */
export interface list_head {
  next: list_head;
  prev: list_head;
}
/** Locks, counters and RCU heads are handed to services as they are. */
export interface Handle {
  readonly opaque: unique symbol;
}
export interface kvm_mmu_page_role {
  invalid: number;
  level: number;
}
export interface kvm_mmu_page {
  link: list_head;
  role: kvm_mmu_page_role;
  tdp_mmu_root_count: Handle;
  tdp_mmu_scheduled_root_to_zap: boolean;
  callback_head: Handle;
}
export interface kvm_arch {
  tdp_mmu_roots: list_head;
  tdp_mmu_pages_lock: Handle;
  mmu_valid_gen: number;
}
export interface kvm {
  arch: kvm_arch;
  mmu_lock: Handle;
  slots_lock: Handle;
}
export interface kvm_mmu {
  root: { hpa: bigint };
}
export interface kvm_vcpu {
  kvm: kvm;
  arch: { mmu: kvm_mmu };
}
export interface kvm_memory_slot {
  flags: number;
}
export interface kvm_page_fault {
  slot: kvm_memory_slot;
  mmu_seq: bigint;
  gfn: bigint;
}

interface Services {
  warn(condition: boolean, note: string): boolean;
  refcount_dec_and_test(counter: Handle): boolean;
  refcount_inc_not_zero(counter: Handle): boolean;
  spin_lock(lock: Handle): void;
  spin_unlock(lock: Handle): void;
  read_lock(lock: Handle): void;
  read_unlock(lock: Handle): void;
  write_lock(lock: Handle): void;
  write_unlock(lock: Handle): void;
  rcu_read_lock(): void;
  rcu_read_unlock(): void;
  lockdep_assert_held(lock: Handle): void;
  call_rcu(head: Handle, callback: (head: Handle) => void): void;
}

/** The simulated kernel. */
export declare const k: Services;
export declare const NULL: never;
/** A load that others may race with. */
export declare function READ_ONCE<V>(value: V): V;
/** The record whose member `p` points at. */
export declare function containerOf(
  p: list_head,
  record: 'kvm_mmu_page',
  member: 'link',
): kvm_mmu_page;

// Helpers of the tree, lifted or with a reference of their own.
export declare const tdp_mmu_enabled: boolean;
/** KVM_REQ_MMU_FREE_OBSOLETE_ROOTS: macros have no name here, so the environment says it. */
export declare function mmd_request_free_obsolete_roots(): number;
export declare function kvm_tdp_mmu_invalidate_all_roots(kvm: kvm): void;
export declare function kvm_tdp_mmu_zap_invalidated_roots(kvm: kvm): void;
export declare function is_tdp_mmu_page(sp: kvm_mmu_page): boolean;
export declare function is_obsolete_sp(kvm: kvm, sp: kvm_mmu_page): boolean;
export declare function list_del_rcu(entry: list_head): void;
export declare function root_to_sp(hpa: bigint): kvm_mmu_page;
export declare function mmu_invalidate_retry_gfn(kvm: kvm, seq: bigint, gfn: bigint): boolean;
export declare function tdp_mmu_free_sp_rcu_callback(head: Handle): void;
export declare function tdp_mmu_zap_root(kvm: kvm, root: kvm_mmu_page, shared: boolean): void;
export declare function kvm_zap_obsolete_pages(kvm: kvm): void;
export declare function kvm_make_all_cpus_request(kvm: kvm, request: number): boolean;
export declare function kvm_test_request(request: number, vcpu: kvm_vcpu): boolean;
