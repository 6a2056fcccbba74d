import { describeSite, event, HOST_GFNS, type Machine, type Pool, T } from './machine.ts';
import { TABLE_PFN } from './memory.ts';

type Prim = (...args: number[]) => number;

/** First page frame of guest memory; page `id` has frame GUEST_PFN + id, and id is generation * 16 + gfn. */
export const GUEST_PFN = 0x100;

const PRESENT = 7;
const WRITABLE = 2;
const LARGE = 1 << 7;
const ACCESSED = 1 << 8;
/** Set in what mmd_guest_wait() returns when the translation was there but did not permit the access. */
const ACCESS_PRESENT = 0x40;
const DIRTY = 1 << 9;

export interface GuestSpec {
  readonly levels: number;
  /** log2 of the entries of a page table. */
  readonly bits: number;
  /** Accesses a vCPU may make, by index. */
  readonly accesses: readonly { readonly gfn: number; readonly write: boolean }[];
  readonly vcpuThread: (address: number) => number;
  readonly trackDirty: boolean;
  /** Hardware sets accessed and dirty bits. */
  readonly accessedDirty: boolean;
  /** This kernel tells the host of a dirty page when it drops the mapping, and not before. */
  readonly tellsHost: boolean;
}

export interface Translation {
  readonly entryCell: number;
  readonly spte: number;
  readonly level: number;
}

const tables = (m: Machine): Pool => m.pools.get('page-table') as Pool;

export function tableCell(m: Machine, lo: number): number {
  const index = (lo >>> 12) - TABLE_PFN;
  const pool = tables(m);
  return index < 0 || index >= pool.count ? -1 : pool.base + index * pool.cells;
}

/** What a hardware walk finds for `gfn`, or null when nothing is mapped. */
export function walk(m: Machine, g: GuestSpec, root: number, gfn: number): Translation | null {
  let table = tableCell(m, root);
  for (let level = g.levels; level >= 1 && table >= 0; level--) {
    const index = (gfn >> ((level - 1) * g.bits)) & ((1 << g.bits) - 1);
    const cell = table + index * 2;
    const spte = m.S[cell] as number;
    if ((spte & PRESENT) === 0) return null;
    // Writable but not readable is a misconfiguration, which KVM uses for MMIO: it always exits.
    if ((spte & 3) === 2) return null;
    if (level === 1 || (spte & LARGE) !== 0) return { entryCell: cell, spte, level };
    table = tableCell(m, spte);
  }
  return null;
}

/** Visits every present entry reachable from a table. */
function reach(
  m: Machine,
  g: GuestSpec,
  table: number,
  level: number,
  leaf: (spte: number, level: number) => void,
  inner: (index: number) => void,
): void {
  if (table < 0) return;
  const pool = tables(m);
  inner(Math.floor((table - pool.base) / pool.cells));
  for (let cell = table; cell < table + pool.cells; cell += 2) {
    const spte = m.S[cell] as number;
    if ((spte & PRESENT) === 0) continue;
    if (level === 1 || (spte & LARGE) !== 0) leaf(spte, level);
    else reach(m, g, tableCell(m, spte), level - 1, leaf, inner);
  }
}

/** Bits of the host pages a leaf maps. */
function pageBits(g: GuestSpec, spte: number, level: number): number {
  const first = (spte >>> 12) - GUEST_PFN;
  const count = 1 << ((level - 1) * g.bits);
  let bits = 0;
  for (let i = 0; i < count; i++) if (first + i >= 0 && first + i < 32) bits |= 1 << (first + i);
  return bits;
}

/** Adds everything reachable from the vCPU's root to what its TLB may hold. */
function absorb(m: Machine, g: GuestSpec, tid: number, table: number, level: number): void {
  let pages = 0;
  let writable = 0;
  let inner = 0;
  reach(
    m,
    g,
    table,
    level,
    (spte, at) => {
      const bits = pageBits(g, spte, at);
      pages |= bits;
      if ((spte & WRITABLE) !== 0) writable |= bits;
    },
    index => {
      inner |= 1 << index;
    },
  );
  m.setThread(tid, T.tlbPages, m.thread(tid, T.tlbPages) | pages);
  m.setThread(tid, T.tlbWritable, m.thread(tid, T.tlbWritable) | writable);
  m.setThread(tid, T.tlbTables, m.thread(tid, T.tlbTables) | inner);
}

/** Level of the table that holds `cell` under `root`, or 0 when it is not reachable from there. */
export function levelUnder(
  m: Machine,
  g: GuestSpec,
  table: number,
  level: number,
  cell: number,
): number {
  const pool = tables(m);
  if (table < 0 || level < 1) return 0;
  if (cell >= table && cell < table + pool.cells) return level;
  for (let c = table; c < table + pool.cells; c += 2) {
    const spte = m.S[c] as number;
    if ((spte & PRESENT) === 0 || (spte & LARGE) !== 0 || level === 1) continue;
    const found = levelUnder(m, g, tableCell(m, spte), level - 1, cell);
    if (found !== 0) return found;
  }
  return 0;
}

/** Called before a page-table entry changes: running vCPUs may keep the old translation. */
export function beforeEntryChange(m: Machine, g: GuestSpec, cell: number, next: number): void {
  const old = m.S[cell] as number;
  if ((old & PRESENT) === 0) return;
  if (g.tellsHost) oweHost(m, g, old, next);
  if ((old & ~(ACCESSED | DIRTY)) === (next & ~(ACCESSED | DIRTY))) return;
  for (let t = 0; t < m.spec.threads; t++) {
    if (m.thread(t, T.inGuest) === 0) continue;
    const root = tableCell(m, m.thread(t, T.guestRoot));
    const level = levelUnder(m, g, root, g.levels, cell);
    if (level === 0) continue;
    if (level === 1 || (old & LARGE) !== 0) {
      const bits = pageBits(g, old, level);
      m.setThread(t, T.tlbPages, m.thread(t, T.tlbPages) | bits);
      if ((old & WRITABLE) !== 0) m.setThread(t, T.tlbWritable, m.thread(t, T.tlbWritable) | bits);
    } else absorb(m, g, t, tableCell(m, old), level - 1);
  }
}

export function flushTlb(m: Machine, tid: number): void {
  m.setThread(tid, T.tlbPages, 0);
  m.setThread(tid, T.tlbWritable, 0);
  m.setThread(tid, T.tlbTables, 0);
}

function leaveGuest(m: Machine, g: GuestSpec, tid: number): void {
  if (m.thread(tid, T.inGuest) === 0) return;
  absorb(m, g, tid, tableCell(m, m.thread(tid, T.guestRoot)), g.levels);
  m.setThread(tid, T.inGuest, 0);
}

/**
 * A leaf that says its page was written goes, or says so no more: until the host is told, only KVM knows. Without A/D
 * bits whatever can be written counts as written. arch/x86/kvm/mmu/spte.h, is_dirty_spte().
 */
function oweHost(m: Machine, g: GuestSpec, old: number, next: number): void {
  const page = (old >>> 12) - GUEST_PFN;
  const mark = g.accessedDirty ? DIRTY : WRITABLE;
  if (page < 0 || page >= 32 || (old & mark) === 0) return;
  if ((next & PRESENT) !== 0 && next >>> 12 === old >>> 12 && (next & mark) !== 0) return;
  m.state.write(m.cells.hostOwed, (m.S[m.cells.hostOwed] as number) | (1 << page));
}

/** Outcomes of a thread waiting in the guest: -1 for a kick, else indices of accesses that fault or set bits. */
export function guestOutcomes(m: Machine, g: GuestSpec, tid: number): number[] {
  if (m.thread(tid, T.kicked) !== 0 || m.thread(tid, T.inGuest) === 0) return [-1];
  const out: number[] = [];
  const root = m.thread(tid, T.guestRoot);
  g.accesses.forEach((access, i) => {
    const found = walk(m, g, root, access.gfn);
    if (found === null || (access.write && (found.spte & WRITABLE) === 0)) out.push(i);
    else if (g.trackDirty && needsBits(found.spte, access.write)) out.push(0x100 + i);
  });
  return out;
}

const needsBits = (spte: number, write: boolean): boolean =>
  (spte & ACCESSED) === 0 || (write && (spte & DIRTY) === 0);

export function guestPrimitives(m: Machine, g: GuestSpec): Record<string, Prim> {
  const vcpu = (address: number): number => {
    const tid = g.vcpuThread(address);
    if (tid < 0) throw new Error('guest primitive on something that is no vCPU');
    return tid;
  };
  const { R } = m;
  return {
    p_mmd_guest_enter: (v, root, _hi, site) =>
      enterGuest(m, vcpu(v as number), root as number, site as number),
    p_mmd_guest_exit: (v, site) => {
      leaveGuest(m, g, vcpu(v as number));
      event(m, 'guest', 'leaves guest mode', site as number);
      return 0;
    },
    p_mmd_guest_wait: (v, _n, site) => resumeGuest(m, g, vcpu(v as number), site as number),
    p_mmd_tlb_flush_vcpu: (v, site) => {
      const tid = g.vcpuThread(v as number);
      // A vCPU no thread runs has nothing cached.
      if (tid >= 0) flushTlb(m, tid);
      event(m, 'flush', 'flushes a TLB', site as number);
      return 0;
    },
    p_mmd_kick_all: site => {
      event(m, 'request', 'kicks all vCPUs and waits until they left the guest', site as number);
      for (let t = 0; t < m.spec.threads; t++) {
        if (m.thread(t, T.inGuest) === 0) continue;
        leaveGuest(m, g, t);
        m.setThread(t, T.kicked, 1);
      }
      return 0;
    },
    p_mmd_host_pfn: (gfn, _hi, ..._rest) => {
      const cell = m.cells.hostCurrent + ((gfn as number) & (HOST_GFNS - 1));
      // 0: generation 0 mapped; 1: unmapped; 2: generation 1 mapped.
      m.conflicts.access(cell, m.tid, m.S[cell] === 1, false, 0, -1);
      if (m.S[cell] === 1) m.state.write(cell, 2);
      R[0] = 0;
      return GUEST_PFN + (gfn as number) + (m.S[cell] === 2 ? HOST_GFNS : 0);
    },
    p_mmd_host_unmap: (gfn, _hi, site) => {
      const cell = m.cells.hostCurrent + ((gfn as number) & (HOST_GFNS - 1));
      m.conflicts.access(cell, m.tid, true, false, site as number, -1);
      m.state.write(cell, 1);
      event(m, 'host', `host page of gfn ${gfn} unmapped`, site as number);
      return 0;
    },
    p_mmd_host_free: (gfn, _hi, site) => freeHostPage(m, g, gfn as number, site as number),
    p_mmd_page_use: (pfn, _hi, ...rest) =>
      usePage(m, (pfn as number) - GUEST_PFN, rest.at(-1) as number),
    p_mmd_page_dirty: (pfn, _hi, site) => {
      const page = (pfn as number) - GUEST_PFN;
      if (page < 0 || page >= 32) return 0;
      m.state.write(m.cells.hostOwed, (m.S[m.cells.hostOwed] as number) & ~(1 << page));
      return usePage(m, page, site as number);
    },
    p_mmd_check_slot_gone: (first, _hi, count, ...rest) =>
      checkSlotGone(m, first as number, count as number, rest.at(-1) as number),
  };
}

function enterGuest(m: Machine, tid: number, root: number, site: number): number {
  m.setThread(tid, T.guestRoot, root);
  m.setThread(tid, T.inGuest, 1);
  m.setThread(tid, T.kicked, 0);
  event(m, 'guest', 'enters the guest', site);
  m.rules?.enterGuest(tid, root, site);
  const freed = m.S[m.cells.hostFreed] as number;
  if ((m.thread(tid, T.tlbPages) & freed) !== 0) {
    m.report(
      'missed-tlb-flush',
      `a vCPU enters the guest with a TLB entry for a freed page, in ${describeSite(m, site)}`,
      site,
      false,
    );
  }
  if (tableCell(m, root) < 0 || m.S[tables(m).status + (root >>> 12) - TABLE_PFN] === 0) {
    m.report(
      'use-after-free',
      `a vCPU enters the guest on a freed root, in ${describeSite(m, site)}`,
      site,
      true,
    );
  }
  return 0;
}

function resumeGuest(m: Machine, g: GuestSpec, tid: number, site: number): number {
  const outcome = m.choice;
  if (outcome === -1) {
    m.setThread(tid, T.kicked, 0);
    leaveGuest(m, g, tid);
    event(m, 'guest', 'is kicked out of the guest', site);
    return -1;
  }
  if (outcome >= 0x100) {
    const access = g.accesses[outcome - 0x100] as GuestSpec['accesses'][number];
    const found = walk(m, g, m.thread(tid, T.guestRoot), access.gfn) as Translation;
    m.state.write(found.entryCell, found.spte | ACCESSED | (access.write ? DIRTY : 0));
    event(
      m,
      'guest',
      `${access.write ? 'writes' : 'reads'} gfn ${access.gfn}: hardware sets accessed${access.write ? ' and dirty' : ''}`,
      site,
    );
    return -2;
  }
  const access = g.accesses[outcome] as GuestSpec['accesses'][number];
  const wasPresent = walk(m, g, m.thread(tid, T.guestRoot), access.gfn) !== null;
  leaveGuest(m, g, tid);
  event(m, 'guest', `faults on a ${access.write ? 'write to' : 'read of'} gfn ${access.gfn}`, site);
  return wasPresent ? outcome | ACCESS_PRESENT : outcome;
}

/** Small pages that a leaf maps: the models have huge pages of the second level only. */
const pagesOf = (spte: number, g: GuestSpec): number => ((spte & LARGE) !== 0 ? 1 << g.bits : 1);

/** The host gives a page back: nothing may map it any more (Documentation/virt/kvm/locking.rst, mmu_notifier.h). */
function freeHostPage(m: Machine, g: GuestSpec, page: number, site: number): number {
  const pool = tables(m);
  m.state.write(m.cells.hostFreed, (m.S[m.cells.hostFreed] as number) | (1 << page));
  event(m, 'host', `host page of gfn ${page & (HOST_GFNS - 1)} freed`, site);
  for (let i = 0; i < pool.count; i++) {
    if (m.S[pool.status + i] === 0) continue;
    for (let c = pool.base + i * pool.cells; c < pool.base + (i + 1) * pool.cells; c += 2) {
      const spte = m.S[c] as number;
      if ((spte & PRESENT) === 0 || spte >>> 12 >= TABLE_PFN) continue;
      const first = (spte >>> 12) - GUEST_PFN;
      if (page < first || page >= first + pagesOf(spte, g)) continue;
      m.report(
        'notifier-missed-spte',
        `an SPTE still maps the host page of gfn ${page & (HOST_GFNS - 1)} when the mmu_notifier returns and the page is freed`,
        site,
        false,
      );
      break;
    }
  }
  if (((m.S[m.cells.hostOwed] as number) & (1 << page)) !== 0)
    m.report(
      'lost-dirty',
      `the host page of gfn ${page & (HOST_GFNS - 1)} is freed, and the host was not told that the guest wrote it`,
      site,
      false,
    );
  for (let t = 0; t < m.spec.threads; t++) {
    if (m.thread(t, T.inGuest) !== 0 && (m.thread(t, T.tlbPages) & (1 << page)) !== 0) {
      m.report(
        'missed-tlb-flush',
        `a running vCPU may still use a TLB entry for the freed host page of gfn ${page & (HOST_GFNS - 1)}`,
        site,
        false,
      );
      break;
    }
  }
  return 0;
}

function usePage(m: Machine, page: number, site: number): number {
  if (page < 0 || page >= 32) return 0;
  if (((m.S[m.cells.hostFreed] as number) & (1 << page)) !== 0) {
    m.report(
      'notifier-missed-spte',
      `${describeSite(m, site)} writes back state of the freed host page of gfn ${page & (HOST_GFNS - 1)}`,
      site,
      false,
    );
  }
  return 0;
}

function checkSlotGone(m: Machine, first: number, count: number, site: number): number {
  const pool = tables(m);
  const inSlot = (page: number): boolean =>
    (page & (HOST_GFNS - 1)) >= first && (page & (HOST_GFNS - 1)) < first + count;
  for (let i = 0; i < pool.count; i++) {
    if (m.S[pool.status + i] === 0) continue;
    for (let c = pool.base + i * pool.cells; c < pool.base + (i + 1) * pool.cells; c += 2) {
      const spte = m.S[c] as number;
      const page = (spte >>> 12) - GUEST_PFN;
      if ((spte & PRESENT) === 0 || page < 0 || page >= 32 || !inSlot(page)) continue;
      m.report(
        'spte-outlives-memslot',
        `a present SPTE maps gfn ${page & (HOST_GFNS - 1)} of the deleted memslot when the deletion returns`,
        site,
        false,
      );
      return 0;
    }
  }
  for (let t = 0; t < m.spec.threads; t++) {
    if (m.thread(t, T.inGuest) === 0) continue;
    for (let gfn = first; gfn < first + count; gfn++) {
      if ((m.thread(t, T.tlbPages) & ((1 << gfn) | (1 << (gfn + HOST_GFNS)))) === 0) continue;
      m.report(
        'spte-outlives-memslot',
        `a running vCPU may still use a TLB entry for gfn ${gfn} of the deleted memslot`,
        site,
        false,
      );
      return 0;
    }
  }
  return 0;
}
