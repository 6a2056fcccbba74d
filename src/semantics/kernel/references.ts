/**
 * Who owns each reference to a TDP root. Ghost state: what a thread or vCPU took and did not put is kept in its own
 * lane, and what remains of the count belongs to the MMU itself: the reference that a new root starts with for its
 * zapper, or one that an operation took and left behind (arch/x86/kvm/mmu/tdp_mmu.c, kvm_tdp_mmu_invalidate_roots()).
 *
 * Everything is told from what happens to the bound count, never from who calls what. References to one root cannot be
 * told apart, so a put is the putter's own as long as it has one.
 */
import { ADDRESS_BASE } from '../compile/unit.ts';
import { type Machine, OWNS_MAX, type Pool, T, TABLE_PFN } from './machine.ts';

/** Fields the ledger reads, in cells; from the binding table. */
export interface RootFields {
  readonly count: number;
  readonly pageTable: number;
  readonly invalid: { readonly cell: number; readonly mask: number };
  /** First cell of the VM's list head, and of a root's link. */
  readonly list: { readonly head: number; readonly link: number } | null;
  readonly mmuLock: number | null;
}

export interface ReferenceChange {
  /** Thread in whose lane the reference is kept; -1 for a vCPU without one. */
  readonly owner: number;
  /** Number of the root in its pool. */
  readonly root: number;
  readonly by: number;
  readonly site: number;
}

export interface Owner {
  /** Thread, or -1 for vCPUs without one. */
  readonly thread: number;
  readonly references: number;
}

export interface Ledger {
  /** Changes of the step that runs, when somebody listens. */
  log: ReferenceChange[] | null;
  /** Why ownership could not be followed somewhere, or null. */
  readonly undecided: string | null;
  /** Owners of references to the root, the MMU's share apart; null where it cannot be told. */
  owners(root: number): { readonly owners: readonly Owner[]; readonly mmu: number } | null;
  /** vCPU structures (by thread) that have the root's address in one of their fields, and how often. */
  loaded(thread: number, root: number): number;
  count(root: number): number;
  isInvalid(root: number): boolean;
  /** Roots with a count that is not zero. */
  roots(): readonly number[];
  onList(root: number): boolean;
}

export interface LedgerSpec {
  readonly fields: RootFields;
  readonly vcpuThread: (address: number) => number;
}

/** Follows references on this machine; null when a field it needs is not bound. */
export function createLedger(m: Machine, spec: LedgerSpec): Ledger {
  return new RootLedger(m, spec);
}

/** The ledger together with what primitives tell it; see count-hooks.ts. */
export class RootLedger implements Ledger {
  log: ReferenceChange[] | null = null;
  undecided: string | null = null;
  private readonly m: Machine;
  readonly spec: LedgerSpec;
  private readonly pool: Pool;
  private readonly tables: Pool;

  constructor(m: Machine, spec: LedgerSpec) {
    this.m = m;
    this.spec = spec;
    this.pool = m.pools.get('shadow-page') as Pool;
    this.tables = m.pools.get('page-table') as Pool;
  }

  /** The root whose count is at the address, or -1. */
  rootAt(address: number): number {
    const cell = (address - ADDRESS_BASE) >> 2;
    const { base, count, cells } = this.pool;
    if (cell < base || cell >= base + count * cells) return -1;
    const index = Math.floor((cell - base) / cells);
    return cell - base - index * cells === this.spec.fields.count && index < OWNS_MAX ? index : -1;
  }

  private field(root: number, cell: number): number {
    return this.m.S[this.pool.base + root * this.pool.cells + cell] as number;
  }

  count(root: number): number {
    return this.field(root, this.spec.fields.count);
  }

  isInvalid(root: number): boolean {
    const { cell, mask } = this.spec.fields.invalid;
    return (this.field(root, cell) & mask) !== 0;
  }

  roots(): number[] {
    const out: number[] = [];
    for (let i = 0; i < this.pool.count && i < OWNS_MAX; i++)
      if (this.m.S[this.pool.status + i] !== 0 && this.count(i) > 0) out.push(i);
    return out;
  }

  /** In the shared lane for a vCPU that no thread runs. */
  private cellOf(thread: number, root: number): number {
    const { m } = this;
    return thread < 0
      ? m.cells.orphanOwns + root
      : (m.threadBase[thread] as number) + T.owns + root;
  }

  private owned(thread: number, root: number): number {
    return this.m.S[this.cellOf(thread, root)] as number;
  }

  private setOwned(thread: number, root: number, n: number): void {
    this.m.state.write(this.cellOf(thread, root), n);
  }

  private isTainted(root: number): boolean {
    return ((this.m.S[this.m.cells.ownsTainted] as number) & (1 << root)) !== 0;
  }

  /** Nothing more is said of a root once its books do not balance: what follows would only repeat it. */
  private taint(root: number, tainted: boolean): void {
    const { m } = this;
    const old = m.S[m.cells.ownsTainted] as number;
    m.state.write(m.cells.ownsTainted, tainted ? old | (1 << root) : old & ~(1 << root));
    for (let t = -1; t < m.spec.threads; t++) this.setOwned(t, root, 0);
  }

  actAs(vcpu: number): void {
    const { m } = this;
    const thread = vcpu === 0 ? m.tid : this.spec.vcpuThread(vcpu);
    // An address, so that states that differ by a permutation of vCPUs are told apart while one acts for another.
    const base = thread < 0 ? ORPHAN : m.addressOf(m.threadBase[thread] as number);
    m.setThread(m.tid, T.actor, thread === m.tid ? 0 : base);
  }

  private isVcpu(thread: number): boolean {
    return thread < 0 || this.m.spec.vcpus[thread] != null;
  }

  loaded(thread: number, root: number): number {
    const { m } = this;
    const vcpu = m.spec.vcpus[thread];
    const table = this.tableOf(root);
    if (vcpu == null || table < 0) return 0;
    let n = 0;
    for (let c = vcpu.cell; c < vcpu.cell + vcpu.cells; c++)
      if (m.S[c] === (TABLE_PFN + table) << 12) n++;
    return n;
  }

  private tableOf(root: number): number {
    const address = this.field(root, this.spec.fields.pageTable);
    const cell = (address - ADDRESS_BASE) >> 2;
    if (cell < this.tables.base) return -1;
    const index = Math.floor((cell - this.tables.base) / this.tables.cells);
    return index < this.tables.count ? index : -1;
  }

  /** MMIO entries are misconfigured on purpose, and translate nothing. */
  private mapsSomething(root: number): boolean {
    const table = this.tableOf(root);
    if (table < 0) return false;
    const from = this.tables.base + table * this.tables.cells;
    for (let c = from; c < from + this.tables.cells; c += 2) {
      const spte = this.m.S[c] as number;
      if ((spte & 7) !== 0 && (spte & 3) !== 2) return true;
    }
    return false;
  }

  owners(root: number): { owners: Owner[]; mmu: number } | null {
    if (this.isTainted(root)) return null;
    const owners: Owner[] = [];
    let mmu = this.count(root);
    for (let t = -1; t < this.m.spec.threads; t++) {
      const references = this.owned(t, root);
      mmu -= references;
      if (references > 0) owners.push({ thread: t, references });
    }
    return mmu < 0 ? null : { owners, mmu };
  }

  /**
   * References that are certainly that thread's. A vCPU that took one and has not loaded the root may have taken it for
   * the MMU, so only what it has loaded counts when somebody else puts.
   */
  private settled(thread: number, root: number): number {
    const n = this.owned(thread, root);
    if (n === 0 || thread === actorOf(this.m) || !this.isVcpu(thread)) return n;
    return Math.min(n, this.loaded(thread, root));
  }

  onList(root: number): boolean {
    const { list } = this.spec.fields;
    if (list === null) return false;
    const link = this.pool.base + root * this.pool.cells + list.link;
    const head = this.m.addressOf(list.head);
    let at = this.m.S[list.head] as number;
    for (let n = 0; n < 64 && at !== head && at >= ADDRESS_BASE; n++) {
      if (at === this.m.addressOf(link)) return true;
      at = this.m.S[(at - ADDRESS_BASE) >> 2] as number;
    }
    return false;
  }

  /** After a primitive changed a count from `old`. */
  changed(root: number, old: number, isSet: boolean, site: number): void {
    const now = this.count(root);
    const actor = actorOf(this.m);
    const by = isSet && old === 0 && now > 0 ? 1 : now - old;
    if (by !== 0) this.log?.push({ owner: actor, root, by, site });
    if (isSet) this.set(root, old, now, site);
    else if (now > old) this.take(root, old, now, site);
    else if (now < old) this.put(root, old, now, site);
    if (now === 0 && old > 0) this.taint(root, false);
  }

  private take(root: number, old: number, now: number, site: number): void {
    if (old === 0)
      this.m.report(
        'root-resurrected',
        'a reference to a TDP root is taken from zero',
        site,
        false,
      );
    if (this.isTainted(root)) return;
    const actor = actorOf(this.m);
    const own = this.owned(actor, root);
    // Whoever makes a root needs one reference; more of them, before anybody else can see it, are the MMU's.
    if (own === 0 || this.onList(root)) this.setOwned(actor, root, own + now - old);
  }

  private set(root: number, old: number, now: number, site: number): void {
    const actor = actorOf(this.m);
    if (old === 0) {
      // A new root, or one whose last putter keeps it to take it apart: one reference is the caller's.
      this.taint(root, false);
      this.setOwned(actor, root, now > 0 ? 1 : 0);
      return;
    }
    if (this.isTainted(root)) return;
    const mmu = this.mmuShare(root, old);
    if (mmu < 0) return this.giveUp(root);
    const others = old - this.owned(actor, root);
    if (now === 0 || now < others - mmu) {
      this.m.report(
        'foreign-put',
        now === 0
          ? 'the count of a TDP root is set to zero instead of being put'
          : 'the count of a TDP root is set below what others hold',
        site,
        false,
      );
      if (now > 0) this.taint(root, true);
      return;
    }
    this.setOwned(actor, root, Math.max(0, now - others));
  }

  private put(root: number, old: number, now: number, site: number): void {
    if (this.isTainted(root)) return;
    const actor = actorOf(this.m);
    const own = this.owned(actor, root);
    const short = old - now - own;
    if (short <= 0) return this.setOwned(actor, root, own - (old - now));
    const mmu = this.mmuShare(root, old);
    if (mmu < 0) return this.giveUp(root);
    this.setOwned(actor, root, 0);
    if (mmu < short) this.foreignPut(root, actor, site);
    else this.giftedPut(root, actor, site);
  }

  private mmuShare(root: number, count: number): number {
    let mmu = count;
    for (let t = -1; t < this.m.spec.threads; t++) mmu -= this.settled(t, root);
    return mmu;
  }

  private foreignPut(root: number, actor: number, site: number): void {
    const { m } = this;
    const byVcpu = this.isVcpu(actor);
    m.report(
      'foreign-put',
      `${byVcpu ? 'a vCPU' : 'an operation'} puts a reference to a TDP root that somebody else owns`,
      site,
      false,
    );
    if (this.isInvalid(root) && !byVcpu)
      m.report(
        'gifted-reference',
        'the reference that an invalid root keeps for its zapper is put more than once',
        site,
        false,
      );
    this.taint(root, true);
  }

  /** The MMU's own reference goes. Whoever puts it must be done with the root, or rather have it done. */
  private giftedPut(root: number, actor: number, site: number): void {
    const { m } = this;
    if (this.isInvalid(root)) {
      if (this.mapsSomething(root))
        m.report(
          'gifted-reference',
          'the reference that an invalid root keeps for its zapper is put before the root is zapped',
          site,
          false,
        );
    } else if (this.isVcpu(actor))
      m.report(
        'foreign-put',
        'a vCPU puts the reference that the MMU itself has to a valid TDP root',
        site,
        false,
      );
  }

  private giveUp(root: number): void {
    this.undecided = 'the count of a root changes in ways that are not followed';
    this.taint(root, true);
  }

  /** What a host operation took of an invalid root and still has when it ends, it has left to the MMU. */
  operationEnds(site: number): void {
    const actor = actorOf(this.m);
    if (this.isVcpu(actor)) return;
    for (let i = 0; i < this.pool.count && i < OWNS_MAX; i++) {
      if (this.owned(actor, i) === 0) continue;
      this.setOwned(actor, i, 0);
      if (!this.isInvalid(i))
        this.m.report(
          'leak',
          'an operation ends with a reference to a valid TDP root that it took',
          site,
          false,
        );
    }
  }

  /** Just after somebody got mmu_lock for write, when nobody can be in the middle of a put. */
  checkList(site: number): void {
    const { m } = this;
    const { list } = this.spec.fields;
    if (list === null) return;
    const head = m.addressOf(list.head);
    let at = m.S[list.head] as number;
    for (let n = 0; n < 64 && at !== head && at >= ADDRESS_BASE; n++) {
      const link = (at - ADDRESS_BASE) >> 2;
      if (m.S[link - list.link + this.spec.fields.count] === 0) {
        m.report(
          'root-resurrected',
          'with mmu_lock held for write a TDP root with a count of zero is on the list',
          site,
          false,
        );
        return;
      }
      at = m.S[link] as number;
    }
  }
}

/** The actor is a vCPU that no thread runs. */
const ORPHAN = 1;

/** Whose references the running thread takes and puts: its own, or those of the vCPU it acts as; -1 for one without. */
export function actorOf(m: Machine): number {
  const acting = m.thread(m.tid, T.actor);
  if (acting === 0) return m.tid;
  return acting === ORPHAN ? -1 : m.threadBase.indexOf((acting - ADDRESS_BASE) >> 2);
}
