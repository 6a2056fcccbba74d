/**
 * Names that are not lifted but provided by the simulated kernel. Macros stand here by the way their arguments are
 * read; functions by name alone (their types come from the tree's own prototypes).
 */
import type { AccessMode } from '../ir/ir.ts';

/** `X(lvalue)`: a load with the given ordering (Documentation/memory-barriers.txt, include/linux/rcupdate.h). */
export const LOAD_MACROS: Readonly<Record<string, AccessMode>> = {
  READ_ONCE: 'marked',
  __READ_ONCE: 'marked',
  READ_ONCE_NOCHECK: 'marked',
  rcu_dereference: 'marked',
  rcu_dereference_check: 'marked',
  rcu_dereference_raw: 'marked',
  rcu_dereference_raw_check: 'marked',
  rcu_dereference_protected: 'plain',
  srcu_dereference: 'marked',
  srcu_dereference_check: 'marked',
  rcu_access_pointer: 'marked',
  unrcu_pointer: 'plain',
};

/** `X(lvalue, value)`: a store with the given ordering. */
export const STORE_MACROS: Readonly<Record<string, AccessMode>> = {
  WRITE_ONCE: 'marked',
  __WRITE_ONCE: 'marked',
  rcu_assign_pointer: 'release',
  RCU_INIT_POINTER: 'marked',
};

/** `X(pointer, operands...)`: atomic read-modify-write; the value is the old one, or success for try_cmpxchg. */
export const ATOMIC_MACROS: Readonly<Record<string, 'xchg' | 'cmpxchg' | 'try_cmpxchg'>> = {
  xchg: 'xchg',
  xchg64: 'xchg',
  xchg_relaxed: 'xchg',
  xchg_acquire: 'xchg',
  xchg_release: 'xchg',
  cmpxchg: 'cmpxchg',
  cmpxchg64: 'cmpxchg',
  cmpxchg_relaxed: 'cmpxchg',
  cmpxchg_acquire: 'cmpxchg',
  cmpxchg_release: 'cmpxchg',
  cmpxchg_local: 'cmpxchg',
  try_cmpxchg: 'try_cmpxchg',
  try_cmpxchg64: 'try_cmpxchg',
  try_cmpxchg_relaxed: 'try_cmpxchg',
  try_cmpxchg_acquire: 'try_cmpxchg',
  try_cmpxchg_release: 'try_cmpxchg',
};

/** Condition is the first argument; the value is the condition's truth. */
export const WARN_MACROS = new Set([
  'WARN_ON',
  'WARN_ON_ONCE',
  'WARN',
  'WARN_ONCE',
  'WARN_RATELIMIT',
  'KVM_MMU_WARN_ON',
  'MMU_WARN_ON',
  'KVM_BUG_ON',
  'KVM_BUG',
  'KVM_BUG_ON_DATA_CORRUPTION',
  'BUG_ON',
  'VM_BUG_ON',
  'VM_WARN_ON_ONCE',
  'VM_WARN_ON',
]);

/** Evaluate nothing, do nothing. */
export const SILENT_MACROS = new Set([
  'pr_err',
  'pr_warn',
  'pr_info',
  'pr_debug',
  'pr_notice',
  'printk',
  'printk_once',
  'pr_info_once',
  'pr_warn_once',
  'pr_err_once',
  'pr_err_ratelimited',
  'pr_warn_ratelimited',
  'pr_info_ratelimited',
  'pr_debug_ratelimited',
  'dump_stack',
  'vcpu_unimpl',
  'kvm_err',
  'kvm_debug',
  'kvm_info',
  'BUILD_BUG_ON',
  'BUILD_BUG_ON_MSG',
  'BUILD_BUG_ON_INVALID',
  'BUILD_BUG',
  'BUILD_BUG_ON_NOT_POWER_OF_2',
  'compiletime_assert',
  'static_assert',
  'might_lock',
  'might_fault',
  'might_alloc',
  'lockdep_assert_once',
  'lockdep_assert_none_held_once',
  'RCU_LOCKDEP_WARN',
  'lockdep_set_class',
  'lockdep_init_map',
  'instrument_atomic_write',
  'ASSERT_EXCLUSIVE_WRITER',
  'ASSERT_EXCLUSIVE_ACCESS',
  'kcsan_disable_current',
  'kcsan_enable_current',
  'barrier',
  'barrier_nospec',
  'cpu_relax',
  '__builtin_unreachable',
  'unreachable',
  'rcu_lockdep_assert',
  'prefetch',
  'prefetchw',
  'lockdep_assert_irqs_enabled',
  'lockdep_assert_irqs_disabled',
  'lockdep_assert_preemption_disabled',
  'kunit_fail_current_test',
  'kvm_mmu_audit',
  'fallthrough',
  '__kvm_mmu_audit',
  'kvm_debug_ratelimited',
  'pr_cont',
  'KVM_EXT_SYMBOL',
  'EXPORT_SYMBOL_GPL',
]);

/**
 * Services with an exact meaning in `semantics/kernel`. `point`: suspends before it runs. A value of `void` here
 * means "use the prototype in the tree when there is one".
 */
export interface Primitive {
  readonly returns: 'void' | 'int' | 'bool' | 'pointer' | 'u64' | 'prototype';
  readonly point: PointKind | null;
}
export type PointKind =
  | 'access'
  | 'read-lock'
  | 'write-lock'
  | 'spin-lock'
  | 'mutex-lock'
  | 'unlock'
  | 'rcu'
  | 'choice'
  | 'sync'
  | 'guest'
  | 'flush'
  | 'request'
  | 'quiet';

const p = (returns: Primitive['returns'], point: PointKind | null): Primitive => ({
  returns,
  point,
});

export const PRIMITIVES: ReadonlyMap<string, Primitive> = new Map(
  Object.entries({
    // rwlock_t: kernel/locking/qrwlock.c
    read_lock: p('void', 'read-lock'),
    read_unlock: p('void', 'unlock'),
    write_lock: p('void', 'write-lock'),
    write_unlock: p('void', 'unlock'),
    read_trylock: p('int', 'access'),
    write_trylock: p('int', 'access'),
    rwlock_is_contended: p('int', 'choice'),
    rwlock_needbreak: p('int', 'choice'),
    // spinlock_t, struct mutex
    spin_lock: p('void', 'spin-lock'),
    spin_unlock: p('void', 'unlock'),
    spin_trylock: p('int', 'access'),
    raw_spin_lock: p('void', 'spin-lock'),
    raw_spin_unlock: p('void', 'unlock'),
    spin_lock_irq: p('void', 'spin-lock'),
    spin_unlock_irq: p('void', 'unlock'),
    mutex_lock: p('void', 'mutex-lock'),
    mutex_unlock: p('void', 'unlock'),
    mutex_trylock: p('int', 'access'),
    mutex_lock_nested: p('void', 'mutex-lock'),
    spin_lock_init: p('void', null),
    rwlock_init: p('void', null),
    mutex_init: p('void', null),
    raw_spin_lock_init: p('void', null),
    init_srcu_struct: p('int', null),
    cleanup_srcu_struct: p('void', null),
    // RCU and SRCU: Documentation/RCU/Design/Requirements
    rcu_read_lock: p('void', null),
    rcu_read_unlock: p('void', 'rcu'),
    rcu_read_lock_held: p('int', null),
    rcu_lockdep_reader: p('void', null),
    rcu_lockdep_held: p('void', null),
    preempt_disable: p('void', null),
    preempt_enable: p('void', 'rcu'),
    local_irq_disable: p('void', null),
    local_irq_enable: p('void', 'rcu'),
    local_irq_save: p('void', null),
    local_irq_restore: p('void', 'rcu'),
    call_rcu: p('void', 'access'),
    kfree_rcu: p('void', 'access'),
    synchronize_rcu: p('void', 'sync'),
    rcu_barrier: p('void', 'sync'),
    srcu_read_lock: p('int', null),
    srcu_read_unlock: p('void', 'rcu'),
    synchronize_srcu: p('void', 'sync'),
    synchronize_srcu_expedited: p('void', 'sync'),
    srcu_read_lock_held: p('int', null),
    kvm_vcpu_srcu_read_lock: p('void', null),
    kvm_vcpu_srcu_read_unlock: p('void', 'rcu'),
    smp_mb: p('void', null),
    smp_rmb: p('void', null),
    smp_wmb: p('void', null),
    mb: p('void', null),
    rmb: p('void', null),
    wmb: p('void', null),
    smp_mb__before_atomic: p('void', null),
    smp_mb__after_atomic: p('void', null),
    smp_mb__after_srcu_read_unlock: p('void', null),
    smp_mb__after_srcu_read_lock: p('void', null),
    smp_acquire__after_ctrl_dep: p('void', null),
    // lockdep
    lockdep_assert_held: p('void', null),
    lockdep_assert_held_write: p('void', null),
    lockdep_assert_held_read: p('void', null),
    lockdep_assert_not_held: p('void', null),
    lockdep_is_held: p('int', null),
    lockdep_is_held_type: p('int', null),
    // scheduling
    need_resched: p('int', 'choice'),
    cond_resched: p('int', null),
    might_sleep: p('void', null),
    cond_resched_rwlock_read: p('int', 'unlock'),
    cond_resched_rwlock_write: p('int', 'unlock'),
    cond_resched_lock: p('int', 'unlock'),
    schedule: p('void', null),
    signal_pending: p('int', 'choice'),
    // refcount_t: lib/refcount.c
    refcount_set: p('void', 'access'),
    refcount_read: p('int', 'access'),
    refcount_inc: p('void', 'access'),
    refcount_inc_not_zero: p('int', 'access'),
    refcount_dec_and_test: p('int', 'access'),
    refcount_dec: p('void', 'access'),
    refcount_add: p('void', 'access'),
    refcount_add_not_zero: p('int', 'access'),
    refcount_sub_and_test: p('int', 'access'),
    refcount_dec_not_one: p('int', 'access'),
    refcount_dec_if_one: p('int', 'access'),
    // atomic_t, atomic64_t: Documentation/atomic_t.txt
    ...Object.fromEntries(
      ['atomic', 'atomic64', 'atomic_long'].flatMap(a => [
        [`${a}_read`, p('prototype', 'access')],
        [`${a}_read_acquire`, p('prototype', 'access')],
        [`${a}_set`, p('void', 'access')],
        [`${a}_inc`, p('void', 'access')],
        [`${a}_dec`, p('void', 'access')],
        [`${a}_add`, p('void', 'access')],
        [`${a}_sub`, p('void', 'access')],
        [`${a}_inc_return`, p('prototype', 'access')],
        [`${a}_dec_return`, p('prototype', 'access')],
        [`${a}_add_return`, p('prototype', 'access')],
        [`${a}_sub_return`, p('prototype', 'access')],
        [`${a}_fetch_add`, p('prototype', 'access')],
        [`${a}_dec_and_test`, p('int', 'access')],
        [`${a}_inc_and_test`, p('int', 'access')],
        [`${a}_sub_and_test`, p('int', 'access')],
        [`${a}_inc_not_zero`, p('int', 'access')],
        [`${a}_fetch_and`, p('prototype', 'access')],
        [`${a}_fetch_or`, p('prototype', 'access')],
        [`${a}_fetch_andnot`, p('prototype', 'access')],
        [`${a}_and`, p('void', 'access')],
        [`${a}_or`, p('void', 'access')],
        [`${a}_try_cmpxchg`, p('int', 'access')],
        [`${a}_xchg`, p('prototype', 'access')],
        [`${a}_cmpxchg`, p('prototype', 'access')],
        [`${a}_set_release`, p('void', 'access')],
      ]),
    ),
    // bit operations: Documentation/atomic_bitops.txt
    set_bit: p('void', 'access'),
    clear_bit: p('void', 'access'),
    test_bit: p('int', 'access'),
    test_and_set_bit: p('int', 'access'),
    test_and_clear_bit: p('int', 'access'),
    __set_bit: p('void', null),
    __clear_bit: p('void', null),
    __test_and_set_bit: p('int', null),
    __test_and_clear_bit: p('int', null),
    arch_test_bit: p('int', 'access'),
    test_bit_acquire: p('int', 'access'),
    bitmap_empty: p('int', null),
    // memory
    kmem_cache_alloc: p('pointer', null),
    kmem_cache_zalloc: p('pointer', null),
    kmem_cache_free: p('void', 'access'),
    kfree: p('void', 'access'),
    kvfree: p('void', 'access'),
    kmalloc: p('pointer', null),
    kzalloc: p('pointer', null),
    get_zeroed_page: p('u64', null),
    __get_free_page: p('u64', null),
    free_page: p('void', 'access'),
    free_pages: p('void', 'access'),
    kvm_mmu_memory_cache_alloc: p('pointer', null),
    kvm_mmu_topup_memory_cache: p('int', null),
    __kvm_mmu_topup_memory_cache: p('int', null),
    kvm_mmu_memory_cache_nr_free_objects: p('int', null),
    kvm_mmu_free_memory_cache: p('void', null),
    __pa: p('u64', null),
    __va: p('pointer', null),
    __phys_addr: p('u64', null),
    virt_to_page: p('pointer', null),
    sptep_to_sp: p('pointer', null),
    to_shadow_page: p('pointer', null),
    set_page_private: p('void', null),
    page_private: p('u64', null),
    pfn_to_page: p('pointer', null),
    memset: p('pointer', null),
    memcpy: p('pointer', null),
    clear_page: p('void', null),
    memset64: p('pointer', null),
    // bit searches: include/asm-generic/bitops/
    __ffs: p('u64', null),
    ffs: p('int', null),
    __fls: p('u64', null),
    fls: p('int', null),
    fls64: p('int', null),
    ffz: p('u64', null),
    hweight64: p('u64', null),
    hweight32: p('int', null),
    get_current: p('pointer', null),
    // intrinsics of the scenario drivers
    mmd_choice: p('int', 'choice'),
    mmd_guest_enter: p('void', null),
    mmd_guest_exit: p('void', null),
    mmd_guest_wait: p('int', 'guest'),
    mmd_tlb_flush_vcpu: p('void', null),
    mmd_host_pfn: p('u64', 'access'),
    mmd_host_unmap: p('void', 'access'),
    mmd_host_free: p('void', 'access'),
    mmd_page_use: p('void', 'access'),
    mmd_check_slot_gone: p('void', null),
    mmd_check: p('void', null),
    mmd_op_begin: p('void', null),
    mmd_op_end: p('void', null),
    mmd_act_as: p('void', null),
    mmd_rest: p('void', 'quiet'),
    mmd_start: p('void', 'request'),
    mmd_kick_all: p('void', 'access'),
    mmd_wait_kicked: p('void', 'sync'),
    mmd_progress: p('void', null),
  }),
);

/** Macro names the front end must leave as calls, beyond its own list: whatever has a meaning here. */
export const modelledNames: ReadonlySet<string> = new Set([
  ...PRIMITIVES.keys(),
  ...Object.keys(LOAD_MACROS),
  ...Object.keys(STORE_MACROS),
  ...Object.keys(ATOMIC_MACROS),
  ...WARN_MACROS,
  'array_index_mask_nospec',
]);
