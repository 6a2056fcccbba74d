/**
 * What a C litmus test may use of the kernel, so that no kernel tree is needed: types, prototypes of the primitives the
 * simulated kernel provides, and the rest in terms of those. On x86 every ordering of an atomic read-modify-write is the
 * same locked instruction, and a failing conditional operation may not even execute one (arch/x86/include/asm/atomic.h).
 */
const types = `
typedef signed char s8; typedef unsigned char u8; typedef short s16; typedef unsigned short u16;
typedef int s32; typedef unsigned int u32; typedef long s64; typedef unsigned long u64;
typedef signed char int8_t; typedef unsigned char uint8_t; typedef short int16_t; typedef unsigned short uint16_t;
typedef int int32_t; typedef unsigned int uint32_t; typedef long int64_t; typedef unsigned long uint64_t;
typedef long intptr_t; typedef unsigned long uintptr_t; typedef unsigned long size_t; typedef _Bool bool;
typedef int atomic_t; typedef long atomic64_t; typedef long atomic_long_t; typedef int refcount_t;
typedef int spinlock_t; typedef int raw_spinlock_t; typedef int rwlock_t;
typedef int atomic_int; typedef unsigned int atomic_uint; typedef long atomic_long; typedef int atomic_bool;
struct mutex { int locked; };
struct srcu_struct { int unused; };
#define NULL ((void *)0)
#define true 1
#define false 0
#define volatile
#define __user
#define __rcu
#define ACCESS_ONCE(x) READ_ONCE(x)
`;

/** Operations whose type the lifter takes from a prototype. */
function prototypes(): string {
  const lines = ['int refcount_read(const refcount_t *r);'];
  for (const [prefix, type] of [
    ['atomic', 'int'],
    ['atomic64', 'long'],
    ['atomic_long', 'long'],
  ] as const) {
    for (const name of ['read', 'read_acquire', 'inc_return', 'dec_return'])
      lines.push(`${type} ${prefix}_${name}(${prefix}_t *v);`);
    for (const name of ['add_return', 'sub_return', 'fetch_add'])
      lines.push(`${type} ${prefix}_${name}(${type} i, ${prefix}_t *v);`);
    for (const name of ['set', 'set_release'])
      lines.push(`void ${prefix}_${name}(${prefix}_t *v, ${type} i);`);
    for (const name of ['add', 'sub'])
      lines.push(`void ${prefix}_${name}(${type} i, ${prefix}_t *v);`);
    for (const name of ['inc', 'dec']) lines.push(`void ${prefix}_${name}(${prefix}_t *v);`);
  }
  for (const name of ['set_bit', 'clear_bit', '__set_bit', '__clear_bit'])
    lines.push(`void ${name}(long nr, unsigned long *addr);`);
  for (const name of ['test_bit', 'test_and_set_bit', 'test_and_clear_bit'])
    lines.push(`int ${name}(long nr, unsigned long *addr);`);
  return lines.join('\n');
}

/** Atomic operations the simulated kernel has no primitive for; the prefix wins over a primitive's name. */
function atomics(prefix: 'atomic' | 'atomic64' | 'atomic_long'): string {
  const t = prefix === 'atomic' ? 'int' : 'long';
  const v = `${prefix}_t *v`;
  const loop = (name: string, expr: string): string => `
static ${t} ${prefix}_fetch_${name}(${t} i, ${v}) {
  ${t} old;
  do old = READ_ONCE(*v); while (cmpxchg(v, old, ${expr}) != old);
  return old;
}
static void ${prefix}_${name}(${t} i, ${v}) { ${prefix}_fetch_${name}(i, v); }`;
  const wide =
    prefix === 'atomic'
      ? ''
      : `
static ${t} mmd_replace__${prefix}_fetch_add(${t} i, ${v}) { return ${prefix}_add_return(i, v) - i; }
static ${t} mmd_replace__${prefix}_xchg(${v}, ${t} n) { return xchg(v, n); }
static ${t} mmd_replace__${prefix}_cmpxchg(${v}, ${t} old, ${t} n) { return cmpxchg(v, old, n); }
static int mmd_replace__${prefix}_inc_and_test(${v}) { return ${prefix}_add_return(1, v) == 0; }
static int mmd_replace__${prefix}_sub_and_test(${t} i, ${v}) { return ${prefix}_sub_return(i, v) == 0; }
static int mmd_replace__${prefix}_inc_not_zero(${v}) { return ${prefix}_add_unless(v, 1, 0); }`;
  return `
static ${t} ${prefix}_fetch_add_unless(${v}, ${t} a, ${t} u) {
  for (;;) {
    ${t} old = READ_ONCE(*v);
    if (old == u || cmpxchg(v, old, old + a) == old) return old;
  }
}
static int ${prefix}_add_unless(${v}, ${t} a, ${t} u) { return ${prefix}_fetch_add_unless(v, a, u) != u; }
static int ${prefix}_try_cmpxchg(${v}, ${t} *old, ${t} n) { return try_cmpxchg(v, old, n); }
static ${t} ${prefix}_dec_if_positive(${v}) {
  for (;;) {
    ${t} old = READ_ONCE(*v);
    if (old - 1 < 0 || cmpxchg(v, old, old - 1) == old) return old - 1;
  }
}
${wide}
static ${t} ${prefix}_fetch_sub(${t} i, ${v}) { return ${prefix}_fetch_add(-i, v); }
static ${t} ${prefix}_fetch_inc(${v}) { return ${prefix}_fetch_add(1, v); }
static ${t} ${prefix}_fetch_dec(${v}) { return ${prefix}_fetch_add(-1, v); }
static int ${prefix}_add_negative(${t} i, ${v}) { return ${prefix}_add_return(i, v) < 0; }
${loop('and', 'old & i')}${loop('or', 'old | i')}${loop('xor', 'old ^ i')}${loop('andnot', 'old & ~i')}`;
}

/** The `_relaxed`, `_acquire` and `_release` forms. */
function orderings(): string {
  const ops =
    `add_return sub_return inc_return dec_return fetch_add fetch_sub fetch_inc fetch_dec fetch_and fetch_or
    fetch_xor fetch_andnot xchg cmpxchg try_cmpxchg add_negative`.split(/\s+/);
  const lines: string[] = [];
  for (const order of ['relaxed', 'acquire', 'release']) {
    for (const prefix of ['atomic', 'atomic64', 'atomic_long']) {
      for (const op of ops)
        lines.push(`#define ${prefix}_${op}_${order}(...) ${prefix}_${op}(__VA_ARGS__)`);
    }
  }
  return lines.join('\n');
}

/**
 * A reader section and a grace period may begin in either order: one reads and the other writes a common place, which
 * makes the beginning of a section a point where others can run. Holding a spinlock is a reader section as well.
 */
const rcu = `
static int mmd_grace;
static void mmd_replace__rcu_read_lock(void) { READ_ONCE(mmd_grace); rcu_read_lock(); }
static void mmd_replace__synchronize_rcu(void) { WRITE_ONCE(mmd_grace, 0); synchronize_rcu(); }
static int mmd_replace__srcu_read_lock(struct srcu_struct *ssp) { READ_ONCE(mmd_grace); return srcu_read_lock(ssp); }
static void mmd_replace__synchronize_srcu(struct srcu_struct *ssp) { WRITE_ONCE(mmd_grace, 0); synchronize_srcu(ssp); }
static void mmd_replace__spin_lock(spinlock_t *l) { READ_ONCE(mmd_grace); spin_lock(l); }
static void mmd_replace__read_lock(rwlock_t *l) { READ_ONCE(mmd_grace); read_lock(l); }
static void mmd_replace__write_lock(rwlock_t *l) { READ_ONCE(mmd_grace); write_lock(l); }
static void mmd_replace__preempt_disable(void) { READ_ONCE(mmd_grace); preempt_disable(); }
static void mmd_replace__local_irq_disable(void) { READ_ONCE(mmd_grace); local_irq_disable(); }
#define rcu_read_lock_bh() rcu_read_lock()
#define rcu_read_unlock_bh() rcu_read_unlock()
#define rcu_read_lock_sched() rcu_read_lock()
#define rcu_read_unlock_sched() rcu_read_unlock()
#define synchronize_rcu_expedited() synchronize_rcu()
#define synchronize_sched() synchronize_rcu()
#define synchronize_rcu_bh() synchronize_rcu()
#define synchronize_srcu_expedited(s) synchronize_srcu(s)
#define srcu_down_read(s) srcu_read_lock(s)
#define srcu_up_read(s, i) srcu_read_unlock(s, i)
#define rcu_dereference_bh(p) rcu_dereference(p)
#define rcu_dereference_sched(p) rcu_dereference(p)
#define lockless_dereference(p) READ_ONCE(p)
`;

const others = `
#define smp_mb__after_spinlock() smp_mb__after_atomic()
#define smp_mb__before_spinlock() smp_mb__before_atomic()
#define smp_mb__after_unlock_lock() smp_mb__after_atomic()
#define smp_mb__before_srcu_read_unlock() smp_mb__before_atomic()
#define smp_read_barrier_depends() do { } while (0)
#define read_barrier_depends() do { } while (0)
#define dma_rmb() smp_rmb()
#define dma_wmb() smp_wmb()
#define smp_store_mb(var, value) do { xchg(&(var), value); } while (0)
#define xchg_relaxed(p, v) xchg(p, v)
#define xchg_acquire(p, v) xchg(p, v)
#define xchg_release(p, v) xchg(p, v)
#define smp_cond_load_relaxed(p, test) ({ typeof(*(p)) VAL; for (;;) { VAL = READ_ONCE(*(p)); if (test) break; } VAL; })
#define smp_cond_load_acquire(p, test) smp_cond_load_relaxed(p, test)
#define spin_is_locked(s) (READ_ONCE(*(s)) != 0)
#define spin_unlock_wait(s) do { while (READ_ONCE(*(s)) != 0) ; } while (0)
#define spin_lock_irqsave(s, f) spin_lock(s)
#define spin_unlock_irqrestore(s, f) spin_unlock(s)
#define spin_lock_bh(s) spin_lock(s)
#define spin_unlock_bh(s) spin_unlock(s)
#define kfree(p) do { } while (0)
`;

/** C11's atomics as GCC compiles them for x86. */
const c11 = `
#define memory_order_relaxed 0
#define memory_order_consume 1
#define memory_order_acquire 2
#define memory_order_release 3
#define memory_order_acq_rel 4
#define memory_order_seq_cst 5
#define atomic_load_explicit(p, o) READ_ONCE(*(p))
#define atomic_load(p) READ_ONCE(*(p))
#define atomic_store_explicit(p, v, o) do { if ((o) == memory_order_seq_cst) xchg(p, v); else WRITE_ONCE(*(p), v); } while (0)
#define atomic_store(p, v) do { xchg(p, v); } while (0)
#define atomic_exchange_explicit(p, v, o) xchg(p, v)
#define atomic_exchange(p, v) xchg(p, v)
#define mmd_fetch(p, expr) ({ typeof(*(p)) mmd_was; do mmd_was = READ_ONCE(*(p)); while (cmpxchg(p, mmd_was, expr) != mmd_was); mmd_was; })
#define atomic_fetch_add_explicit(p, v, o) mmd_fetch(p, mmd_was + (v))
#define atomic_fetch_sub_explicit(p, v, o) mmd_fetch(p, mmd_was - (v))
#define atomic_fetch_or_explicit(p, v, o) mmd_fetch(p, mmd_was | (v))
#define atomic_fetch_and_explicit(p, v, o) mmd_fetch(p, mmd_was & (v))
#define atomic_fetch_xor_explicit(p, v, o) mmd_fetch(p, mmd_was ^ (v))
#define atomic_compare_exchange_strong_explicit(p, e, v, s, f) try_cmpxchg(p, e, v)
#define atomic_compare_exchange_weak_explicit(p, e, v, s, f) try_cmpxchg(p, e, v)
#define atomic_compare_exchange_strong(p, e, v) try_cmpxchg(p, e, v)
#define atomic_thread_fence(o) do { if ((o) == memory_order_seq_cst) smp_mb(); } while (0)
`;

export const kernelHeader = [
  types,
  prototypes(),
  atomics('atomic'),
  atomics('atomic64'),
  atomics('atomic_long'),
  orderings(),
  others,
  c11,
  rcu,
].join('\n');

/** Macros of the header, which the front end must expand even where it would keep a kernel's own. */
export const headerMacros: ReadonlySet<string> = new Set(
  [...kernelHeader.matchAll(/^#define\s+(\w+)/gm)].map(([, name]) => name as string),
);
