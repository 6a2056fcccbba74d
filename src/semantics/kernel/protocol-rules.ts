/**
 * Rules of the MMU that are broken at one store or one unlock, long before anything else shows it. What they look at
 * comes from the binding table; a rule whose fields do not exist in a tree is not checked there.
 */
import type { Bindings, BoundField } from '../compile/bindings.ts';
import { ADDRESS_BASE } from '../compile/unit.ts';
import { type GuestSpec, levelUnder, tableCell } from './guest.ts';
import { heldMode, lockOrder, WRITER } from './locks.ts';
import {
  describeSite,
  type Machine,
  objectAt,
  type Pool,
  PRIVATE,
  type Rules,
  T,
  TABLE_PFN,
  WATCH_LOADS,
  WRITE_HELD,
} from './machine.ts';
import { actorOf } from './references.ts';

export interface RulesSpec {
  readonly bindings: Bindings;
  readonly guest: GuestSpec;
  /** First cell of the VM, of each vCPU, and the vCPU each thread runs, or -1. */
  readonly kvm: number;
  readonly vcpus: readonly number[];
  readonly vcpuOfThread: readonly number[];
  /** Cells where setup leaves constants of the tree, or 0: a frozen SPTE, the request to reload, toggled quirks. */
  readonly frozenSpte: number;
  readonly reloadRequest: number;
  readonly toggledQuirks: number;
}

const ROLE = 1;
const REQUESTS = 2;
const LIST = 3;
const COUNT = 4;

/** include/linux/poison.h, with and without an offset that makes it no canonical address. */
const LIST_POISON1 = 0x100;
/** arch/x86/kvm/mmu/spte.h: SPTE_MMU_PRESENT_MASK and what the hardware takes for present. */
const MMU_PRESENT = 1 << 11;
const HARDWARE_PRESENT = 7;

const constant = (cx: Context, cell: number): number => (cell === 0 ? 0 : (cx.m.S[cell] as number));

interface Context extends RulesSpec {
  readonly m: Machine;
  /** References of the MMU itself that a valid root is made with. */
  ownReferences: number;
}

export function installRules(m: Machine, spec: RulesSpec): void {
  const cx: Context = { ...spec, m, ownReferences: Number.MAX_SAFE_INTEGER };
  const watch = (cell: number, what: number): void => {
    m.watched[cell] = what;
  };
  const { bindings: b } = spec;
  const pages = m.pools.get('shadow-page');
  for (let i = 0; pages !== undefined && i < pages.count; i++) {
    const base = pages.base + i * pages.cells;
    if (b.rootLink !== null) watch(base + b.rootLink.cell, LIST);
    if (b.rootCount !== null) watch(base + b.rootCount.cell, COUNT);
    if (b.roleInvalid !== null) watch(base + b.roleInvalid.cell, ROLE);
  }
  for (const vcpu of spec.vcpus) {
    if (b.requests === null) break;
    watch(vcpu + b.requests.cell, REQUESTS);
    watch(vcpu + b.requests.cell + 1, REQUESTS);
  }
  if (b.rootList !== null) watch(spec.kvm + b.rootList.cell, LIST);
  if (b.quirks !== null) watch(spec.kvm + b.quirks.cell, WATCH_LOADS);
  m.spec.unit.sites.forEach((site, i) => {
    if (site.locationClass === 'tdp_iter.yielded' && site.what === 'store') m.watchedSites[i] = 1;
  });
  lockOrder(m).documented = documentedOrder(spec);
  m.rules = rulesOf(cx);
  const before = m.beforeTableStore;
  m.beforeTableStore = (cell, value, site) => {
    if (m.conflicts.enabled) beforeTable(cx, cell, value, site);
    before?.(cell, value, site);
  };
}

/** Documentation/virt/kvm/locking.rst */
function documentedOrder(spec: RulesSpec): { cell: number; name: string }[] {
  const { slotsLock, slotsArchLock, mmuLock, rootsLock } = spec.bindings;
  const named: readonly (readonly [BoundField | null, string])[] = [
    [slotsLock, 'slots_lock'],
    [slotsArchLock, 'slots_arch_lock'],
    [mmuLock, 'mmu_lock'],
    [rootsLock, 'tdp_mmu_pages_lock'],
  ];
  return named.flatMap(([field, name]) =>
    field === null ? [] : [{ cell: spec.kvm + field.cell, name }],
  );
}

function rulesOf(cx: Context): Rules {
  const { m } = cx;
  return {
    store: (cell, value, site) => {
      switch (m.watched[cell]) {
        case ROLE:
          return roleChanges(cx, cell, value);
        case REQUESTS:
          return requested(cx, cell, value);
        case LIST:
          return listChanges(cx, cell, value, site);
        case COUNT:
          if (value > 0 && (!m.conflicts.enabled || m.S[m.object[cell] as number] === PRIVATE))
            cx.ownReferences = Math.min(cx.ownReferences, value - 1);
      }
    },
    storeAt: (cell, value, site) => {
      if (value !== 0 && m.conflicts.enabled) yielded(cx, cell, site);
    },
    load: (cell, site) => {
      if (m.conflicts.enabled) settingRead(cx, cell, site);
    },
    unlock: (address, exclusive, site) => {
      if (address === lockAddress(cx, cx.bindings.mmuLock)) unlocks(cx, exclusive, site);
    },
    enterGuest: (tid, root, site) => entersGuest(cx, tid, root, site),
  };
}

const lockAddress = (cx: Context, field: BoundField | null): number =>
  field === null ? 0 : cx.m.addressOf(cx.kvm + field.cell);

function bitOf(cx: Context, base: number, field: BoundField | null): boolean {
  if (field === null) return false;
  const word = cx.m.S[base + field.cell] as number;
  return field.bit === null ? (word & 0xff) !== 0 : ((word >>> field.bit.at) & 1) !== 0;
}

/** First cell of the shadow page of a page table, or -1. */
function pageOf(cx: Context, table: number): number {
  const address = cx.m.S[cx.m.cells.private + table] as number;
  return address < ADDRESS_BASE ? -1 : (address - ADDRESS_BASE) >> 2;
}

const tables = (m: Machine): Pool => m.pools.get('page-table') as Pool;

/** Page table a vCPU has loaded as the root of its direct MMU. */
function loaded(cx: Context, vcpu: number): number {
  const { rootHpa } = cx.bindings;
  if (rootHpa === null) return -1;
  return ((cx.m.S[(cx.vcpus[vcpu] as number) + rootHpa.cell] as number) >>> 12) - TABLE_PFN;
}

function isInvalidTdpRoot(cx: Context, table: number): boolean {
  if (table < 0 || table >= tables(cx.m).count) return false;
  const page = pageOf(cx, table);
  if (page < 0) return false;
  return bitOf(cx, page, cx.bindings.isTdpPage) && bitOf(cx, page, cx.bindings.roleInvalid);
}

// --- request-in-same-section, invalid-root-used ---
function roleChanges(cx: Context, cell: number, value: number): void {
  const { m, bindings: b } = cx;
  if (!m.conflicts.enabled || b.roleInvalid?.bit == null || b.pageTable === null) return;
  if (constant(cx, cx.reloadRequest) === 0) return;
  const mask = 1 << b.roleInvalid.bit.at;
  if (((m.S[cell] as number) & mask) !== 0 || (value & mask) === 0) return;
  const base = cell - b.roleInvalid.cell;
  if (!bitOf(cx, base, b.isTdpPage)) return;
  if (heldMode(m, m.tid, lockAddress(cx, b.mmuLock)) !== WRITE_HELD) return;
  // The VM is being destroyed: nobody runs.
  if (b.usersCount !== null && m.S[cx.kvm + b.usersCount.cell] === 0) return;
  const table = objectAt(m, m.S[base + b.pageTable.cell] as number);
  cx.vcpuOfThread.forEach((vcpu, t) => {
    if (vcpu >= 0 && loaded(cx, vcpu) === table?.index) m.setThread(t, T.owed, 1);
  });
}

function requested(cx: Context, cell: number, value: number): void {
  const { m, bindings: b } = cx;
  if (b.requests === null) return;
  const bit = constant(cx, cx.reloadRequest);
  const at = cell - b.requests.cell - (bit >>> 5);
  const vcpu = cx.vcpus.indexOf(at);
  if (vcpu < 0 || (value & (1 << (bit & 31))) === 0) return;
  const t = cx.vcpuOfThread.indexOf(vcpu);
  if (t >= 0 && m.thread(t, T.owed) !== 0) m.setThread(t, T.owed, 0);
}

function unlocks(cx: Context, exclusive: boolean, site: number): void {
  const { m, bindings: b } = cx;
  if (m.thread(m.tid, T.frozen) !== 0) m.setThread(m.tid, T.frozen, 0);
  if (!exclusive) return;
  for (let t = 0; t < cx.vcpuOfThread.length; t++) {
    if (m.thread(t, T.owed) === 0) continue;
    m.setThread(t, T.owed, 0);
    const vcpu = cx.vcpuOfThread[t] as number;
    if (!isInvalidTdpRoot(cx, loaded(cx, vcpu)) || isAsked(cx, vcpu, b.requests)) continue;
    m.report(
      'request-in-same-section',
      `mmu_lock is released after a root was invalidated, and a vCPU that has it loaded was not asked to drop it, in ${describeSite(m, site)}`,
      site,
      false,
    );
  }
}

function isAsked(cx: Context, vcpu: number, requests: BoundField | null): boolean {
  if (requests === null) return true;
  const bit = constant(cx, cx.reloadRequest);
  const word = (cx.vcpus[vcpu] as number) + requests.cell + (bit >>> 5);
  return ((cx.m.S[word] as number) & (1 << (bit & 31))) !== 0;
}

function entersGuest(cx: Context, tid: number, root: number, site: number): void {
  const { m, bindings: b } = cx;
  if (!m.conflicts.enabled || !isInvalidTdpRoot(cx, (root >>> 12) - TABLE_PFN)) return;
  const vcpu = cx.vcpuOfThread[tid] as number;
  if (vcpu < 0 || constant(cx, cx.reloadRequest) === 0 || isAsked(cx, vcpu, b.requests)) return;
  // Whoever invalidates roots makes the request, and kicks the vCPU, before mmu_lock is dropped.
  if (b.mmuLock !== null && m.S[cx.kvm + b.mmuLock.cell] === WRITER) {
    m.setThread(tid, T.owed, 1);
    return;
  }
  m.report(
    'invalid-root-used',
    `a vCPU enters the guest on an invalid root that nobody asked it to drop, in ${describeSite(m, site)}`,
    site,
    false,
  );
}

// --- stores to page tables ---
function beforeTable(cx: Context, cell: number, value: number, site: number): void {
  const { m } = cx;
  if (m.S[m.object[cell] as number] === PRIVATE) return;
  const old = m.S[cell] as number;
  if (old !== value) frozen(cx, cell, old, value, site);
  const isNew =
    (old & (MMU_PRESENT | HARDWARE_PRESENT)) === 0 &&
    (value & MMU_PRESENT) !== 0 &&
    (value & HARDWARE_PRESENT) !== 0;
  const vcpu = cx.vcpuOfThread[m.tid] as number;
  if (!isNew || vcpu < 0) return;
  const root = loaded(cx, vcpu);
  if (!isInvalidTdpRoot(cx, root)) return;
  const table = tableCell(m, (root + TABLE_PFN) << 12);
  if (levelUnder(m, cx.guest, table, cx.guest.levels, cell) === 0) return;
  m.report(
    'invalid-root-used',
    `a fault maps a gfn that was not mapped under an invalid root, in ${describeSite(m, site)}`,
    site,
    false,
  );
}

/** One entry a thread freezes is remembered: those of a page table that goes stay frozen and need no memory. */
function frozen(cx: Context, cell: number, old: number, value: number, site: number): void {
  const { m } = cx;
  const mine = m.thread(m.tid, T.frozen);
  const address = m.addressOf(cell);
  const mark = constant(cx, cx.frozenSpte);
  if (mark === 0) return;
  if (value === mark) {
    if (mine === 0) m.setThread(m.tid, T.frozen, address);
    return;
  }
  if (old !== mark) return;
  if (mine === address) m.setThread(m.tid, T.frozen, 0);
  else if (mine === 0)
    m.report(
      'frozen-spte-overwritten',
      `an SPTE that another thread froze is overwritten in ${describeSite(m, site)}`,
      site,
      false,
    );
}

// --- list-protocol ---
function listChanges(cx: Context, cell: number, value: number, site: number): void {
  const { m, bindings: b } = cx;
  if (!m.conflicts.enabled || m.S[cell] === value) return;
  const { rootList, rootLink, rootsLock } = b;
  if (rootList === null || rootLink === null || rootsLock === null) return;
  if (m.S[m.object[cell] as number] === PRIVATE) return;
  const head = m.addressOf(cx.kvm + rootList.cell);
  const follows = (from: number, to: number): boolean => {
    let at = from;
    for (let n = 0; n < 64 && at >= ADDRESS_BASE; n++) {
      if (at === to) return true;
      if (at === head && n > 0) return false;
      at = m.S[(at - ADDRESS_BASE) >> 2] as number;
    }
    return false;
  };
  const address = m.addressOf(cell);
  if (address !== head && !follows(m.S[cell] as number, head)) return;
  const listed = address === head || follows(head, address);
  if (!listed) {
    m.report(
      'list-protocol',
      `the forward pointer of an unlinked root ${value === LIST_POISON1 ? 'is poisoned' : 'changes'} while readers may stand on it, in ${describeSite(m, site)}`,
      site,
      false,
    );
  } else if (heldMode(m, m.tid, lockAddress(cx, rootsLock)) === 0) {
    m.report(
      'list-protocol',
      `the list of roots changes without tdp_mmu_pages_lock, in ${describeSite(m, site)}`,
      site,
      false,
    );
  }
}

// --- quirk-read-once ---
function settingRead(cx: Context, cell: number, site: number): void {
  const { m } = cx;
  const known = m.thread(m.tid, T.setting);
  if (known === 0) return;
  const now = (((m.S[cell] as number) & constant(cx, cx.toggledQuirks)) << 2) | 2;
  if (known === 1) m.setThread(m.tid, T.setting, now);
  else if (known !== now)
    m.report(
      'quirk-read-once',
      `one operation reads disabled_quirks again after it changed, in ${describeSite(m, site)}`,
      site,
      false,
    );
}

// --- yield-rule ---
/**
 * An iterator notes that mmu_lock was dropped. The references of others are counted as low as they can be: a valid
 * root has the MMU's own, each vCPU that has it loaded and is not at work on it has one. If no more are left, the
 * thread has none.
 */
function yielded(cx: Context, cell: number, site: number): void {
  const { m, bindings: b } = cx;
  const { iterYielded, iterPath, iterRootLevel, rootCount } = b;
  if (iterYielded === null || iterPath === null || iterRootLevel === null || rootCount === null)
    return;
  const iter = cell - iterYielded.cell;
  const level = m.S[iter + iterRootLevel.cell] as number;
  if (level < 1 || level > cx.guest.levels) return;
  const object = objectAt(m, m.S[iter + iterPath.cell + level - 1] as number);
  if (object?.pool.name !== 'page-table' || m.S[object.pool.status + object.index] === 0) return;
  const page = pageOf(cx, object.index);
  if (page < 0 || m.S[m.object[page] as number] === 0) return;
  // Who destroys a VM unloads the roots of its vCPUs.
  const own = cx.vcpuOfThread[actorOf(m)] ?? -1;
  if (own >= 0 && loaded(cx, own) === object.index) return;
  const mmuLock = lockAddress(cx, b.mmuLock);
  let others = 0;
  cx.vcpuOfThread.forEach((vcpu, t) => {
    if (vcpu >= 0 && loaded(cx, vcpu) === object.index && heldMode(m, t, mmuLock) === 0) others++;
  });
  if (!bitOf(cx, page, b.roleInvalid) && cx.ownReferences < 64) others += cx.ownReferences;
  if ((m.S[page + rootCount.cell] as number) > others) return;
  m.report(
    'yield-rule',
    `a thread yields while it stands on a root that it has no reference to, in ${describeSite(m, site)}`,
    site,
    false,
  );
}
