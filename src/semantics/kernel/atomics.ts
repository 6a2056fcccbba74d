/**
 * Atomic operations: Documentation/atomic_t.txt, atomic_bitops.txt, include/linux/refcount.h. Each is one step.
 */
import { describeSite, event, type Machine } from './machine.ts';

type Prim = (...args: number[]) => number;

export function atomicPrimitives(m: Machine): Record<string, Prim> {
  const p = { ...exchanges(m), ...refcounts(m), ...counters(m), ...counters64(m), ...bits(m) };
  for (const name of Object.keys(p)) if (BLIND_ADD.test(name)) p[name] = blind(m, p[name] as Prim);
  return p;
}

/** Adds to a counter without a result. */
const BLIND_ADD = /^p_atomic(?:64|_long)?_(?:inc|dec|add|sub)$/;

function blind(m: Machine, run: Prim): Prim {
  return (...args) => {
    m.conflicts.adding = true;
    try {
      return run(...args);
    } finally {
      m.conflicts.adding = false;
    }
  };
}

function exchanges(m: Machine): Record<string, Prim> {
  const { R } = m;
  return {
    p_xchg32: (a, v, site) => {
      const old = m.read(a as number, site as number);
      m.store(a as number, v as number, site as number);
      return old;
    },
    p_xchg64: (a, lo, hi, site) => {
      const oldLo = m.read(a as number, site as number);
      const oldHi = m.read((a as number) + 4, site as number);
      m.store(a as number, lo as number, site as number);
      m.store((a as number) + 4, hi as number, site as number);
      R[0] = oldHi;
      return oldLo;
    },
    p_cmpxchg32: (a, old, v, site) => {
      const now = m.read(a as number, site as number);
      if (now === old) m.store(a as number, v as number, site as number);
      return now;
    },
    p_cmpxchg64: (a, oldLo, oldHi, lo, hi, site) => {
      const nowLo = m.read(a as number, site as number);
      const nowHi = m.read((a as number) + 4, site as number);
      if (nowLo === oldLo && nowHi === oldHi) {
        m.store(a as number, lo as number, site as number);
        m.store((a as number) + 4, hi as number, site as number);
      }
      R[0] = nowHi;
      return nowLo;
    },
    p_try_cmpxchg32: (a, oldp, v, site) => {
      const now = m.read(a as number, site as number);
      if (now === m.read(oldp as number, site as number)) {
        m.store(a as number, v as number, site as number);
        return 1;
      }
      m.store(oldp as number, now, site as number);
      return 0;
    },
    p_try_cmpxchg64: (a, oldp, lo, hi, site) => {
      const s = site as number;
      const nowLo = m.read(a as number, s);
      const nowHi = m.read((a as number) + 4, s);
      if (nowLo === m.read(oldp as number, s) && nowHi === m.read((oldp as number) + 4, s)) {
        m.store(a as number, lo as number, s);
        m.store((a as number) + 4, hi as number, s);
        return 1;
      }
      m.store(oldp as number, nowLo, s);
      m.store((oldp as number) + 4, nowHi, s);
      return 0;
    },
  };
}

function refcounts(m: Machine): Record<string, Prim> {
  const misuse = (text: string, site: number): void => {
    m.report('refcount-misuse', `${text} in ${describeSite(m, site)}`, site, false);
  };
  const put = (a: number, by: number, site: number): number => {
    const now = m.read(a, site);
    if (now < by) {
      m.report(
        'refcount-misuse',
        `refcount underflow: ${now} - ${by}, in ${describeSite(m, site)}`,
        site,
        true,
      );
    }
    m.store(a, now - by, site);
    if (m.trace !== null) event(m, 'refcount', `${now} -> ${now - by}`, site);
    return now - by;
  };
  const get = (a: number, by: number, site: number): void => {
    const now = m.read(a, site);
    m.store(a, now + by, site);
    if (m.trace !== null) event(m, 'refcount', `${now} -> ${now + by}`, site);
  };
  const incFromZero = (a: number, by: number, site: number): number => {
    if (m.read(a, site) === 0) misuse('a reference is taken from zero', site);
    get(a, by, site);
    return 0;
  };
  const incNotZero = (a: number, by: number, site: number): number => {
    if (m.read(a, site) === 0) return 0;
    get(a, by, site);
    return 1;
  };
  return {
    p_refcount_set: (a, v, site) => {
      event(m, 'refcount', `set to ${v}`, site as number);
      m.store(a as number, v as number, site as number);
      return 0;
    },
    p_refcount_read: (a, site) => m.read(a as number, site as number),
    p_refcount_inc: (a, site) => incFromZero(a as number, 1, site as number),
    p_refcount_add: (n, a, site) => incFromZero(a as number, n as number, site as number),
    p_refcount_inc_not_zero: (a, site) => incNotZero(a as number, 1, site as number),
    p_refcount_add_not_zero: (n, a, site) => incNotZero(a as number, n as number, site as number),
    p_refcount_dec_and_test: (a, site) => (put(a as number, 1, site as number) === 0 ? 1 : 0),
    p_refcount_sub_and_test: (n, a, site) =>
      put(a as number, n as number, site as number) === 0 ? 1 : 0,
    p_refcount_dec: (a, site) => {
      if (put(a as number, 1, site as number) === 0)
        misuse('refcount_dec() drops the last reference', site as number);
      return 0;
    },
    p_refcount_dec_not_one: (a, site) => {
      if (m.read(a as number, site as number) === 1) return 0;
      put(a as number, 1, site as number);
      return 1;
    },
    p_refcount_dec_if_one: (a, site) => {
      if (m.read(a as number, site as number) !== 1) return 0;
      put(a as number, 1, site as number);
      return 1;
    },
  };
}

function counters(m: Machine): Record<string, Prim> {
  const p: Record<string, Prim> = {};
  const add = (a: number, by: number, site: number): number => {
    const next = (m.read(a, site) + by) | 0;
    m.store(a, next, site);
    return next;
  };
  const a = 'p_atomic_';
  p[`${a}read`] = p[`${a}read_acquire`] = (x, site) => m.read(x as number, site as number);
  p[`${a}set`] = p[`${a}set_release`] = (x, v, site) => {
    m.store(x as number, v as number, site as number);
    return 0;
  };
  p[`${a}inc`] = p[`${a}inc_return`] = (x, site) => add(x as number, 1, site as number);
  p[`${a}dec`] = p[`${a}dec_return`] = (x, site) => add(x as number, -1, site as number);
  p[`${a}add`] = p[`${a}add_return`] = (n, x, site) =>
    add(x as number, n as number, site as number);
  p[`${a}sub`] = p[`${a}sub_return`] = (n, x, site) =>
    add(x as number, -(n as number), site as number);
  p[`${a}fetch_add`] = (n, x, site) =>
    (add(x as number, n as number, site as number) - (n as number)) | 0;
  p[`${a}dec_and_test`] = (x, site) => (add(x as number, -1, site as number) === 0 ? 1 : 0);
  p[`${a}inc_and_test`] = (x, site) => (add(x as number, 1, site as number) === 0 ? 1 : 0);
  p[`${a}sub_and_test`] = (n, x, site) =>
    add(x as number, -(n as number), site as number) === 0 ? 1 : 0;
  p[`${a}inc_not_zero`] = (x, site) => {
    if (m.read(x as number, site as number) === 0) return 0;
    add(x as number, 1, site as number);
    return 1;
  };
  const update =
    (fn: (old: number, operand: number) => number): Prim =>
    (v, x, site) => {
      const old = m.read(x as number, site as number);
      m.store(x as number, fn(old, v as number), site as number);
      return old;
    };
  p[`${a}fetch_and`] = p[`${a}and`] = update((old, v) => old & v);
  p[`${a}fetch_or`] = p[`${a}or`] = update((old, v) => old | v);
  p[`${a}fetch_andnot`] = update((old, v) => old & ~v);
  p[`${a}try_cmpxchg`] = exchanges(m)['p_try_cmpxchg32'] as Prim;
  p[`${a}xchg`] = (x, v, site) => {
    const old = m.read(x as number, site as number);
    m.store(x as number, v as number, site as number);
    return old;
  };
  p[`${a}cmpxchg`] = (x, old, v, site) => {
    const now = m.read(x as number, site as number);
    if (now === old) m.store(x as number, v as number, site as number);
    return now;
  };
  return p;
}

/** atomic64_t and atomic_long_t; results carry their high word in R[0]. */
function counters64(m: Machine): Record<string, Prim> {
  const { R } = m;
  const p: Record<string, Prim> = {};
  const add = (a: number, lo: number, hi: number, site: number): number => {
    const oldLo = m.read(a, site);
    const sum = (oldLo + lo) | 0;
    const carry = sum >>> 0 < oldLo >>> 0 ? 1 : 0;
    const sumHi = (m.read(a + 4, site) + hi + carry) | 0;
    m.store(a, sum, site);
    m.store(a + 4, sumHi, site);
    R[0] = sumHi;
    return sum;
  };
  const read: Prim = (x, site) => {
    R[0] = m.read((x as number) + 4, site as number);
    return m.read(x as number, site as number);
  };
  const set: Prim = (x, lo, hi, site) => {
    m.store(x as number, lo as number, site as number);
    m.store((x as number) + 4, hi as number, site as number);
    return 0;
  };
  for (const a of ['p_atomic64_', 'p_atomic_long_']) {
    p[`${a}read`] = p[`${a}read_acquire`] = read;
    p[`${a}set`] = p[`${a}set_release`] = set;
    p[`${a}inc`] = p[`${a}inc_return`] = (x, site) => add(x as number, 1, 0, site as number);
    p[`${a}dec`] = p[`${a}dec_return`] = (x, site) => add(x as number, -1, -1, site as number);
    p[`${a}add`] = p[`${a}add_return`] = (lo, hi, x, site) =>
      add(x as number, lo as number, hi as number, site as number);
    p[`${a}sub`] = p[`${a}sub_return`] = (lo, hi, x, site) => {
      const negLo = -(lo as number) | 0;
      const negHi = (~(hi as number) + (negLo === 0 ? 1 : 0)) | 0;
      return add(x as number, negLo, negHi, site as number);
    };
    p[`${a}dec_and_test`] = (x, site) =>
      add(x as number, -1, -1, site as number) === 0 && R[0] === 0 ? 1 : 0;
    const update =
      (fn: (old: number, operand: number) => number): Prim =>
      (lo, hi, x, site) => {
        const oldLo = m.read(x as number, site as number);
        const oldHi = m.read((x as number) + 4, site as number);
        m.store(x as number, fn(oldLo, lo as number), site as number);
        m.store((x as number) + 4, fn(oldHi, hi as number), site as number);
        R[0] = oldHi;
        return oldLo;
      };
    p[`${a}fetch_and`] = p[`${a}and`] = update((old, v) => old & v);
    p[`${a}fetch_or`] = p[`${a}or`] = update((old, v) => old | v);
    p[`${a}fetch_andnot`] = update((old, v) => old & ~v);
    p[`${a}try_cmpxchg`] = exchanges(m)['p_try_cmpxchg64'] as Prim;
  }
  return p;
}

/** Bit numbers index an array of 64-bit words. */
function bits(m: Machine): Record<string, Prim> {
  const cell = (n: number, a: number): number => a + (n >> 5) * 4;
  const set = (n: number, a: number, on: boolean, site: number): number => {
    const at = cell(n, a);
    const bit = 1 << (n & 31);
    const old = m.read(at, site);
    m.store(at, on ? old | bit : old & ~bit, site);
    return (old & bit) !== 0 ? 1 : 0;
  };
  const p: Record<string, Prim> = {};
  const arity =
    (fn: (n: number, a: number, site: number) => number): Prim =>
    (...args) =>
      // The bit number is a long: two words, or one where the prototype says int.
      args.length === 4
        ? fn(args[0] as number, args[2] as number, args[3] as number)
        : fn(args[0] as number, args[1] as number, args[2] as number);
  p['p_set_bit'] =
    p['p___set_bit'] =
    p['p_test_and_set_bit'] =
    p['p___test_and_set_bit'] =
      arity((n, a, site) => set(n, a, true, site));
  p['p_clear_bit'] =
    p['p___clear_bit'] =
    p['p_test_and_clear_bit'] =
    p['p___test_and_clear_bit'] =
      arity((n, a, site) => set(n, a, false, site));
  p['p_test_bit'] =
    p['p_arch_test_bit'] =
    p['p_test_bit_acquire'] =
      arity((n, a, site) => ((m.read(cell(n, a), site) & (1 << (n & 31))) !== 0 ? 1 : 0));
  return p;
}
