/** What must hold when everything has come to rest, and what outsiders can see there. */
import type { Bindings, BoundField } from '../semantics/compile/bindings.ts';
import type { Program } from '../semantics/compile/program.ts';
import { ADDRESS_BASE } from '../semantics/compile/unit.ts';
import { GUEST_PFN, walk } from '../semantics/kernel/guest.ts';
import {
  describeObject,
  type Machine,
  objectAt,
  T,
  TABLE_PFN,
} from '../semantics/kernel/machine.ts';

export function readBound(m: Machine, base: number, field: BoundField): number {
  const word = m.S[base + field.cell] as number;
  if (field.bit === null) return word;
  return (word >>> field.bit.at) & (field.bit.width >= 32 ? -1 : 2 ** field.bit.width - 1);
}

interface Root {
  readonly base: number;
  readonly count: number;
  readonly invalid: boolean;
}

/** Live TDP roots, in list order. */
export function listRoots(program: Program, b: Bindings): Root[] {
  const m = program.machine;
  const { rootList, rootLink, rootCount, roleInvalid } = b;
  const kvm = program.kvmCell;
  if (rootList === null || rootLink === null || kvm === null) return [];
  const head = m.addressOf(kvm + rootList.cell);
  const roots: Root[] = [];
  let at = m.S[kvm + rootList.cell] as number;
  for (let n = 0; at !== head && at !== 0 && n < 64; n++) {
    const base = ((at - ADDRESS_BASE) >> 2) - rootLink.cell;
    roots.push({
      base,
      count: rootCount === null ? 0 : readBound(m, base, rootCount),
      invalid: roleInvalid !== null && readBound(m, base, roleInvalid) !== 0,
    });
    at = m.S[base + rootLink.cell] as number;
  }
  return roots;
}

/** Objects nothing points at any more: a leak; roots kept by nobody but the MMU: stranded. */
export function checkAtRest(program: Program, b: Bindings): void {
  const m = program.machine;
  m.tid = 0;
  program.checkAtRest();
  const reached = reachable(program);
  for (const pool of m.pools.values()) {
    for (let i = 0; i < pool.count; i++) {
      if (m.S[pool.status + i] === 0 || reached.has(pool.status + i)) continue;
      m.report(
        'leak',
        `${describeObject(pool.name)} is allocated but reachable from nowhere when everything has come to rest`,
        0,
        false,
      );
    }
  }
  for (const root of listRoots(program, b)) {
    if (!root.invalid || root.count <= holders(program, b, root.base)) continue;
    m.report(
      'stranded-invalid-root',
      'an invalid root is still referenced by the MMU itself when everything has come to rest',
      0,
      false,
    );
  }
}

/** vCPUs that have the root loaded. */
function holders(program: Program, b: Bindings, root: number): number {
  const m = program.machine;
  if (b.pageTable === null || b.rootHpa === null) return 0;
  const table = objectAt(m, m.S[root + b.pageTable.cell] as number);
  if (table === null) return 0;
  let n = 0;
  for (const vcpu of program.vcpuCells) {
    if (((m.S[vcpu + b.rootHpa.cell] as number) >>> 12) - TABLE_PFN === table.index) n++;
  }
  return n;
}

/** Status cells of all objects reachable through pointers, SPTEs and physical root addresses. */
function reachable(program: Program): Set<number> {
  const m = program.machine;
  const seen = new Set<number>();
  const queue: number[] = [];
  const tables = m.pools.get('page-table');
  const note = (value: number): void => {
    let address = value;
    const frame = (value >>> 12) - TABLE_PFN;
    if (tables !== undefined && frame >= 0 && frame < tables.count)
      address = m.addressOf(tables.base + frame * tables.cells);
    const object = objectAt(m, address & ~3);
    if (object === null) return;
    const status = object.pool.status + object.index;
    if (seen.has(status)) return;
    seen.add(status);
    queue.push(object.pool.base + object.index * object.pool.cells);
    if (object.pool.name === 'page-table') note(m.S[m.cells.private + object.index] as number);
  };
  for (let c = 1; c < m.spec.globalsEnd; c++) if (m.S[c] !== 0) note(m.S[c] as number);
  for (let c = m.cells.rcuHead; c < m.cells.rcuFunction; c++)
    if (m.S[c] !== 0) note(m.S[c] as number);
  for (const base of m.threadBase) {
    for (let c = base; c < base + m.spec.stackCells; c++) if (m.S[c] !== 0) note(m.S[c] as number);
  }
  for (let base = queue.pop(); base !== undefined; base = queue.pop()) {
    const object = objectAt(m, m.addressOf(base));
    if (object === null) continue;
    for (let c = base; c < base + object.pool.cells; c++) if (m.S[c] !== 0) note(m.S[c] as number);
  }
  return seen;
}

/** The state as outsiders see it: mappings, roots and their references, requests, pages, pending flushes. */
export function observe(program: Program, b: Bindings, gfns: readonly number[]): string {
  const m = program.machine;
  const parts: string[] = [];
  const vcpus = program.spec.threads.flatMap((t, tid) =>
    t.vcpu === null ? [] : [observeVcpu(program, b, gfns, tid, t.vcpu)],
  );
  // vCPUs are interchangeable.
  parts.push(...vcpus.sort());
  const roots = listRoots(program, b).map(
    r => `${r.invalid ? 'invalid' : 'valid'} root, ${r.count} references`,
  );
  parts.push(...roots.sort());
  const live = (name: string): number => {
    const pool = m.pools.get(name);
    let n = 0;
    for (let i = 0; pool !== undefined && i < pool.count; i++) if (m.S[pool.status + i] !== 0) n++;
    return n;
  };
  parts.push(`${live('shadow-page')} shadow pages, ${live('page-table')} page tables`);
  return parts.join('; ');
}

function observeVcpu(
  program: Program,
  b: Bindings,
  gfns: readonly number[],
  tid: number,
  vcpu: number,
): string {
  const m = program.machine;
  const base = program.vcpuCells[vcpu] as number;
  const where = m.thread(tid, T.inGuest) !== 0 ? 'in guest' : 'in userspace';
  const loaded = b.rootHpa === null ? 0 : (m.S[base + b.rootHpa.cell] as number);
  const root = m.thread(tid, T.inGuest) === 0 ? loaded : m.thread(tid, T.guestRoot);
  const maps = gfns.map(gfn => {
    const found = walk(m, program.guest, root, gfn);
    if (found === null) return `gfn ${gfn} unmapped`;
    const page = (found.spte >>> 12) - GUEST_PFN;
    return `gfn ${gfn} ${(found.spte & 2) !== 0 ? 'writable' : 'read-only'} at level ${found.level}${page >= 16 ? ' (new page)' : ''}`;
  });
  const pending = b.requests === null ? 0 : (m.S[base + b.requests.cell] as number);
  return `vcpu ${where}, ${maps.join(', ')}${pending === 0 ? '' : `, requests 0x${(pending >>> 0).toString(16)}`}`;
}
