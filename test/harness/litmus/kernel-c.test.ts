import { describe, expect, test } from 'vitest';
import { runLitmus } from '../../../src/harness/litmus/run.ts';
import { allBut, type Case, c, digits } from './cases.ts';

const xy = 'int *x, int *y';

const ordering: readonly Case[] = [
  c(
    'marked SB',
    ['WRITE_ONCE(*x, 1); int r = READ_ONCE(*y);', 'WRITE_ONCE(*y, 1); int r = READ_ONCE(*x);'],
    xy,
    '0:r; 1:r;',
    '00 01 10 11',
  ),
  c('plain SB', ['*x = 1; int r = *y;', '*y = 1; int r = *x;'], xy, '0:r; 1:r;', '00 01 10 11'),
  c(
    'SB with smp_mb()',
    [
      'WRITE_ONCE(*x, 1); smp_mb(); int r = READ_ONCE(*y);',
      'WRITE_ONCE(*y, 1); smp_mb(); int r = READ_ONCE(*x);',
    ],
    xy,
    '0:r; 1:r;',
    '01 10 11',
  ),
  c(
    'smp_wmb() lets a store wait',
    [
      'WRITE_ONCE(*x, 1); smp_wmb(); int r = READ_ONCE(*y);',
      'WRITE_ONCE(*y, 1); smp_mb(); int r = READ_ONCE(*x);',
    ],
    xy,
    '0:r; 1:r;',
    '00 01 10 11',
  ),
  c(
    'acquire and release do not order SB',
    [
      'smp_store_release(x, 1); int r = smp_load_acquire(y);',
      'smp_store_release(y, 1); int r = smp_load_acquire(x);',
    ],
    xy,
    '0:r; 1:r;',
    '00 01 10 11',
  ),
  c(
    'smp_store_mb()',
    ['smp_store_mb(*x, 1); int r = READ_ONCE(*y);', 'smp_store_mb(*y, 1); int r = READ_ONCE(*x);'],
    xy,
    '0:r; 1:r;',
    '01 10 11',
  ),
  c(
    'xchg_relaxed() is locked all the same',
    [
      'int s = xchg_relaxed(x, 1); int r = READ_ONCE(*y);',
      'int s = xchg(y, 1); int r = READ_ONCE(*x);',
    ],
    xy,
    '0:r; 1:r;',
    '01 10 11',
  ),
  c(
    'release to acquire',
    ['*x = 1; smp_store_release(y, 1);', 'int r = smp_load_acquire(y); int s = *x;'],
    xy,
    '1:r; 1:s;',
    '00 01 11',
  ),
  c(
    'publish and subscribe',
    [
      'WRITE_ONCE(*x, 1); rcu_assign_pointer(*p, x);',
      'int *r = rcu_dereference(*p); int s = 7; if (r) s = READ_ONCE(*r);',
    ],
    'int *x, int **p',
    '1:r; 1:s;',
    '07 x1',
  ),
];

const atomics: readonly Case[] = [
  c('two increments', ['atomic_inc(v);', 'atomic_add(2, v);'], 'atomic_t *v', 'v;', '3'),
  c(
    'one of two wins',
    ['int r = atomic_cmpxchg(v, 0, 1);', 'int r = atomic_cmpxchg(v, 0, 2);'],
    'atomic_t *v',
    '0:r; 1:r; v;',
    '011 202',
  ),
  c(
    'the last of two',
    ['int r = atomic_dec_and_test(v);', 'int r = atomic_dec_and_test(v);'],
    'atomic_t *v',
    '0:r; 1:r;',
    '00',
  ),
  c(
    'fetch_or',
    ['int r = atomic_fetch_or(1, v);', 'int r = atomic_fetch_or(2, v);'],
    'atomic_t *v',
    '0:r; 1:r; v;',
    '013 203',
  ),
  c(
    'add_unless',
    ['int r = atomic_add_unless(v, 5, 0);', 'atomic_set(v, 2);'],
    'atomic_t *v',
    '0:r; v;',
    '02 17',
  ),
  c(
    '64 bits',
    ['int r = atomic64_add_return(3, v);', 'atomic64_inc(v);'],
    'atomic64_t *v',
    '0:r; v;',
    '34 44',
  ),
];

const reader = 'rcu_read_lock(); int r = READ_ONCE(*x); int s = READ_ONCE(*y); rcu_read_unlock();';
const rcu: readonly Case[] = [
  c(
    'a grace period outlasts the reader',
    ['WRITE_ONCE(*x, 1); synchronize_rcu(); WRITE_ONCE(*y, 1);', reader],
    xy,
    '1:r; 1:s;',
    '00 10 11',
  ),
  c(
    'the reader in the other order',
    [
      'WRITE_ONCE(*x, 1); synchronize_rcu(); WRITE_ONCE(*y, 1);',
      'rcu_read_lock(); int r = READ_ONCE(*y); int s = READ_ONCE(*x); rcu_read_unlock();',
    ],
    xy,
    '1:r; 1:s;',
    '00 01 11',
  ),
  c(
    'a reader that stores',
    [
      'WRITE_ONCE(*x, 1); synchronize_rcu(); int r = READ_ONCE(*y);',
      'rcu_read_lock(); WRITE_ONCE(*y, 1); int r = READ_ONCE(*x); rcu_read_unlock();',
    ],
    xy,
    '0:r; 1:r;',
    '01 10 11',
  ),
  c(
    'no reader section, no promise',
    [
      'WRITE_ONCE(*x, 1); synchronize_rcu(); int r = READ_ONCE(*y);',
      'WRITE_ONCE(*y, 1); int r = READ_ONCE(*x);',
    ],
    xy,
    '0:r; 1:r;',
    '00 01 10 11',
  ),
  c(
    'a reader may begin after the grace period did',
    [
      'synchronize_rcu(); WRITE_ONCE(*x, 1);',
      'rcu_read_lock(); int r = READ_ONCE(*x); int s = READ_ONCE(*x); rcu_read_unlock();',
    ],
    'int *x',
    '1:r; 1:s;',
    '00 01 11',
  ),
  c(
    'a held spinlock is a reader',
    [
      'WRITE_ONCE(*x, 1); synchronize_rcu(); WRITE_ONCE(*y, 1);',
      'spin_lock(l); int r = READ_ONCE(*x); int s = READ_ONCE(*y); spin_unlock(l);',
    ],
    `${xy}, spinlock_t *l`,
    '1:r; 1:s;',
    '00 10 11',
  ),
  c(
    'SRCU',
    [
      'WRITE_ONCE(*x, 1); synchronize_srcu(d); WRITE_ONCE(*y, 1);',
      'int i = srcu_read_lock(d); int r = READ_ONCE(*x); int s = READ_ONCE(*y); srcu_read_unlock(d, i);',
    ],
    `${xy}, struct srcu_struct *d`,
    '1:r; 1:s;',
    '00 10 11',
  ),
];

const locked = (lock: string, body: string): string =>
  `${lock}_lock(l); ${body} ${lock}_unlock(l);`;
const locks: readonly Case[] = [
  c(
    'a spinlock makes two steps one',
    [locked('spin', 'int r = *x; *x = r + 1;'), locked('spin', 'int r = *x; *x = r + 1;')],
    'int *x, spinlock_t *l',
    'x;',
    '2',
  ),
  c(
    'and without it one is lost',
    ['int r = *x; *x = r + 1;', 'int r = *x; *x = r + 1;'],
    'int *x',
    'x;',
    '1 2',
  ),
  c(
    'an unlock is no full barrier',
    [
      `${locked('spin', 'WRITE_ONCE(*x, 1);')} int r = READ_ONCE(*y);`,
      'WRITE_ONCE(*y, 1); smp_mb(); int r = READ_ONCE(*x);',
    ],
    `${xy}, spinlock_t *l`,
    '0:r; 1:r;',
    '00 01 10 11',
  ),
  c(
    'a later lock is',
    [
      `${locked('spin', 'WRITE_ONCE(*x, 1);')} ${locked('spin', '')} int r = READ_ONCE(*y);`,
      'WRITE_ONCE(*y, 1); smp_mb(); int r = READ_ONCE(*x);',
    ],
    `${xy}, spinlock_t *l`,
    '0:r; 1:r;',
    '01 10 11',
  ),
  c(
    'handover from writer to reader',
    [locked('write', '*x = 1; *y = 1;'), locked('read', 'int r = *x; int s = *y;')],
    `${xy}, rwlock_t *l`,
    '1:r; 1:s;',
    '00 11',
  ),
  c(
    'handover from reader to writer',
    [
      locked('read', 'int r = READ_ONCE(*x); int s = READ_ONCE(*x);'),
      locked('write', 'WRITE_ONCE(*x, 1);'),
    ],
    'int *x, rwlock_t *l',
    '0:r; 0:s;',
    '00 11',
  ),
  c(
    'readers that leave together let a writer in',
    [
      'read_lock(l); WRITE_ONCE(*x, 1); read_unlock(l);',
      'read_lock(l); WRITE_ONCE(*y, 1); read_unlock(l);',
      'write_lock(l); WRITE_ONCE(*z, 1); write_unlock(l);',
    ],
    `${xy}, int *z, rwlock_t *l`,
    'l; z;',
    '01',
  ),
  c(
    'readers share',
    [
      locked('read', 'WRITE_ONCE(*x, 1); smp_mb(); int r = READ_ONCE(*y);'),
      locked('read', 'WRITE_ONCE(*y, 1); smp_mb(); int r = READ_ONCE(*x);'),
    ],
    `${xy}, rwlock_t *l`,
    '0:r; 1:r;',
    '01 10 11',
  ),
  c(
    'writers do not',
    [
      locked('write', 'WRITE_ONCE(*x, 1); int r = READ_ONCE(*y);'),
      locked('write', 'WRITE_ONCE(*y, 1); int r = READ_ONCE(*x);'),
    ],
    `${xy}, rwlock_t *l`,
    '0:r; 1:r;',
    '01 10',
  ),
  c(
    'trylock',
    [
      'int r = spin_trylock(l); if (r) spin_unlock(l);',
      'int r = spin_trylock(l); if (r) spin_unlock(l);',
    ],
    'spinlock_t *l',
    '0:r; 1:r;',
    '01 10 11',
  ),
];

const control: readonly Case[] = [
  c(
    'a loop waits',
    [
      'WRITE_ONCE(*x, 1); smp_store_release(y, 1);',
      'while (!READ_ONCE(*y)) ; int r = READ_ONCE(*x);',
    ],
    xy,
    '1:r;',
    '1',
  ),
  c(
    'branches',
    [
      'int r = READ_ONCE(*x); if (r) { WRITE_ONCE(*y, 2); } else { WRITE_ONCE(*y, 1); }',
      'WRITE_ONCE(*x, 1);',
    ],
    xy,
    '0:r; y;',
    '01 12',
  ),
  c(
    'nested registers',
    [
      'if (READ_ONCE(*x)) { int r = READ_ONCE(*y); }',
      'WRITE_ONCE(*y, 1); smp_wmb(); WRITE_ONCE(*x, 1);',
    ],
    xy,
    '0:r;',
    '0 1',
  ),
  c('undeclared registers', ['r = READ_ONCE(*x);', 'WRITE_ONCE(*x, 3);'], 'int *x', '0:r;', '0 3'),
  c(
    'three of them',
    [
      'WRITE_ONCE(*x, 1);',
      'int r = READ_ONCE(*x); smp_wmb(); WRITE_ONCE(*y, 1);',
      'int r = READ_ONCE(*y); smp_rmb(); int s = READ_ONCE(*x);',
    ],
    xy,
    '1:r; 2:r; 2:s;',
    allBut(3, 2, '110'),
  ),
  c(
    '64-bit stores are one store',
    ['WRITE_ONCE(*x, -1);', 'long r = READ_ONCE(*x);'],
    'long *x',
    '1:r;',
    '-1 0',
  ),
];

const groups = { ordering, atomics, rcu, locks, control };

describe.each(Object.entries(groups))('%s of the kernel on x86', (_group, cases) => {
  test.each(cases)('$name', ({ text, allowed }) => {
    const result = runLitmus(text, { memory: 'tso', maxStates: 100_000 });
    expect(result.exhaustive).toBe(true);
    expect(result.problems).toEqual([]);
    expect(digits(result.states).sort()).toEqual([...allowed].sort());
    const full = runLitmus(text, { memory: 'tso', maxStates: 100_000, reduce: false });
    expect(full.states).toEqual(result.states);
    expect(full.explored.states).toBeGreaterThanOrEqual(result.explored.states);
  });
});
