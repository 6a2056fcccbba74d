/**
 * Macros that are never expanded: they stay calls, to be given meaning by the simulated kernel, or by the lifter
 * where the expansion would only hide what is meant (`container_of`, `min`). A name the tree defines as a function
 * needs no entry here. List helpers and `guard()` are expanded: their meaning is their code.
 */
export const opaqueNames: ReadonlySet<string> = new Set(
  `
inline __inline __inline__
READ_ONCE WRITE_ONCE READ_ONCE_NOCHECK data_race ASSERT_EXCLUSIVE_WRITER ASSERT_EXCLUSIVE_ACCESS
WARN_ON WARN_ON_ONCE WARN WARN_ONCE WARN_TAINT WARN_ON_SMP BUG BUG_ON VM_BUG_ON VM_WARN_ON VM_WARN_ON_ONCE CHECK_DATA_CORRUPTION
KVM_BUG KVM_BUG_ON KVM_BUG_ON_DATA_CORRUPTION KVM_MMU_WARN_ON MMU_WARN_ON
pr_err pr_warn pr_info pr_debug pr_notice pr_cont pr_crit pr_alert pr_emerg pr_devel pr_err_ratelimited
pr_warn_ratelimited pr_info_ratelimited pr_debug_ratelimited pr_notice_ratelimited pr_info_once pr_warn_once
pr_err_once pr_notice_once printk printk_once printk_ratelimited dump_stack
kvm_err kvm_info kvm_debug kvm_debug_ratelimited kvm_pr_unimpl vcpu_unimpl vcpu_debug vcpu_err
lockdep_assert lockdep_assert_once lockdep_assert_held lockdep_assert_not_held lockdep_assert_held_write
lockdep_assert_held_read lockdep_assert_held_once lockdep_assert_none_held_once lockdep_assert_irqs_enabled
lockdep_assert_irqs_disabled lockdep_assert_in_irq lockdep_assert_preemption_enabled
lockdep_assert_preemption_disabled lockdep_is_held lockdep_is_held_type lockdep_set_class lockdep_init_map
RCU_LOCKDEP_WARN
rcu_dereference rcu_dereference_check rcu_dereference_protected rcu_dereference_raw rcu_dereference_raw_check
rcu_dereference_bh rcu_dereference_sched rcu_assign_pointer RCU_INIT_POINTER rcu_access_pointer rcu_replace_pointer
rcu_pointer_handoff unrcu_pointer srcu_dereference srcu_dereference_check srcu_dereference_notrace
kfree_rcu kfree_rcu_mightsleep kvfree_rcu kvfree_rcu_mightsleep call_rcu call_srcu init_srcu_struct
xchg xchg64 xchg_relaxed xchg_acquire xchg_release cmpxchg cmpxchg64 cmpxchg_relaxed cmpxchg_acquire cmpxchg_release
cmpxchg_local cmpxchg64_local try_cmpxchg try_cmpxchg64 try_cmpxchg_relaxed try_cmpxchg_acquire try_cmpxchg_release
try_cmpxchg64_relaxed try_cmpxchg_local sync_cmpxchg
mb rmb wmb smp_mb smp_rmb smp_wmb smp_mb__before_atomic smp_mb__after_atomic smp_mb__after_spinlock
smp_mb__after_unlock_lock smp_mb__after_srcu_read_unlock smp_mb__before_srcu_read_unlock smp_load_acquire
smp_store_release smp_store_mb smp_cond_load_acquire smp_cond_load_relaxed smp_acquire__after_ctrl_dep barrier barrier_nospec
spin_lock_init raw_spin_lock_init rwlock_init mutex_init __mutex_init mutex_lock mutex_lock_nested mutex_lock_nest_lock
mutex_lock_interruptible mutex_lock_killable mutex_lock_io mutex_unlock mutex_destroy init_rwsem
down_read down_write up_read up_write
read_lock read_unlock write_lock write_unlock read_trylock write_trylock write_lock_nested read_lock_irq read_unlock_irq
read_lock_irqsave read_unlock_irqrestore write_lock_irq write_unlock_irq write_lock_irqsave write_unlock_irqrestore
read_lock_bh read_unlock_bh write_lock_bh write_unlock_bh
spin_lock_nested spin_lock_irqsave spin_lock_irqsave_nested spin_lock_nest_lock
raw_spin_lock raw_spin_unlock raw_spin_trylock raw_spin_lock_irq raw_spin_unlock_irq raw_spin_lock_irqsave
raw_spin_unlock_irqrestore raw_spin_lock_nested spin_trylock_irqsave
rwlock_needbreak cond_resched cond_resched_lock cond_resched_rwlock_read cond_resched_rwlock_write cond_resched_rcu
might_sleep might_sleep_if might_lock might_lock_read might_fault need_resched preempt_disable preempt_enable
preempt_enable_no_resched preempt_check_resched preemptible in_task in_interrupt
local_irq_save local_irq_restore local_irq_disable local_irq_enable irqs_disabled local_save_flags
init_waitqueue_head wait_event wait_event_interruptible wait_event_killable wake_up wake_up_all wake_up_interruptible
init_swait_queue_head prepare_to_rcuwait rcuwait_wait_event set_current_state __set_current_state
INIT_WORK INIT_DELAYED_WORK INIT_RCU_WORK flush_workqueue
min max min3 max3 min_t max_t min_not_zero clamp clamp_t clamp_val swap umin umax ARRAY_SIZE struct_size array_size
container_of container_of_const offsetof offsetofend sizeof_field
static_branch_unlikely static_branch_likely static_key_enabled static_branch_inc static_branch_dec
static_branch_enable static_branch_disable static_call static_call_cond static_call_update static_call_query
static_call_mod
per_cpu per_cpu_ptr this_cpu_read this_cpu_write this_cpu_ptr this_cpu_inc this_cpu_dec this_cpu_add raw_cpu_ptr
raw_cpu_read raw_cpu_write __this_cpu_read __this_cpu_write __this_cpu_inc __this_cpu_dec __this_cpu_add
__this_cpu_preempt_check smp_processor_id raw_smp_processor_id get_cpu put_cpu get_cpu_ptr put_cpu_ptr get_cpu_var
put_cpu_var
KMEM_CACHE kmem_cache_create kmem_cache_alloc kmem_cache_zalloc kvmalloc kvzalloc kvcalloc kvmalloc_array kmalloc
kzalloc kcalloc kmalloc_array vmalloc vzalloc vcalloc __vcalloc __get_free_page get_zeroed_page alloc_page alloc_pages
kmalloc_obj kzalloc_obj kvmalloc_obj kvzalloc_obj kmalloc_objs kzalloc_objs kvmalloc_objs kvzalloc_objs
kthread_run kthread_create
copy_from_user copy_to_user get_user put_user __get_user __put_user __copy_from_user unsafe_get_user unsafe_put_user
cpu_feature_enabled boot_cpu_has boot_cpu_has_bug static_cpu_has static_cpu_has_bug cpu_has cpu_has_bug this_cpu_has
BUILD_BUG BUILD_BUG_ON BUILD_BUG_ON_MSG BUILD_BUG_ON_INVALID BUILD_BUG_ON_NOT_POWER_OF_2
`
    .trim()
    .split(/\s+/),
);

/**
 * Definitions that win over the tree's: annotations that only checkers and section placement read, and constructs
 * whose expansion is machinery (module parameters, exports) that no model wants.
 */
export const shims = `
#define __always_inline inline
#define noinline
#define noinline_for_stack
#define notrace
#define noinstr
#define asmlinkage
#define __must_check
#define __malloc
#define __printf(...)
#define __scanf(...)
#define __cold
#define __pure
#define __attribute_const__
#define __always_unused
#define __maybe_unused
#define __used
#define __init
#define __exit
#define __initdata
#define __ref
#define __read_mostly
#define __ro_after_init
#define __no_kasan_or_inline inline
#define __no_sanitize_or_inline inline
#define __alloc_size(...)
#define __realloc_size(...)
#define __nonnull(...)
#define likely(x) (!!(x))
#define unlikely(x) (!!(x))
#define BUILD_BUG_ON_ZERO(...) ((int)0)
#define BUILD_BUG_ON_ZERO_MSG(...) ((int)0)
#define __BUILD_BUG_ON_ZERO_MSG(...) ((int)0)
#define __must_be_array(a) ((int)0)
#define __must_be_noncstr(a) ((int)0)
#define __must_be_cstr(a) ((int)0)
#define GENMASK_INPUT_CHECK(h, l) 0
#define EXPORT_SYMBOL(...)
#define EXPORT_SYMBOL_GPL(...)
#define EXPORT_SYMBOL_NS_GPL(...)
#define EXPORT_SYMBOL_FOR_MODULES(...)
#define EXPORT_SYMBOL_GPL_FOR_MODULES(...)
#define EXPORT_SYMBOL_FOR_KVM(...)
#define EXPORT_SYMBOL_FOR_KVM_INTERNAL(...)
#define EXPORT_TRACEPOINT_SYMBOL_GPL(...)
#define EXPORT_STATIC_CALL_GPL(...)
#define EXPORT_STATIC_CALL_TRAMP_GPL(...)
#define MODULE_PARM_DESC(...)
#define module_param(...)
#define module_param_named(...)
#define module_param_named_unsafe(...)
#define module_param_cb(...)
#define module_param_call(...)
#define MODULE_LICENSE(...)
#define MODULE_AUTHOR(...)
#define MODULE_DESCRIPTION(...)
#define MODULE_INFO(...)
#define MODULE_ALIAS(...)
#define module_init(...)
#define module_exit(...)
`;
