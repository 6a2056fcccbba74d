/**
 * Expressions to straight-line JavaScript over 32-bit words. A value is one word, or two (low, high) for 64-bit
 * integers; words are int32 whatever the C signedness, narrow unsigned values zero-extended. Every load is emitted to a
 * temporary at its place in the order of evaluation, so the returned text reads only JavaScript variables.
 */
import { type CType, type IntType, isPtr, isWide } from '../c/types.ts';
import {
  type AccessMode,
  type BinaryOperator,
  type Expr,
  type Local,
  locationClass,
  type Place,
} from '../ir/ir.ts';
import { type PointKind, PRIMITIVES } from '../lift/primitives.ts';
import { type Block, BlockList, FRAME_HEADER_CELLS } from './blocks.ts';
import { type CodeUnit, pointNumber, slots } from './unit.ts';

export interface Value {
  readonly lo: string;
  /** '' for one-word values. */
  readonly hi: string;
}
export const NOTHING: Value = { lo: '0', hi: '' };

type Spot =
  | { readonly kind: 'variable'; readonly name: string }
  /** Cell index expression known to be this thread's stack or a global. */
  | {
      readonly kind: 'cell';
      readonly cell: string;
      readonly bit: Bit | null;
      readonly shared: boolean;
    }
  | { readonly kind: 'address'; readonly address: string; readonly bit: Bit | null };
interface Bit {
  readonly at: number;
  readonly width: number;
}

const mask = (width: number): number => (width >= 32 ? -1 : 2 ** width - 1);

export class ExprGenerator {
  readonly unit: CodeUnit;
  readonly fn: string;
  readonly resumable: boolean;
  readonly blocks = new BlockList();
  readonly memory = new Map<Local, number>();
  /** Operands of tests whose outcomes are noted, with their numbers. */
  protected readonly decisions = new Map<Expr, number>();
  memoryCells = 0;
  cur: Block;
  private temps = 0;

  constructor(unit: CodeUnit, fn: string) {
    this.unit = unit;
    this.fn = fn;
    this.resumable = unit.resumable.has(fn);
    this.cur = this.blocks.open();
  }

  // --- emission ---
  emit(text: string): void {
    this.cur.lines.push({ text, defs: [] });
  }

  set(name: string, value: string): void {
    this.cur.lines.push({ text: `${name}=${value};`, defs: [name] });
  }

  temp(value: string): string {
    const name = `t${this.temps++}`;
    this.set(name, value);
    return name;
  }

  temp64(lo: string, hi: string): Value {
    const name = `t${this.temps++}`;
    this.set(name, lo);
    this.set(`${name}h`, hi);
    return { lo: name, hi: `${name}h` };
  }

  private freshTemp(wide: boolean): Value {
    const name = `t${this.temps++}`;
    return { lo: name, hi: wide ? `${name}h` : '' };
  }

  setValue(to: Value, from: Value): void {
    this.set(to.lo, from.lo);
    if (to.hi !== '') this.set(to.hi, from.hi === '' ? '0' : from.hi);
  }

  jumpTo(block: Block): void {
    this.cur.end ??= { kind: 'jump', to: block };
    this.cur = block;
  }

  branch(test: string, yes: Block, no: Block): void {
    this.cur.end = { kind: 'branch', test, yes, no };
  }

  memoryBase(): number {
    return this.resumable ? FRAME_HEADER_CELLS : 0;
  }

  localCell(local: Local): string {
    let offset = this.memory.get(local);
    if (offset === undefined) {
      offset = this.memoryCells;
      this.memory.set(local, offset);
      this.memoryCells += this.unit.layout.cells(local.type);
    }
    return `fp+${this.memoryBase() + offset}`;
  }

  private scratch(type: CType): string {
    const offset = this.memoryCells;
    this.memoryCells += this.unit.layout.cells(type);
    return `fp+${this.memoryBase() + offset}`;
  }

  site(e: { loc: Expr['loc'] }, what: string, cls = ''): number {
    return this.unit.site({ fn: this.fn, loc: e.loc, what, locationClass: cls });
  }

  // --- places ---
  spot(place: Place): Spot {
    switch (place.kind) {
      case 'local':
        if (!place.local.inMemory) return { kind: 'variable', name: `v${place.local.id}` };
        return { kind: 'cell', cell: this.localCell(place.local), bit: null, shared: false };
      case 'global':
        return {
          kind: 'cell',
          cell: String(this.unit.globalCell(place.global)),
          bit: null,
          shared: true,
        };
      case 'deref':
        return { kind: 'address', address: this.value(place.pointer).lo, bit: null };
      case 'field':
        return this.fieldSpot(place);
      case 'element':
        return this.elementSpot(place);
      case 'value': {
        const address = this.recordAddress(place.value);
        return { kind: 'address', address, bit: null };
      }
    }
  }

  private fieldSpot(place: Place & { kind: 'field' }): Spot {
    const base = this.spot(place.base);
    const { cell, bit } = this.unit.layout.spot(place.field);
    if (base.kind === 'variable') throw new Error(`member of register variable in ${this.fn}`);
    if (base.kind === 'cell') return { ...base, cell: addCell(base.cell, cell), bit };
    return { kind: 'address', address: addBytes(base.address, cell * 4), bit };
  }

  private elementSpot(place: Place & { kind: 'element' }): Spot {
    const base = this.spot(place.base);
    const size = this.unit.layout.cells(place.type);
    if (base.kind === 'variable') throw new Error(`index of register variable in ${this.fn}`);
    if (place.index.kind === 'const') {
      const cells = place.index.lo * size;
      if (base.kind === 'cell') return { ...base, cell: addCell(base.cell, cells) };
      return { ...base, address: addBytes(base.address, cells * 4) };
    }
    const index = this.value(place.index).lo;
    const address = base.kind === 'cell' ? `ad(${base.cell})` : base.address;
    return {
      kind: 'address',
      address: `(${address}+Math.imul(${index},${size * 4})|0)`,
      bit: null,
    };
  }

  address(place: Place): string {
    const spot = this.spot(place);
    if (spot.kind === 'variable')
      throw new Error(`address of register variable ${spot.name} in ${this.fn}`);
    if (spot.bit !== null) return spot.kind === 'cell' ? `ad(${spot.cell})` : spot.address;
    return spot.kind === 'cell' ? `ad(${spot.cell})` : spot.address;
  }

  /** True for memory other threads can reach as far as the static type tells. */
  private mayShare(place: Place): boolean {
    if (place.kind === 'local') return false;
    if (place.kind === 'field' || place.kind === 'element') return this.mayShare(place.base);
    return place.kind !== 'value';
  }

  /** Suspends before an access that others may observe. */
  private accessPoint(
    place: Place,
    spot: Spot,
    mode: AccessMode,
    loc: Expr['loc'],
    write: boolean,
  ): number {
    const cls = locationClass(place);
    const bit = spot.kind === 'variable' ? null : spot.bit;
    // A store to a bit-field reads the whole word and writes it back.
    const bits = bit === null || write ? -1 : mask(bit.width) << bit.at;
    const site = this.unit.site({
      fn: this.fn,
      loc,
      what: write ? 'store' : 'load',
      locationClass: cls,
      plain: mode === 'plain',
      ...(bits === -1 ? {} : { bits }),
    });
    if (!this.resumable || spot.kind === 'variable' || !this.mayShare(place)) return site;
    if (mode === 'plain' && !this.unit.racing.has(cls)) return site;
    const address = spot.kind === 'cell' ? `ad(${spot.cell})` : spot.address;
    const isWideAccess = this.unit.layout.cells(place.type) > 1;
    const how = `${address},${write ? 1 : 0}`;
    const test = isWideAccess ? `na2(${how})` : `na(${how},${bits})`;
    this.point('access', test, address, site);
    return site;
  }

  point(kind: PointKind, test: string, argument: string, site: number): void {
    const next = this.blocks.open();
    this.cur.end = {
      kind: 'point',
      test,
      suspend: `sus(fp,${pointNumber(kind)},${argument},${site})`,
      next,
    };
    this.cur = next;
  }

  private pinned(spot: Spot): Spot {
    if (spot.kind === 'address' && !/^[vt]\d+$/.test(spot.address))
      return { ...spot, address: this.temp(spot.address) };
    return spot;
  }

  load(place: Place, mode: AccessMode, loc: Expr['loc']): Value {
    const spot = this.pinned(this.spot(place));
    if (spot.kind === 'variable')
      return { lo: spot.name, hi: isWide(place.type) ? `${spot.name}h` : '' };
    const site = this.accessPoint(place, spot, mode, loc, false);
    return this.read(spot, place.type, site, mode !== 'plain');
  }

  private read(spot: Spot, type: CType, site: number, marked: boolean): Value {
    if (spot.kind === 'variable') return { lo: spot.name, hi: '' };
    const word = (offset: number): string => {
      if (spot.kind === 'cell')
        return spot.shared
          ? `${marked ? 'lgm' : 'lg'}(${addCell(spot.cell, offset)},${site})`
          : `S[${addCell(spot.cell, offset)}]`;
      return `${marked ? 'lm' : 'ld'}(${addBytes(spot.address, offset * 4)},${site})`;
    };
    if (spot.bit !== null) {
      const lo = this.temp(extract(word(0), spot.bit, type as IntType));
      return { lo, hi: !isWide(type) ? '' : (type as IntType).signed ? `(${lo}>>31)` : '0' };
    }
    if (isWide(type)) return this.temp64(word(0), word(1));
    return { lo: this.temp(word(0)), hi: '' };
  }

  store(place: Place, value: Value, mode: AccessMode, loc: Expr['loc']): void {
    const spot = this.pinned(this.spot(place));
    if (spot.kind === 'variable') {
      this.setValue({ lo: spot.name, hi: isWide(place.type) ? `${spot.name}h` : '' }, value);
      return;
    }
    const held = this.hold(value);
    const site = this.accessPoint(place, spot, mode, loc, true);
    this.write(spot, place.type, held, site, mode !== 'plain');
  }

  /** Copies a value into temporaries so that it survives a suspension unchanged. */
  private hold(value: Value): Value {
    const simple = (text: string): boolean =>
      text === '' || /^(?:[vt]\d+h?|-?\d+|\(-?\d+\))$/.test(text);
    if (simple(value.lo) && simple(value.hi)) return value;
    return value.hi === '' ? { lo: this.temp(value.lo), hi: '' } : this.temp64(value.lo, value.hi);
  }

  private write(spot: Spot, type: CType, value: Value, site: number, marked: boolean): void {
    if (spot.kind === 'variable') return;
    const put = (offset: number, text: string): void => {
      if (spot.kind === 'cell')
        this.emit(
          `${spot.shared ? `${marked ? 'sgm' : 'sg'}(${addCell(spot.cell, offset)},${text},${site})` : `ss(${addCell(spot.cell, offset)},${text})`};`,
        );
      else
        this.emit(
          `${marked ? 'sm' : 'st'}(${addBytes(spot.address, offset * 4)},${text},${site});`,
        );
    };
    if (spot.bit !== null) {
      const { at, width } = spot.bit;
      const old =
        spot.kind === 'cell'
          ? spot.shared
            ? `lg(${spot.cell},${site})`
            : `S[${spot.cell}]`
          : `ld(${spot.address},${site})`;
      put(0, `(${old}&${~(mask(width) << at)})|((${value.lo}&${mask(width)})<<${at})`);
      return;
    }
    put(0, value.lo);
    if (isWide(type)) put(1, value.hi === '' ? '0' : value.hi);
  }

  // --- records ---
  /** Address of a record-valued expression, copied to scratch memory where it is no place itself. */
  recordAddress(e: Expr): string {
    switch (e.kind) {
      case 'load':
        return this.address(e.place);
      case 'call':
      case 'call-indirect': {
        const scratch = this.scratch(e.type);
        this.call(e, `ad(${scratch})`);
        return `ad(${scratch})`;
      }
      case 'block': {
        this.body(e);
        return e.value === null ? '0' : this.recordAddress(e.value);
      }
      case 'convert':
        return this.recordAddress(e.value);
      case 'choose': {
        const scratch = this.scratch(e.type);
        this.chooseRecord(e, scratch);
        return `ad(${scratch})`;
      }
      case 'assign':
        this.assignRecord(e);
        return this.address(e.place);
      case 'sequence':
        this.discard(e.first);
        return this.recordAddress(e.second);
      case 'unsupported':
        this.value(e);
        return '0';
      default:
        throw new Error(`record value of ${e.kind} in ${this.fn}`);
    }
  }

  private chooseRecord(e: Expr & { kind: 'choose' }, scratch: string): void {
    const yes = this.blocks.open();
    const no = this.blocks.open();
    const join = this.blocks.open();
    this.jump(e.test, yes, no);
    const cells = this.unit.layout.cells(e.type);
    for (const [block, arm] of [
      [yes, e.then],
      [no, e.otherwise],
    ] as const) {
      this.cur = block;
      if (arm !== null) this.emit(`cp(ad(${scratch}),${this.recordAddress(arm)},${cells},0);`);
      this.cur.end ??= { kind: 'jump', to: join };
    }
    this.cur = join;
  }

  private assignRecord(e: Expr & { kind: 'assign' }): void {
    const from = this.temp(this.recordAddress(e.value));
    this.emit(
      `cp(${this.address(e.place)},${from},${this.unit.layout.cells(e.type)},${this.site(e, 'store', locationClass(e.place))});`,
    );
  }

  // --- values ---
  value(e: Expr): Value {
    switch (e.kind) {
      case 'const':
        return { lo: num(e.lo), hi: isWide(e.type) ? num(e.hi) : '' };
      case 'load':
        if (e.type.kind === 'record') return { lo: this.recordAddress(e), hi: '' };
        return this.load(e.place, e.mode, e.loc);
      case 'address':
        return { lo: this.address(e.place), hi: '' };
      case 'assign':
        return this.assign(e);
      case 'step':
        return this.step(e);
      case 'call':
      case 'call-indirect': {
        if (e.type.kind === 'record') return { lo: this.recordAddress(e), hi: '' };
        return this.call(e, null);
      }
      case 'primitive':
        return this.primitive(e);
      case 'binary':
        return this.binary(e);
      case 'negate':
        return this.arith(
          '-',
          { lo: '0', hi: isWide(e.type) ? '0' : '' },
          this.value(e.value),
          e.type,
        );
      case 'complement': {
        const v = this.value(e.value);
        return { lo: `(~${v.lo})`, hi: v.hi === '' ? '' : `(~${v.hi})` };
      }
      case 'not':
        return { lo: `(${this.test(e.value)}?0:1)`, hi: '' };
      case 'convert':
        return this.convert(e);
      case 'logical':
        return { lo: `(${this.test(e)}?1:0)`, hi: '' };
      case 'choose':
        return this.choose(e);
      case 'sequence':
        this.discard(e.first);
        return this.value(e.second);
      case 'block':
        this.body(e);
        return e.value === null ? NOTHING : this.value(e.value);
      case 'container-of': {
        const cells = e.path.reduce((sum, field) => sum + this.unit.layout.spot(field).cell, 0);
        return { lo: addBytes(this.value(e.value).lo, -cells * 4), hi: '' };
      }
      case 'function':
        return { lo: String(this.unit.functionNumber(e.name)), hi: '' };
      case 'text':
        return { lo: '1', hi: '' };
      case 'unsupported': {
        const n =
          this.unit.unsupported.push({
            code: e.code,
            message: e.message,
            loc: e.loc,
            fn: this.fn,
          }) - 1;
        this.emit(`uns(${n});`);
        return { lo: '0', hi: isWide(e.type) ? '0' : '' };
      }
    }
  }

  /** Body of a statement expression; set by the statement generator. */
  body(_e: Expr & { kind: 'block' }): void {
    throw new Error('statement generator missing');
  }

  discard(e: Expr): void {
    if (e.type.kind === 'record') {
      if (e.kind === 'assign') this.assignRecord(e);
      else this.recordAddress(e);
      return;
    }
    this.value(e);
  }

  private assign(e: Expr & { kind: 'assign' }): Value {
    if (e.type.kind === 'record') {
      this.assignRecord(e);
      return { lo: this.address(e.place), hi: '' };
    }
    if (e.op === null) {
      const value = this.narrow(this.hold(this.value(e.value)), e.type);
      this.store(e.place, value, e.mode, e.loc);
      return fitField(value, e.place);
    }
    const spot = this.pinned(this.spot(e.place));
    const site = this.accessPoint(e.place, spot, e.mode, e.loc, true);
    const right = this.hold(this.value(e.value));
    const old =
      spot.kind === 'variable'
        ? { lo: spot.name, hi: isWide(e.type) ? `${spot.name}h` : '' }
        : this.read(spot, e.type, site, false);
    let result: Value;
    if (isPtr(e.type)) result = this.pointerStep(e.op, old.lo, right.lo, e.type);
    else {
      const left = this.convertValue(old, e.type, e.opType);
      result = this.convertValue(this.arith(e.op, left, right, e.opType), e.opType, e.type);
    }
    result = this.hold(result);
    if (spot.kind === 'variable') this.setValue(old, result);
    else this.write(spot, e.type, result, site, false);
    return fitField(result, e.place);
  }

  private pointerStep(op: BinaryOperator, pointer: string, count: string, type: CType): Value {
    const bytes = isPtr(type) ? this.pointeeBytes(type.to) : 1;
    return { lo: `(${pointer}${op === '-' ? '-' : '+'}Math.imul(${count},${bytes})|0)`, hi: '' };
  }

  private pointeeBytes(type: CType): number {
    if (type.kind === 'void' || type.kind === 'fn') return 1;
    return this.unit.layout.cells(type) * 4;
  }

  private step(e: Expr & { kind: 'step' }): Value {
    const spot = this.pinned(this.spot(e.place));
    const site = this.accessPoint(e.place, spot, 'plain', e.loc, true);
    const wide = isWide(e.type);
    const current =
      spot.kind === 'variable'
        ? { lo: spot.name, hi: wide ? `${spot.name}h` : '' }
        : this.read(spot, e.type, site, false);
    const old = wide ? this.temp64(current.lo, current.hi) : { lo: this.temp(current.lo), hi: '' };
    const one: Value = { lo: '1', hi: wide ? '0' : '' };
    const op = e.delta === 1 ? '+' : '-';
    const next = isPtr(e.type)
      ? this.pointerStep(op, old.lo, '1', e.type)
      : this.convertValue(this.arith(op, old, one, e.type), e.type, e.type);
    const held = this.hold(next);
    if (spot.kind === 'variable') this.setValue(current, held);
    else this.write(spot, e.type, held, site, false);
    return e.postfix ? old : fitField(held, e.place);
  }

  private binary(e: Expr & { kind: 'binary' }): Value {
    if (/^(?:[<>]=?|[=!]=)$/.test(e.op)) return { lo: `(${this.compare(e)}?1:0)`, hi: '' };
    const left = this.hold(this.value(e.left));
    const right = this.value(e.right);
    if (isPtr(e.opType)) {
      if (!isPtr(e.right.type)) return this.pointerStep(e.op, left.lo, right.lo, e.opType);
      const bytes = isPtr(e.opType) ? this.pointeeBytes(e.opType.to) : 1;
      const difference = this.temp(`((${left.lo}-${right.lo})/${bytes}|0)`);
      return { lo: difference, hi: `(${difference}>>31)` };
    }
    return this.arith(e.op, left, right, e.opType);
  }

  arith(op: BinaryOperator, a: Value, b: Value, type: CType): Value {
    return isWide(type)
      ? this.arith64(op, a, b, type as IntType)
      : { lo: arith32(op, a.lo, b.lo, type as IntType), hi: '' };
  }

  private arith64(op: BinaryOperator, a: Value, b: Value, type: IntType): Value {
    switch (op) {
      case '&':
      case '|':
      case '^':
        return { lo: `(${a.lo}${op}${b.lo})`, hi: `(${a.hi}${op}${b.hi})` };
      case '+': {
        const lo = this.temp(`(${a.lo}+${b.lo})|0`);
        return { lo, hi: `(${a.hi}+${b.hi}+((${lo}>>>0)<(${a.lo}>>>0)?1:0)|0)` };
      }
      case '-': {
        const lo = this.temp(`(${a.lo}-${b.lo})|0`);
        return { lo, hi: `(${a.hi}-${b.hi}-((${a.lo}>>>0)<(${b.lo}>>>0)?1:0)|0)` };
      }
      case '<<':
      case '>>': {
        const name = op === '<<' ? 'shl' : type.signed ? 'sar' : 'shr';
        const lo = this.temp(`${name}(${a.lo},${a.hi},${b.lo})`);
        return { lo, hi: this.temp('R[0]') };
      }
      default: {
        const name = op === '*' ? 'mul' : `${type.signed ? 's' : 'u'}${op === '/' ? 'div' : 'mod'}`;
        const lo = this.temp(`${name}(${a.lo},${a.hi},${b.lo},${b.hi})`);
        return { lo, hi: this.temp('R[0]') };
      }
    }
  }

  private compare(e: Expr & { kind: 'binary' }): string {
    const left = this.hold(this.value(e.left));
    const right = this.value(e.right);
    const js = e.op === '==' ? '===' : e.op === '!=' ? '!==' : e.op;
    if (isWide(e.opType)) return compare64(e.op, left, right, (e.opType as IntType).signed);
    const unsigned = isPtr(e.opType) || (e.opType.kind === 'int' && !e.opType.signed);
    if (js === '===' || js === '!==' || !unsigned) return `(${left.lo})${js}(${right.lo})`;
    return `((${left.lo})>>>0)${js}((${right.lo})>>>0)`;
  }

  /** Reduces an arithmetic result to what a variable of a narrow type holds. */
  narrow(value: Value, type: CType): Value {
    if (type.kind !== 'int' || type.bits >= 32) return value;
    if (type.bits === 1) return value;
    return { lo: narrowText(value.lo, type), hi: '' };
  }

  private convert(e: Expr & { kind: 'convert' }): Value {
    return this.convertValue(this.value(e.value), e.value.type, e.type);
  }

  convertValue(value: Value, from: CType, to: CType): Value {
    if (to.kind === 'int' && to.bits === 1) {
      return {
        lo: value.hi === '' ? `(${value.lo}!==0?1:0)` : `((${value.lo}|${value.hi})!==0?1:0)`,
        hi: '',
      };
    }
    if (isWide(to)) {
      if (value.hi !== '') return value;
      // Kernel addresses are canonical: the upper half follows bit 31, which also keeps ERR_PTR() values negative.
      const signed = from.kind === 'ptr' || (from.kind === 'int' && from.signed);
      if (!signed) return { lo: value.lo, hi: '0' };
      const lo = /^[vt]\d+$|^-?\d+$/.test(value.lo) ? value.lo : this.temp(value.lo);
      return { lo, hi: `(${lo}>>31)` };
    }
    if (to.kind === 'int' && to.bits < 32) return { lo: narrowText(value.lo, to), hi: '' };
    return { lo: value.lo, hi: '' };
  }

  // --- conditions ---
  /** A JavaScript boolean, which notes how it came out where that is of interest. */
  test(e: Expr): string {
    const text = this.testText(e);
    const n = this.decisions.get(e);
    if (n === undefined || text === 'true' || text === 'false') return text;
    return `((${text})?(D[${n}]|=1,true):(D[${n}]|=2,false))`;
  }

  private testText(e: Expr): string {
    switch (e.kind) {
      case 'not':
        return `!(${this.test(e.value)})`;
      case 'binary':
        if (/^(?:[<>]=?|[=!]=)$/.test(e.op)) return this.compare(e);
        break;
      case 'logical':
        return this.logical(e);
      case 'const':
        return e.lo !== 0 || (isWide(e.type) && e.hi !== 0) ? 'true' : 'false';
      case 'convert':
        if (e.type.kind === 'int' && e.type.bits === 1) return this.test(e.value);
        break;
      default:
        break;
    }
    const v = this.value(e);
    return v.hi === '' ? `(${v.lo})!==0` : `(${v.lo}|${v.hi})!==0`;
  }

  private logical(e: Expr & { kind: 'logical' }): string {
    const left = this.test(e.left);
    const scratch = this.blocks.open();
    const saved = this.cur;
    this.cur = scratch;
    const right = this.test(e.right);
    if (this.cur === scratch && scratch.lines.length === 0) {
      this.cur = saved;
      this.blocks.all.pop();
      return `((${left})${e.op}(${right}))`;
    }
    const name = `t${this.temps++}`;
    const join = this.blocks.open();
    this.set(name, `(${right})?1:0`);
    this.cur.end ??= { kind: 'jump', to: join };
    this.cur = saved;
    this.set(name, `(${left})?1:0`);
    this.branch(e.op === '&&' ? `${name}!==0` : `${name}===0`, scratch, join);
    this.cur = join;
    return `${name}!==0`;
  }

  /** Branches on an expression with short-circuit evaluation. */
  jump(e: Expr, yes: Block, no: Block): void {
    if (e.kind === 'not') return this.jump(e.value, no, yes);
    if (e.kind === 'logical') {
      const middle = this.blocks.open();
      if (e.op === '&&') this.jump(e.left, middle, no);
      else this.jump(e.left, yes, middle);
      this.cur = middle;
      return this.jump(e.right, yes, no);
    }
    const test = this.test(e);
    if (test === 'true' || test === 'false') {
      this.cur.end = { kind: 'jump', to: test === 'true' ? yes : no };
      return;
    }
    this.branch(test, yes, no);
  }

  private choose(e: Expr & { kind: 'choose' }): Value {
    const wide = isWide(e.type);
    const result = this.freshTemp(wide);
    const join = this.blocks.open();
    if (e.then === null) {
      const v = this.hold(this.value(e.test));
      const no = this.blocks.open();
      this.setValue(result, this.convertValue(v, e.test.type, e.type));
      this.branch(v.hi === '' ? `(${v.lo})!==0` : `(${v.lo}|${v.hi})!==0`, join, no);
      this.cur = no;
      this.setValue(result, this.value(e.otherwise));
      this.cur.end ??= { kind: 'jump', to: join };
      this.cur = join;
      return result;
    }
    const yes = this.blocks.open();
    const no = this.blocks.open();
    this.jump(e.test, yes, no);
    for (const [block, arm] of [
      [yes, e.then],
      [no, e.otherwise],
    ] as const) {
      this.cur = block;
      const v = this.value(arm);
      if (e.type.kind !== 'void') this.setValue(result, v);
      this.cur.end ??= { kind: 'jump', to: join };
    }
    this.cur = join;
    return result;
  }

  // --- calls ---
  private arguments(args: readonly Expr[]): string[] {
    const values = args.map((arg): Value => {
      if (arg.type.kind === 'record') return { lo: this.temp(this.recordAddress(arg)), hi: '' };
      return this.hold(this.value(arg));
    });
    return args.flatMap((arg, i) => {
      const v = values[i] as Value;
      return slots(arg.type) === 2 ? [v.lo, v.hi] : [v.lo];
    });
  }

  private call(e: Expr & { kind: 'call' | 'call-indirect' }, result: string | null): Value {
    const target = e.kind === 'call-indirect' ? this.temp(this.value(e.target).lo) : '';
    const args = this.arguments(e.args);
    if (result !== null) args.push(result);
    const out: Value =
      e.type.kind === 'void' || e.type.kind === 'record' ? NOTHING : this.freshTemp(isWide(e.type));
    if (e.kind === 'call' && !this.unit.resumable.has(e.name)) {
      const text = `r_${e.name}(${['fp+FR_SELF', ...args].join(',')})`;
      if (out === NOTHING) this.emit(`${text};`);
      else {
        this.set(out.lo, text);
        if (out.hi !== '') this.set(out.hi, 'R[0]');
      }
      return out;
    }
    const callee =
      e.kind === 'call' ? `r_${e.name}` : `fn(${target},${this.site(e, 'indirect call')})`;
    const next = this.blocks.open();
    const results = out === NOTHING ? [] : out.hi === '' ? [out.lo] : [out.lo, out.hi];
    this.cur.end = {
      kind: 'call',
      call: `${callee}(${['fp+FR_SELF', '0', ...args].join(',')})`,
      result: results,
      next,
    };
    this.cur = next;
    return out;
  }

  /** Whether the memory that a primitive works on may conflict. */
  private accessTest(e: Expr & { kind: 'primitive' }, argument: string): string {
    const writes = READ_ONLY.test(e.name) ? 0 : 1;
    const pointee = e.args.map(a => (isPtr(a.type) ? a.type.to : null)).find(to => to !== null);
    const isWide =
      pointee != null && pointee.kind !== 'void' && this.unit.layout.cells(pointee) > 1;
    return isWide ? `na2(${argument},${writes})` : `na(${argument},${writes},-1)`;
  }

  private primitive(e: Expr & { kind: 'primitive' }): Value {
    const wide = isWide(e.type);
    if (e.name === 'min' || e.name === 'max') return this.minMax(e);
    const args = this.arguments(e.args);
    const site = this.site(
      e,
      e.note === '' ? e.name : e.note,
      e.name === 'warn' ? '' : this.targetClass(e),
    );
    if (e.name === 'fill') {
      const pointee = isPtr(e.type) ? this.unit.layout.cells(e.type.to) : 1;
      this.emit(`p_fill(${args[0]},Math.imul(${args[1]},${pointee}),${args.at(-1)},${site});`);
      return { lo: args[0] as string, hi: '' };
    }
    const isAtomic = e.name === 'xchg' || e.name === 'cmpxchg' || e.name === 'try_cmpxchg';
    const kind = isAtomic ? 'access' : (PRIMITIVES.get(e.name)?.point ?? null);
    if (kind !== null && kind !== 'unlock' && this.resumable) {
      const target = POINTER_ARGUMENT[e.name] ?? 0;
      const first = args[target] ?? '0';
      const argument = e.name.startsWith('mmd_host_') ? `hc(${first})` : first;
      const test =
        kind === 'access' ? this.accessTest(e, argument) : `np(${pointNumber(kind)},${argument})`;
      this.point(kind, test, argument, site);
    }
    let name = e.name;
    const pointee = e.args[0]?.type;
    if (isAtomic && pointee?.kind === 'ptr') name += isWide(pointee.to) ? '64' : '32';
    const text = `p_${name}(${[...args, String(site)].join(',')})`;
    if (/^cond_resched_(rwlock|lock)/.test(e.name)) return this.reacquire(e, args, text, site);
    if (e.type.kind === 'void') {
      this.emit(`${text};`);
      // Others may run as soon as a lock is free, before anything this thread does next.
      if (kind === 'unlock' && this.resumable)
        this.point(kind, `np(${pointNumber(kind)},0)`, '0', site);
      return NOTHING;
    }
    const lo = this.temp(text);
    const v: Value = wide ? { lo, hi: this.temp('R[0]') } : { lo, hi: '' };
    return e.type.kind === 'int' && e.type.bits < 32
      ? { lo: this.temp(narrowText(v.lo, e.type)), hi: '' }
      : v;
  }

  /** cond_resched_rwlock_*(): the lock is dropped here and taken again, with a scheduling point between. */
  private reacquire(
    e: Expr & { kind: 'primitive' },
    args: string[],
    drop: string,
    site: number,
  ): Value {
    this.emit(`${drop};`);
    const kind =
      e.name === 'cond_resched_rwlock_read'
        ? 'read-lock'
        : e.name === 'cond_resched_rwlock_write'
          ? 'write-lock'
          : 'spin-lock';
    const lock =
      kind === 'read-lock' ? 'read_lock' : kind === 'write-lock' ? 'write_lock' : 'spin_lock';
    this.point(kind, `np(${pointNumber(kind)},${args[0]})`, args[0] as string, site);
    this.emit(`p_${lock}(${args[0]},${site});`);
    return { lo: '1', hi: '' };
  }

  private targetClass(e: Expr & { kind: 'primitive' }): string {
    const first = e.args[0];
    if (first === undefined) return '';
    let pointer = first;
    while (pointer.kind === 'convert') pointer = pointer.value;
    if (pointer.kind === 'address') return locationClass(pointer.place);
    if (isPtr(first.type))
      return locationClass({ kind: 'deref', pointer: first, type: first.type.to });
    return '';
  }

  private minMax(e: Expr & { kind: 'primitive' }): Value {
    const [left, right] = e.args;
    if (left === undefined || right === undefined) return NOTHING;
    const a = this.hold(this.value(left));
    const b = this.hold(this.value(right));
    const signed = e.type.kind === 'int' && e.type.signed;
    const less = isWide(e.type)
      ? compare64('<', a, b, signed)
      : signed
        ? `${a.lo}<${b.lo}`
        : `(${a.lo}>>>0)<(${b.lo}>>>0)`;
    const test = this.temp(`(${less})===${e.name === 'min'}?1:0`);
    return {
      lo: this.temp(`${test}?${a.lo}:${b.lo}`),
      hi: a.hi === '' ? '' : this.temp(`${test}?${a.hi}:${b.hi}`),
    };
  }
}

/** Primitives that only look. */
const READ_ONLY = /^(?:refcount_read|atomic\w*_read\w*|(?:arch_)?test_bit\w*|mmd_host_pfn)$/;
/** Which word argument is the address, where it is not the first; bit numbers are two words. */
const POINTER_ARGUMENT: Readonly<Record<string, number>> = {
  set_bit: 2,
  clear_bit: 2,
  test_bit: 2,
  test_and_set_bit: 2,
  test_and_clear_bit: 2,
  arch_test_bit: 2,
  test_bit_acquire: 2,
  atomic_add: 1,
  atomic_sub: 1,
  atomic_add_return: 1,
  atomic_sub_return: 1,
  atomic_fetch_add: 1,
  atomic_sub_and_test: 1,
  atomic_fetch_and: 1,
  atomic_fetch_or: 1,
  atomic_and: 1,
  atomic_or: 1,
  atomic64_fetch_and: 2,
  atomic64_fetch_or: 2,
  atomic64_fetch_andnot: 2,
  atomic64_and: 2,
  atomic64_or: 2,
  refcount_add: 1,
  refcount_add_not_zero: 1,
  refcount_sub_and_test: 1,
  atomic64_add: 2,
  atomic64_sub: 2,
  atomic64_add_return: 2,
  atomic64_sub_return: 2,
  atomic_long_add: 2,
  atomic_long_sub: 2,
  kmem_cache_free: 1,
};

const num = (n: number): string => (n < 0 ? `(${n})` : String(n));

function addCell(cell: string, offset: number): string {
  if (offset === 0) return cell;
  const match = /^(fp\+)?(\d+)$/.exec(cell);
  if (match !== null) return `${match[1] ?? ''}${Number(match[2]) + offset}`;
  return `${cell}+${offset}`;
}

function addBytes(address: string, bytes: number): string {
  return bytes === 0 ? address : `(${address}${bytes < 0 ? '-' : '+'}${Math.abs(bytes)}|0)`;
}

function extract(word: string, bit: Bit, type: IntType): string {
  if (type.signed && bit.width < 32)
    return `(${word}<<${32 - bit.at - bit.width})>>${32 - bit.width}`;
  return `(${word}>>>${bit.at})&${mask(bit.width)}`;
}

/** The value of an assignment to a bit-field is what the field then holds (C11 6.5.16p3). */
function fitField(value: Value, place: Place): Value {
  if (place.kind !== 'field' || place.field.bits === null || place.type.kind !== 'int')
    return value;
  const width = place.field.bits;
  if (width >= 32) return value;
  const rest = 32 - width;
  const lo = place.type.signed
    ? `((${value.lo}<<${rest})>>${rest})`
    : `(${value.lo}&${mask(width)})`;
  return { lo, hi: value.hi === '' ? '' : place.type.signed ? `(${lo}>>31)` : '0' };
}

function narrowText(text: string, type: IntType): string {
  if (type.bits >= 32) return text;
  if (type.bits === 1) return `(${text}!==0?1:0)`;
  return type.signed
    ? `((${text}<<${32 - type.bits})>>${32 - type.bits})`
    : `(${text}&${mask(type.bits)})`;
}

function arith32(op: BinaryOperator, a: string, b: string, type: IntType): string {
  switch (op) {
    case '+':
    case '-':
      return `(${a}${op}${b}|0)`.replace('--', '- -');
    case '*':
      return `Math.imul(${a},${b})`;
    case '/':
      return type.signed ? `sd32(${a},${b})` : `ud32(${a},${b})`;
    case '%':
      return type.signed ? `sm32(${a},${b})` : `um32(${a},${b})`;
    case '>>':
      return type.signed ? `(${a}>>${b})` : `(${a}>>>${b}|0)`;
    default:
      return `(${a}${op}${b})`;
  }
}

function compare64(op: BinaryOperator, a: Value, b: Value, signed: boolean): string {
  switch (op) {
    case '==':
      return `(${a.lo})===(${b.lo})&&(${a.hi})===(${b.hi})`;
    case '!=':
      return `(${a.lo})!==(${b.lo})||(${a.hi})!==(${b.hi})`;
    case '>':
      return compare64('<', b, a, signed);
    case '>=':
      return `!(${compare64('<', a, b, signed)})`;
    case '<=':
      return `!(${compare64('<', b, a, signed)})`;
    default: {
      const hi = signed ? `${a.hi}<${b.hi}` : `(${a.hi}>>>0)<(${b.hi}>>>0)`;
      return `(${hi}||(${a.hi})===(${b.hi})&&(${a.lo}>>>0)<(${b.lo}>>>0))`;
    }
  }
}

export { compare64 };
