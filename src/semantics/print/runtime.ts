/**
 * What printed models run on, one thread at a time: a flat memory of 32-bit cells, typed views into it, and integers
 * that wrap as C's do. It imports nothing, so that a copy can stand beside emitted models.
 */

/** A pointer to a struct or union: its members are properties. Views of the same object are identical. */
export interface Struct {
  readonly $address: number;
}
/** A pointer to anything else; `at(n)` is the n-th element from here. */
export interface Ref<T> {
  readonly $address: number;
  value: T;
  at(index: number | bigint): Ref<T>;
}
/** An array of structs. */
export interface Structs<T> {
  readonly $address: number;
  at(index: number | bigint): T;
}
/** A pointer whose target has no type here. */
export interface Opaque {
  readonly $address: number;
}

/** The null pointer fits every pointer type, as in C. */
export const NULL = null as never;

interface FieldSpot {
  readonly cell: number;
  readonly type: Type<unknown>;
  /** First bit and width inside the cell; null for whole cells. */
  readonly bit: readonly [number, number] | null;
}
/** How values of a C type lie in memory; `P` is what points at one. */
export interface Type<P> {
  readonly $pointer?: P;
  readonly kind: 'int' | 'bool' | 'ptr' | 'fn' | 'void' | 'record' | 'array';
  readonly bits: number;
  readonly signed: boolean;
  readonly cells: number;
  readonly to: () => Type<unknown>;
  readonly fields: () => Readonly<Record<string, FieldSpot>>;
}

const nothing = (): never => {
  throw new Error('no such part of a type');
};
const base = { bits: 0, signed: false, cells: 1, to: nothing, fields: nothing };
const int = <V>(bits: number, signed: boolean): Type<Ref<V>> => ({
  ...base,
  kind: 'int',
  bits,
  signed,
  cells: bits === 64 ? 2 : 1,
});

export const t = {
  u8: int<number>(8, false),
  s8: int<number>(8, true),
  u16: int<number>(16, false),
  s16: int<number>(16, true),
  u32: int<number>(32, false),
  s32: int<number>(32, true),
  u64: int<bigint>(64, false),
  s64: int<bigint>(64, true),
  bool: { ...base, kind: 'bool' } as Type<Ref<boolean>>,
  void: { ...base, kind: 'void' } as Type<Opaque>,
};

export function pointer<P>(to: () => Type<P>): Type<Ref<P>> {
  return { ...base, kind: 'ptr', to };
}
export function fn<F>(): Type<F> {
  return { ...base, kind: 'fn' };
}
export function struct<P>(
  cells: number,
  fields: () => Readonly<Record<string, FieldSpot>>,
): Type<P> {
  let known: Readonly<Record<string, FieldSpot>> | null = null;
  return {
    ...base,
    kind: 'record',
    cells,
    fields: () => {
      known ??= fields();
      return known;
    },
  };
}
/** `P` is {@link Structs} or {@link Ref}. */
export function array<P>(of: () => Type<unknown>, count: number): Type<P> {
  return {
    ...base,
    kind: 'array',
    to: of,
    get cells() {
      return Math.max(1, of().cells * count);
    },
  };
}
export function field(
  cell: number,
  type: Type<unknown>,
  bit: readonly [number, number] | null = null,
): FieldSpot {
  return { cell, type, bit };
}

// --- memory ---
const firstAddress = 0x10000000;
let memory = new Int32Array(1 << 16);
let top = 16;
const views = new Map<Type<unknown>, Map<number, unknown>>();
const functions: unknown[] = [null];

/** Forgets everything but `keep` cells. */
export function resetMemory(): void {
  memory.fill(0, 0, top);
  top = 16;
  views.clear();
}

/** A fresh, zeroed object; what a local aggregate, or a local whose address is taken, lives in. */
export function local<P>(type: Type<P>): P {
  const cell = top;
  top += type.cells;
  if (top > memory.length) {
    const larger = new Int32Array(memory.length * 2 + type.cells);
    larger.set(memory);
    memory = larger;
  }
  return view(type, firstAddress + cell * 4) as P;
}

const cellOf = (address: number): number => {
  const cell = (address - firstAddress) >> 2;
  if (cell < 16 || cell >= top) throw new Error(`wild pointer 0x${address.toString(16)}`);
  return cell;
};

function readBits(cell: number, type: Type<unknown>, bit: readonly [number, number]): number {
  const [at, width] = bit;
  const word = memory[cell] as number;
  const rest = 32 - width;
  if (type.signed) return (word << (rest - at)) >> rest;
  return ((word << (rest - at)) >>> rest) >>> 0;
}

function read(
  type: Type<unknown>,
  address: number,
  bit: readonly [number, number] | null,
): unknown {
  const cell = cellOf(address);
  switch (type.kind) {
    case 'bool':
      return (bit === null ? (memory[cell] as number) : readBits(cell, type, bit)) !== 0;
    case 'int': {
      if (bit !== null) {
        const value = readBits(cell, type, bit);
        return type.bits === 64 ? BigInt(value) : value;
      }
      const word = memory[cell] as number;
      if (type.bits < 64) return type.signed ? word : word >>> 0;
      const high = BigInt(memory[cell + 1] as number);
      const all = (high << 32n) | BigInt(word >>> 0);
      return type.signed ? all : BigInt.asUintN(64, all);
    }
    case 'ptr': {
      const to = memory[cell] as number;
      return to === 0 ? null : view(type.to(), to);
    }
    case 'fn':
      return functions[memory[cell] as number];
    default:
      return view(type, address);
  }
}

function write(
  type: Type<unknown>,
  address: number,
  bit: readonly [number, number] | null,
  value: unknown,
): void {
  const cell = cellOf(address);
  switch (type.kind) {
    case 'bool':
    case 'int': {
      if (bit !== null) {
        const [at, width] = bit;
        const mask = width >= 32 ? -1 : 2 ** width - 1;
        const low = typeof value === 'bigint' ? Number(BigInt.asIntN(32, value)) : Number(value);
        memory[cell] = ((memory[cell] as number) & ~(mask << at)) | ((low & mask) << at);
      } else if (type.bits === 64) {
        memory[cell] = Number(BigInt.asIntN(32, value as bigint));
        memory[cell + 1] = Number(BigInt.asIntN(32, (value as bigint) >> 32n));
      } else memory[cell] = Number(value);
      return;
    }
    case 'ptr':
      memory[cell] = value === null ? 0 : (value as Struct).$address;
      return;
    case 'fn':
      memory[cell] = value === null ? 0 : functionNumber(value);
      return;
    default:
      copy(view(type, address) as Struct, value as Struct, type.cells);
  }
}

function functionNumber(value: unknown): number {
  const known = functions.indexOf(value);
  return known >= 0 ? known : functions.push(value) - 1;
}

class Reference {
  readonly $address: number;
  readonly #type: Type<unknown>;
  readonly #bit: readonly [number, number] | null;
  constructor(type: Type<unknown>, address: number, bit: readonly [number, number] | null) {
    this.#type = type;
    this.$address = address;
    this.#bit = bit;
  }
  get value(): unknown {
    return read(this.#type, this.$address, this.#bit);
  }
  set value(value: unknown) {
    write(this.#type, this.$address, this.#bit, value);
  }
  at(index: number | bigint): unknown {
    return view(this.#type, this.$address + Number(index) * this.#type.cells * 4);
  }
}

const records = new Map<Type<unknown>, new (address: number) => Struct>();

/** A class with one accessor per member. */
function recordClass(type: Type<unknown>): new (address: number) => Struct {
  const known = records.get(type);
  if (known !== undefined) return known;
  const made = class {
    readonly $address: number;
    constructor(address: number) {
      this.$address = address;
    }
  };
  for (const [name, spot] of Object.entries(type.fields())) {
    const at = spot.cell * 4;
    Object.defineProperty(made.prototype, name, {
      get(this: Struct) {
        return read(spot.type, this.$address + at, spot.bit);
      },
      set(this: Struct, value: unknown) {
        write(spot.type, this.$address + at, spot.bit, value);
      },
    });
  }
  records.set(type, made);
  return made;
}

function view(type: Type<unknown>, address: number): unknown {
  if (type.kind === 'array') {
    const of = type.to();
    if (of.kind !== 'record' && of.kind !== 'array') return view(of, address);
  }
  let known = views.get(type);
  if (known === undefined) {
    known = new Map();
    views.set(type, known);
  }
  const seen = known.get(address);
  if (seen !== undefined) return seen;
  const made = makeView(type, address);
  known.set(address, made);
  return made;
}

function makeView(type: Type<unknown>, address: number): unknown {
  if (type.kind === 'record') return new (recordClass(type))(address);
  if (type.kind !== 'array') return new Reference(type, address, null);
  const of = type.to();
  const at = (index: number | bigint) => view(of, address + Number(index) * of.cells * 4);
  return { $address: address, at };
}

// --- pointers ---
/** `&object->member` for a member that is no struct. */
export function ref<S extends Struct, K extends keyof S>(
  object: S,
  name: K,
  type: Type<unknown>,
): Ref<S[K]> {
  const spot = type.fields()[String(name)] ?? nothing();
  const address = object.$address + spot.cell * 4;
  return (
    spot.bit === null ? view(spot.type, address) : new Reference(spot.type, address, spot.bit)
  ) as Ref<S[K]>;
}
export function cast<P>(p: Opaque, type: Type<P>): P {
  return (p === null ? null : view(type, p.$address)) as P;
}
export function containerOf<P>(p: Opaque, type: Type<P>, cells: number): P {
  return view(type, p.$address - cells * 4) as P;
}
export function offset<P>(p: Opaque, by: number | bigint, type: Type<P>): P {
  return view(type, p.$address + Number(by) * type.cells * 4) as P;
}
export function distance(a: Opaque, b: Opaque, type: Type<unknown>): bigint {
  return BigInt((address(a) - address(b)) / (type.cells * 4));
}
export const address = (p: Opaque): number => (p === null ? 0 : p.$address);
export const same = (a: Opaque, b: Opaque): boolean => address(a) === address(b);
export function fromAddress<P>(value: bigint | number, type: Type<P>): P {
  const at = Number(BigInt.asIntN(32, BigInt(value)));
  return (at === 0 ? null : view(type, at)) as P;
}
export function copy(to: Struct, from: Struct, cells: number): void {
  const target = cellOf(to.$address);
  const source = cellOf(from.$address);
  memory.copyWithin(target, source, source + cells);
}
/** A record as a value: a copy nobody else sees. */
export function snapshot<P extends Struct>(from: P, type: Type<P>): P {
  const made = local(type);
  copy(made, from, type.cells);
  return made;
}
export function clear<T extends Opaque>(target: T, type: Type<unknown>, count = 1): T {
  const cell = cellOf(target.$address);
  memory.fill(0, cell, cell + type.cells * count);
  return target;
}

// --- integers ---
export const u8 = (x: number | bigint): number => Number(BigInt.asUintN(8, BigInt(x)));
export const s8 = (x: number | bigint): number => Number(BigInt.asIntN(8, BigInt(x)));
export const u16 = (x: number | bigint): number => Number(BigInt.asUintN(16, BigInt(x)));
export const s16 = (x: number | bigint): number => Number(BigInt.asIntN(16, BigInt(x)));
export const u32 = (x: number | bigint): number =>
  typeof x === 'number' ? x >>> 0 : Number(BigInt.asUintN(32, x));
export const s32 = (x: number | bigint): number =>
  typeof x === 'number' ? x | 0 : Number(BigInt.asIntN(32, x));
export const u64 = (x: number | bigint): bigint => BigInt.asUintN(64, BigInt(x));
export const s64 = (x: number | bigint): bigint => BigInt.asIntN(64, BigInt(x));
/** Division that truncates, as C's does. */
export const div = (a: number, b: number): number => Math.trunc(a / b);
export const min = <T extends number | bigint>(a: T, b: T): T => (a < b ? a : b);
export const max = <T extends number | bigint>(a: T, b: T): T => (a > b ? a : b);

// --- the rest of C ---
/** A marked load or store; one thread sees no difference. */
export const READ_ONCE = <T>(value: T): T => value;
export const smp_load_acquire = <T>(value: T): T => value;
/** A statement expression. */
export const block = <T>(body: () => T): T => body();
/** A place whose address has effects, changed once. */
export function update<T>(place: Ref<T>, change: (old: T) => T): T {
  const value = change(place.value);
  place.value = value;
  return place.value;
}
/** What the lifter could not express; fits wherever it stands. */
export function unsupported<V = void>(message: string): V {
  throw new Error(message);
}
/** A call of a function outside of the models. */
export function external<V = void>(name: string): V {
  throw new Error(`${name} has no model`);
}
/** The address of a function without a model: it may be stored, not called. */
export function absent(name: string): never {
  const known = strangers.get(name) ?? (() => external(name));
  strangers.set(name, known);
  return known as never;
}
const strangers = new Map<string, unknown>();

type Service = (...args: never[]) => unknown;
const installed: Record<string, Service> = {};

/** Gives the models a kernel service; the names are those of lift/primitives.ts. */
export function provide(services: Readonly<Record<string, Service>>): void {
  Object.assign(installed, services);
}
/** Services by name, as printed models call them. */
export const services: unknown = new Proxy(installed, {
  get: (all, name) => all[String(name)] ?? unsupported(`no service ${String(name)}`),
});
