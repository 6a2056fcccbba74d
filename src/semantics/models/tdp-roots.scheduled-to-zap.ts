/**
 * The life of a TDP root since a flag, not a gifted reference, says which invalid roots await their zap
 * (arch/x86/kvm/mmu/tdp_mmu.c). A root is born with one reference. Invalidation makes it unreachable for new vCPUs and
 * orders its zap; whoever drops the last reference takes it off the list, and RCU frees it.
 */
import {
  containerOf,
  is_tdp_mmu_page,
  k,
  type kvm,
  type kvm_mmu_page,
  list_del_rcu,
  NULL,
  READ_ONCE,
  tdp_mmu_free_sp_rcu_callback,
  tdp_mmu_zap_root,
} from './language.ts';

/** A reference is had only while there is one: a root whose count reached zero never comes back. */
export function kvm_tdp_mmu_get_root(root: kvm_mmu_page): boolean {
  return k.refcount_inc_not_zero(root.tdp_mmu_root_count);
}

/** The last holder unlinks the root; lockless walkers may still see it until a grace period has passed. */
export function kvm_tdp_mmu_put_root(kvm: kvm, root: kvm_mmu_page): void {
  if (k.refcount_dec_and_test(root.tdp_mmu_root_count)) {
    k.warn(
      !is_tdp_mmu_page(root) || root.role.invalid === 0,
      'a valid root loses its last reference',
    );
    k.spin_lock(kvm.arch.tdp_mmu_pages_lock);
    list_del_rcu(root.link);
    k.spin_unlock(kvm.arch.tdp_mmu_pages_lock);
    k.call_rcu(root.callback_head, tdp_mmu_free_sp_rcu_callback);
  }
}

/** The next root that a reference can be had of; the reference on the one before it is dropped. */
export function tdp_mmu_next_root(kvm: kvm, prev: kvm_mmu_page, onlyValid: boolean): kvm_mmu_page {
  const head = kvm.arch.tdp_mmu_roots;
  let found: kvm_mmu_page = NULL;
  k.lockdep_assert_held(kvm.mmu_lock);
  k.rcu_read_lock();
  let entry = prev === NULL ? READ_ONCE(head.next) : READ_ONCE(prev.link.next);
  while (entry !== head) {
    const root = containerOf(entry, 'kvm_mmu_page', 'link');
    if ((!onlyValid || root.role.invalid === 0) && kvm_tdp_mmu_get_root(root)) {
      found = root;
      break;
    }
    entry = READ_ONCE(entry.next);
  }
  k.rcu_read_unlock();
  if (prev !== NULL) kvm_tdp_mmu_put_root(kvm, prev);
  return found;
}

/** No vCPU takes up a root that is invalid; each is scheduled once. */
export function kvm_tdp_mmu_invalidate_all_roots(kvm: kvm): void {
  const head = kvm.arch.tdp_mmu_roots;
  let entry = head.next;
  while (entry !== head) {
    const root = containerOf(entry, 'kvm_mmu_page', 'link');
    if (root.role.invalid === 0) {
      root.tdp_mmu_scheduled_root_to_zap = true;
      root.role.invalid = 1;
    }
    entry = entry.next;
  }
}

/** Zaps what was scheduled, each root once, and then drops the reference it was born with. */
export function kvm_tdp_mmu_zap_invalidated_roots(kvm: kvm): void {
  k.read_lock(kvm.mmu_lock);
  let root = tdp_mmu_next_root(kvm, NULL, false);
  while (root !== NULL) {
    if (root.tdp_mmu_scheduled_root_to_zap) {
      root.tdp_mmu_scheduled_root_to_zap = false;
      k.warn(root.role.invalid === 0, 'a valid root is scheduled');
      tdp_mmu_zap_root(kvm, root, true);
      kvm_tdp_mmu_put_root(kvm, root);
    }
    root = tdp_mmu_next_root(kvm, root, false);
  }
  k.read_unlock(kvm.mmu_lock);
}
