/**
 * The fast zap of everything while it was one function that took mmu_lock twice (arch/x86/kvm/mmu/mmu.c): all roots become
 * obsolete in one step under the write lock, vCPUs are told to drop them, and the work on them happens afterwards.
 */
import {
  is_obsolete_sp,
  k,
  type kvm,
  kvm_make_all_cpus_request,
  type kvm_page_fault,
  kvm_tdp_mmu_invalidate_all_roots,
  kvm_tdp_mmu_zap_invalidated_roots,
  kvm_test_request,
  type kvm_vcpu,
  kvm_zap_obsolete_pages,
  mmd_request_free_obsolete_roots,
  mmu_invalidate_retry_gfn,
  NULL,
  root_to_sp,
  tdp_mmu_enabled,
} from './language.ts';

/** When it returns, nothing that was mapped before is reachable from any root, once every vCPU has served its request. */
export function kvm_mmu_zap_all_fast(kvm: kvm): void {
  k.lockdep_assert_held(kvm.slots_lock);
  k.write_lock(kvm.mmu_lock);
  // Two generations suffice: the pages of the one before last are gone before slots_lock is.
  kvm.arch.mmu_valid_gen = kvm.arch.mmu_valid_gen === 0 ? 1 : 0;
  if (tdp_mmu_enabled) kvm_tdp_mmu_invalidate_all_roots(kvm);
  kvm_make_all_cpus_request(kvm, mmd_request_free_obsolete_roots());
  kvm_zap_obsolete_pages(kvm);
  k.write_unlock(kvm.mmu_lock);
  if (tdp_mmu_enabled) kvm_tdp_mmu_zap_invalidated_roots(kvm);
}

/** A fault must not install what it found when its root is obsolete or the host's mapping may have changed since. */
export function is_page_fault_stale(vcpu: kvm_vcpu, fault: kvm_page_fault): boolean {
  const root = root_to_sp(vcpu.arch.mmu.root.hpa);
  if (root !== NULL && is_obsolete_sp(vcpu.kvm, root)) return true;
  if (root === NULL && kvm_test_request(mmd_request_free_obsolete_roots(), vcpu)) return true;
  return fault.slot !== NULL && mmu_invalidate_retry_gfn(vcpu.kvm, fault.mmu_seq, fault.gfn);
}
