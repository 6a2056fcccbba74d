/** Allocation, lifetimes and physical addresses: mm/slab, page tables from their own pool. */
import { ADDRESS_BASE } from '../compile/unit.ts';
import {
  describeSite,
  event,
  type Machine,
  objectAt,
  type Pool,
  PRIVATE,
  T,
  TABLE_PFN,
} from './machine.ts';
import { checkSleep } from './sleep.ts';

export { TABLE_PFN };

type Prim = (...args: number[]) => number;

export function allocate(m: Machine, poolName: string, site: number): number {
  const pool = m.pools.get(poolName);
  if (pool === undefined) throw new Error(`no pool ${poolName}`);
  for (let i = 0; i < pool.count; i++) {
    if (m.S[pool.status + i] !== 0) continue;
    m.state.write(pool.status + i, m.conflicts.enabled ? PRIVATE : 1);
    event(m, 'alloc', `${poolName} ${i}`, site);
    return m.addressOf(pool.base + i * pool.cells);
  }
  throw new PoolExhausted(poolName);
}

/** A full pool is a bound of the search, never a violation. */
export class PoolExhausted extends Error {}

export function release(m: Machine, address: number, site: number): void {
  if (address === 0) return;
  const object = objectAt(m, address);
  if (object === null) {
    m.report(
      'wild-pointer',
      `frees something that was never allocated, in ${describeSite(m, site)}`,
      site,
      true,
    );
    return;
  }
  const { pool, index } = object;
  const base = pool.base + index * pool.cells;
  if (m.S[pool.status + index] === 0) {
    m.report('double-free', `frees a ${pool.name} twice, in ${describeSite(m, site)}`, site, true);
  }
  if (pool.name === 'page-table') checkEmpty(m, pool, index, site);
  if (m.S[pool.status + index] !== PRIVATE)
    m.conflicts.freed(base, base + pool.cells, m.tid, !m.conflicts.enabled);
  for (let c = base; c < base + pool.cells; c++) m.state.write(c, 0);
  if (pool.name === 'page-table') m.state.write(m.cells.private + index, 0);
  m.state.write(pool.status + index, 0);
  event(m, 'free', `${pool.name} ${index}`, site);
}

/** A page table that still maps something must not go: the mapping could no longer be found and flushed. */
function checkEmpty(m: Machine, pool: Pool, index: number, site: number): void {
  const base = pool.base + index * pool.cells;
  for (let c = base; c < base + pool.cells; c += 2) {
    if (((m.S[c] as number) & 7) === 0) continue;
    m.report(
      'root-freed-unzapped',
      `a page table with a present SPTE is freed in ${describeSite(m, site)}`,
      site,
      false,
    );
    return;
  }
  for (let t = 0; t < m.spec.threads; t++) {
    const inGuest = m.thread(t, T.inGuest) !== 0;
    if (inGuest && (m.thread(t, T.tlbTables) & (1 << index)) !== 0) {
      m.report(
        'missed-tlb-flush',
        `a page table that a running vCPU may still walk from its paging-structure cache is freed in ${describeSite(m, site)}`,
        site,
        false,
      );
    }
  }
}

const CACHE_POOL: Readonly<Record<string, string>> = {
  mmu_page_header_cache: 'shadow-page',
  mmu_shadow_page_cache: 'page-table',
  mmu_shadowed_info_cache: 'misc',
  mmu_pte_list_desc_cache: 'list-descriptor',
  mmu_external_spt_cache: 'misc',
  split_page_header_cache: 'shadow-page',
  split_shadow_page_cache: 'page-table',
  split_desc_cache: 'list-descriptor',
};

/** include/linux/gfp_types.h, __GFP_DIRECT_RECLAIM: the allocation may wait. */
const DIRECT_RECLAIM = 0x400;

export function memoryPrimitives(
  m: Machine,
  siteNote: (site: number) => string,
  cacheGlobals: ReadonlyMap<number, string>,
): Record<string, Prim> {
  const { R } = m;
  const tables = (): Pool => m.pools.get('page-table') as Pool;
  const tableIndex = (address: number): number =>
    Math.floor((((address - ADDRESS_BASE) >> 2) - tables().base) / tables().cells);
  const tableAddress = (lo: number, site: number): number => {
    const index = (lo >>> 12) - TABLE_PFN;
    if (index < 0 || index >= tables().count) {
      m.report(
        'wild-pointer',
        `a physical address that is no page table (0x${(lo >>> 0).toString(16)}) is used as one in ${describeSite(m, site)}`,
        site,
        true,
      );
    }
    return m.addressOf(tables().base + index * tables().cells) + (lo & 0xfff);
  };
  const fromCache = (address: number, site: number): number => {
    const cell = (address - ADDRESS_BASE) >> 2;
    const holder = m.S[cell] as number;
    return allocate(m, cacheGlobals.get(address) ?? cacheGlobals.get(holder) ?? 'misc', site);
  };
  const mayReclaim = (gfp: number, site: number): void => {
    if ((gfp & DIRECT_RECLAIM) !== 0) checkSleep(m, site, 'an allocation');
  };
  const topUp: Prim = (...args) => {
    checkSleep(m, args.at(-1) as number, 'filling a memory cache');
    return 0;
  };
  const p: Record<string, Prim> = {
    p_kvm_mmu_memory_cache_alloc: (_cache, site) => {
      const pool = CACHE_POOL[siteNote(site as number)] ?? 'misc';
      return allocate(m, pool, site as number);
    },
    p_kvm_mmu_topup_memory_cache: topUp,
    p___kvm_mmu_topup_memory_cache: topUp,
    p_kvm_mmu_memory_cache_nr_free_objects: () => 100,
    p_kvm_mmu_free_memory_cache: () => 0,
    p_kmem_cache_alloc: (cache, ...rest) => {
      mayReclaim(rest[0] as number, rest.at(-1) as number);
      return fromCache(cache as number, rest.at(-1) as number);
    },
    p_kmem_cache_free: (_cache, address, site) => {
      release(m, address as number, site as number);
      return 0;
    },
    p_kfree: (address, site) => {
      release(m, address as number, site as number);
      return 0;
    },
    p_get_zeroed_page: (...args) => {
      mayReclaim(args[0] as number, args.at(-1) as number);
      const address = allocate(m, 'page-table', args.at(-1) as number);
      R[0] = address >> 31;
      return address;
    },
    p_free_page: (lo, _hi, site) => {
      release(m, lo as number, site as number);
      return 0;
    },
    p_free_pages: (lo, ...rest) => {
      release(m, lo as number, rest.at(-1) as number);
      return 0;
    },
    p___pa: (address, ...rest) => {
      // The argument is a pointer, or an unsigned long that holds one.
      const a = address as number;
      const object = objectAt(m, a);
      if (object?.pool.name !== 'page-table') {
        m.report(
          'wild-pointer',
          `__pa() of something that is no page table, in ${describeSite(m, rest.at(-1) as number)}`,
          rest.at(-1) as number,
          true,
        );
        return 0;
      }
      R[0] = 0;
      const start = m.addressOf(object.pool.base + object.index * object.pool.cells);
      return ((TABLE_PFN + object.index) << 12) | (a - start);
    },
    p___va: (lo, _hi, site) => tableAddress(lo as number, site as number),
    p_virt_to_page: address => 0x40000000 + tableIndex(address as number),
    p_set_page_private: (page, lo, ..._rest) => {
      m.state.write(m.cells.private + ((page as number) - 0x40000000), lo as number);
      return 0;
    },
    p_page_private: page => {
      const v = m.S[m.cells.private + ((page as number) - 0x40000000)] as number;
      R[0] = v >> 31;
      return v;
    },
    p_sptep_to_sp: (sptep, site) => {
      const object = objectAt(m, sptep as number);
      if (object?.pool.name !== 'page-table') {
        m.report(
          'wild-pointer',
          `sptep_to_sp() of something that is no SPTE, in ${describeSite(m, site as number)}`,
          site as number,
          true,
        );
        return 0;
      }
      m.read(sptep as number, site as number);
      return m.S[m.cells.private + object.index] as number;
    },
    p_to_shadow_page: (lo, _hi, site) => {
      const index = ((lo as number) >>> 12) - TABLE_PFN;
      if (index < 0 || index >= tables().count) return 0;
      m.read(tableAddress((lo as number) & ~0xfff, site as number), site as number);
      return m.S[m.cells.private + index] as number;
    },
    p_fill: (address, cells, value, site) => {
      for (let i = 0; i < (cells as number); i++)
        m.store((address as number) + i * 4, value === 0 ? 0 : (value as number), site as number);
      return 0;
    },
    p_memset64: (address, lo, hi, count, ...rest) => {
      const site = rest.at(-1) as number;
      for (let i = 0; i < (count as number); i++) {
        m.store((address as number) + i * 8, lo as number, site);
        m.store((address as number) + i * 8 + 4, hi as number, site);
      }
      return address as number;
    },
    p_clear_page: (address, site) => {
      for (let c = 0; c < tables().cells; c++)
        m.store((address as number) + c * 4, 0, site as number);
      return 0;
    },
  };
  p['p_kmem_cache_zalloc'] = p['p_kmem_cache_alloc'] as Prim;
  p['p_kvfree'] = p['p_kfree'] as Prim;
  p['p___get_free_page'] = p['p_get_zeroed_page'] as Prim;
  p['p___phys_addr'] = p['p___pa'] as Prim;
  p['p_kmalloc'] = p['p_kzalloc'] = (...args) => allocate(m, 'misc', args.at(-1) as number);
  return p;
}
