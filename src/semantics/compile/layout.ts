/**
 * Where the fields of records live in the flat state. A cell is 32 bits and stands for 4 bytes of address space, so
 * arrays of 64-bit entries keep their byte stride. Only fields some model uses are laid out; records made of bit-fields
 * keep their real layout, so that unions such as `role.word` alias exactly.
 */
import type { CType, Field, RecordInfo } from '../c/types.ts';
import type { Expr, InitItem, ModelFunction, Place, Stmt } from '../ir/ir.ts';

export interface FieldSpot {
  /** Cells from the start of the owner. */
  readonly cell: number;
  /** Bit position and width inside that cell; null when the field has whole cells of its own. */
  readonly bit: { readonly at: number; readonly width: number } | null;
}

interface RecordSpots {
  readonly size: number;
  readonly spots: Map<Field, FieldSpot>;
}

/** Records the simulated kernel owns: one word (or two) whatever the tree says. */
const OPAQUE_CELLS: Readonly<Record<string, number>> = {
  spinlock: 1,
  raw_spinlock: 1,
  spinlock_t: 1,
  raw_spinlock_t: 1,
  rwlock_t: 1,
  rwlock: 1,
  mutex: 1,
  rw_semaphore: 1,
  srcu_struct: 1,
  wait_queue_head: 1,
  refcount_struct: 1,
  refcount_t: 1,
  atomic_t: 1,
  atomic64_t: 2,
  completion: 1,
  rcuwait: 1,
  lockdep_map: 1,
};

/** Records up to this size that contain bit-fields keep their C layout. */
const REAL_LAYOUT_BYTES = 16;

export class Layout {
  private readonly used = new Set<Field>();
  private readonly whole = new Set<RecordInfo>();
  private readonly done = new Map<RecordInfo, RecordSpots>();

  /** Notes every field the models and initialisers touch. Call for all before the first question. */
  use(models: Iterable<ModelFunction>, inits: Iterable<readonly InitItem[]>): void {
    for (const model of models) for (const stmt of model.body) this.useStmt(stmt);
    for (const init of inits) this.useInit(init);
  }

  private useInit(init: readonly InitItem[]): void {
    for (const item of init) {
      for (const step of item.path) if ('field' in step) this.used.add(step.field);
      this.useExpr(item.value);
    }
  }

  private useStmt(s: Stmt): void {
    switch (s.kind) {
      case 'expr':
        return this.useExpr(s.expr);
      case 'declare':
        return this.useInit(s.init ?? []);
      case 'block':
        for (const inner of s.body) this.useStmt(inner);
        return;
      case 'if':
        this.useExpr(s.test);
        this.useStmt(s.then);
        if (s.otherwise !== null) this.useStmt(s.otherwise);
        return;
      case 'loop':
        for (const inner of s.init) this.useStmt(inner);
        if (s.test !== null) this.useExpr(s.test);
        if (s.step !== null) this.useExpr(s.step);
        return this.useStmt(s.body);
      case 'switch':
        this.useExpr(s.value);
        return this.useStmt(s.body);
      case 'return':
        if (s.value !== null) this.useExpr(s.value);
        return;
      default:
        return;
    }
  }

  private usePlace(p: Place): void {
    switch (p.kind) {
      case 'deref':
        return this.useExpr(p.pointer);
      case 'field':
        this.used.add(p.field);
        return this.usePlace(p.base);
      case 'element':
        this.usePlace(p.base);
        return this.useExpr(p.index);
      case 'value':
        return this.useExpr(p.value);
      default:
        return;
    }
  }

  private useExpr(e: Expr): void {
    switch (e.kind) {
      case 'load':
      case 'address':
      case 'step':
        return this.usePlace(e.place);
      case 'assign':
        this.usePlace(e.place);
        return this.useExpr(e.value);
      case 'call':
      case 'primitive':
        for (const arg of e.args) this.useExpr(arg);
        return;
      case 'call-indirect':
        this.useExpr(e.target);
        for (const arg of e.args) this.useExpr(arg);
        return;
      case 'binary':
      case 'logical':
        this.useExpr(e.left);
        return this.useExpr(e.right);
      case 'negate':
      case 'complement':
      case 'not':
      case 'convert':
        return this.useExpr(e.value);
      case 'choose':
        this.useExpr(e.test);
        if (e.then !== null) this.useExpr(e.then);
        return this.useExpr(e.otherwise);
      case 'sequence':
        this.useExpr(e.first);
        return this.useExpr(e.second);
      case 'block':
        for (const s of e.body) this.useStmt(s);
        if (e.value !== null) this.useExpr(e.value);
        return;
      case 'container-of':
        for (const field of e.path) this.used.add(field);
        return this.useExpr(e.value);
      default:
        return;
    }
  }

  cells(type: CType): number {
    switch (type.kind) {
      case 'int':
        return type.bits > 32 ? type.bits / 32 : 1;
      case 'array':
        return Math.max(1, (type.count ?? 0) * this.cells(type.of));
      case 'record':
        return this.record(type.record).size;
      case 'float':
        return 2;
      default:
        return 1;
    }
  }

  /** Throws when no model uses the field: a mistake of ours. */
  spot(field: Field): FieldSpot {
    const spot = this.record(field.owner).spots.get(field);
    if (spot === undefined)
      throw new Error(`field ${field.owner.name}.${field.name} is not laid out`);
    return spot;
  }

  isUsed(field: Field): boolean {
    return this.record(field.owner).spots.has(field);
  }

  private record(record: RecordInfo): RecordSpots {
    const known = this.done.get(record);
    if (known !== undefined) return known;
    const spots = this.layOut(record);
    this.done.set(record, spots);
    return spots;
  }

  private layOut(record: RecordInfo): RecordSpots {
    const opaque = Object.hasOwn(OPAQUE_CELLS, record.name) ? OPAQUE_CELLS[record.name] : undefined;
    const body = record.complete();
    if (body === null) return { size: opaque ?? 1, spots: new Map() };
    const hasBits = body.fields.some(f => f.bits !== null);
    const spots = new Map<Field, FieldSpot>();
    let size = 0;
    if (hasBits && body.size <= REAL_LAYOUT_BYTES) {
      size = this.realLayout(body.fields, body.size, spots);
    } else {
      if (record.which === 'union') this.alignPunnedMembers(body.fields);
      size = this.compactLayout(record, body.fields, spots);
    }
    return { size: Math.max(1, size, opaque ?? 0), spots };
  }

  private realLayout(
    fields: readonly Field[],
    bytes: number,
    spots: Map<Field, FieldSpot>,
  ): number {
    for (const field of fields) {
      const width =
        field.bits ??
        (field.type.kind === 'int' && field.type.bits < 32 ? Math.max(8, field.type.bits) : null);
      const cell = Math.floor(field.byteOffset / 4);
      const at = (field.byteOffset % 4) * 8 + field.bitOffset;
      spots.set(field, { cell, bit: width === null ? null : { at, width } });
    }
    return Math.ceil(bytes / 4);
  }

  private compactLayout(
    record: RecordInfo,
    fields: readonly Field[],
    spots: Map<Field, FieldSpot>,
  ): number {
    let next = 0;
    let size = 0;
    const words = new Map<number, number>();
    for (const field of fields) {
      if (!this.used.has(field) && !this.whole.has(record)) continue;
      if (record.which === 'union') next = 0;
      if (field.bits !== null) {
        const cell = words.get(field.byteOffset) ?? next++;
        words.set(field.byteOffset, cell);
        spots.set(field, { cell, bit: { at: field.bitOffset, width: field.bits } });
      } else {
        spots.set(field, { cell: next, bit: null });
        next += this.cells(field.type);
      }
      size = Math.max(size, next);
    }
    return size;
  }

  /** Small unions read through one member and written through another need all of every member. */
  private alignPunnedMembers(fields: readonly Field[]): void {
    const isWord = fields.some(f => f.type.kind === 'int');
    if (!isWord) return;
    for (const field of fields) {
      if (field.type.kind !== 'record') continue;
      const body = field.type.record.complete();
      if (body === null || body.size > REAL_LAYOUT_BYTES) continue;
      this.whole.add(field.type.record);
    }
  }
}
