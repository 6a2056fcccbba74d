/**
 * C types as the lifter sees them, resolved lazily from the syntax tree, with the x86-64 System V layout that
 * `sizeof`, `offsetof` and bit-fields need (System V ABI, AMD64 supplement, section 3.1.2).
 */

export interface IntType {
  readonly kind: 'int';
  /** 1 stands for _Bool. 128 exists only so that declarations resolve; no operation on it is supported. */
  readonly bits: 1 | 8 | 16 | 32 | 64 | 128;
  readonly signed: boolean;
}
export interface PtrType {
  readonly kind: 'ptr';
  readonly to: CType;
}
export interface ArrayType {
  readonly kind: 'array';
  readonly of: CType;
  /** null for a flexible or incomplete array. */
  readonly count: number | null;
}
export interface FnType {
  readonly kind: 'fn';
  readonly ret: CType;
  readonly params: readonly CType[];
  readonly variadic: boolean;
}
export interface RecordType {
  readonly kind: 'record';
  readonly record: RecordInfo;
}
export interface VoidType {
  readonly kind: 'void';
}
export interface FloatType {
  readonly kind: 'float';
}
export type CType = IntType | PtrType | ArrayType | FnType | RecordType | VoidType | FloatType;

export interface Field {
  /** Empty for an anonymous struct or union member. */
  readonly name: string;
  readonly type: CType;
  /** Width in bits of a bit-field, else null. */
  readonly bits: number | null;
  readonly owner: RecordInfo;
  /** Position among the owner's fields. */
  readonly index: number;
  /** Byte offset in the owner (of the 4-byte word that holds it, for a bit-field). */
  readonly byteOffset: number;
  /** Bit offset inside that word; 0 for an ordinary field. */
  readonly bitOffset: number;
}

/** A struct or union; `fields` is null while only declared. */
export interface RecordInfo {
  readonly which: 'struct' | 'union';
  /** Tag, else the typedef's name, else `anon@line`. Unique names are not promised; identity is the object. */
  name: string;
  /** Completes the record on first use. */
  readonly complete: () => RecordBody | null;
}
export interface RecordBody {
  readonly fields: readonly Field[];
  readonly size: number;
  readonly align: number;
}

export const VOID: VoidType = { kind: 'void' };
export const BOOL: IntType = { kind: 'int', bits: 1, signed: false };
export const CHAR: IntType = { kind: 'int', bits: 8, signed: true };
export const UCHAR: IntType = { kind: 'int', bits: 8, signed: false };
export const SHORT: IntType = { kind: 'int', bits: 16, signed: true };
export const USHORT: IntType = { kind: 'int', bits: 16, signed: false };
export const INT: IntType = { kind: 'int', bits: 32, signed: true };
export const UINT: IntType = { kind: 'int', bits: 32, signed: false };
export const LONG: IntType = { kind: 'int', bits: 64, signed: true };
export const ULONG: IntType = { kind: 'int', bits: 64, signed: false };
export const FLOAT: FloatType = { kind: 'float' };

export const pointerTo = (to: CType): PtrType => ({ kind: 'ptr', to });

export function isInt(type: CType): type is IntType {
  return type.kind === 'int';
}
export function isPtr(type: CType): type is PtrType {
  return type.kind === 'ptr';
}
/** 64-bit integers need two cells; everything else that is scalar needs one. */
export function isWide(type: CType): boolean {
  return type.kind === 'int' && type.bits === 64;
}
export function isScalar(type: CType): boolean {
  return type.kind === 'int' || type.kind === 'ptr';
}

/** Size in bytes, or null for an incomplete type. */
export function sizeOf(type: CType): number | null {
  switch (type.kind) {
    case 'int':
      return type.bits === 1 ? 1 : type.bits / 8;
    case 'ptr':
      return 8;
    case 'array': {
      const element = sizeOf(type.of);
      return element === null ? null : element * (type.count ?? 0);
    }
    case 'record':
      return type.record.complete()?.size ?? null;
    case 'float':
      return 8;
    case 'void':
    case 'fn':
      return 1; // GNU C
  }
}

export function alignOf(type: CType): number {
  switch (type.kind) {
    case 'array':
      return alignOf(type.of);
    case 'record':
      return type.record.complete()?.align ?? 1;
    case 'void':
    case 'fn':
      return 1;
    default:
      return sizeOf(type) ?? 1;
  }
}

/** One member as declared, before layout. */
export interface RawField {
  readonly name: string;
  readonly type: CType;
  readonly bits: number | null;
}

const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;

/** Lays a record out: natural alignment, bit-fields packed into units of their declared type. */
export function layOut(owner: RecordInfo, raw: readonly RawField[], packed: boolean): RecordBody {
  const fields: Field[] = [];
  let bit = 0;
  let size = 0;
  let align = 1;
  for (const field of raw) {
    const bytes = sizeOf(field.type) ?? 0;
    const natural = packed ? 1 : alignOf(field.type);
    if (owner.which === 'union') bit = 0;
    if (field.bits !== null) {
      const unit = bytes * 8;
      if (field.bits === 0) {
        bit = roundUp(bit, unit);
        continue;
      }
      if (Math.floor(bit / unit) !== Math.floor((bit + field.bits - 1) / unit))
        bit = roundUp(bit, unit);
      const word = Math.floor(bit / 32);
      if (field.name !== '') {
        align = Math.max(align, natural);
        fields.push({
          ...field,
          owner,
          index: fields.length,
          byteOffset: word * 4,
          bitOffset: bit - word * 32,
        });
      }
      bit += field.bits;
    } else {
      bit = roundUp(bit, natural * 8);
      align = Math.max(align, natural);
      fields.push({ ...field, owner, index: fields.length, byteOffset: bit / 8, bitOffset: 0 });
      bit += bytes * 8;
    }
    size = Math.max(size, Math.ceil(bit / 8));
  }
  return { fields, size: roundUp(size, align), align };
}

/** The chain of fields from `record` to the member `name`, through anonymous members; null when there is none. */
export function findField(record: RecordInfo, name: string): readonly Field[] | null {
  const body = record.complete();
  if (body === null) return null;
  for (const field of body.fields) if (field.name === name) return [field];
  for (const field of body.fields) {
    if (field.name !== '' || field.type.kind !== 'record') continue;
    const inner = findField(field.type.record, name);
    if (inner !== null) return [field, ...inner];
  }
  return null;
}

export function integerPromotion(type: CType): CType {
  return type.kind === 'int' && type.bits < 32 ? INT : type;
}

/** C11 6.3.1.8 for integers; pointers win over integers. */
export function usualConversion(left: CType, right: CType): CType {
  const a = integerPromotion(left);
  const b = integerPromotion(right);
  if (a.kind !== 'int') return a;
  if (b.kind !== 'int') return b;
  if (a.bits === b.bits) return a.signed ? b : a;
  return a.bits > b.bits ? a : b;
}

export function sameType(a: CType, b: CType): boolean {
  if (a === b) return true;
  if (a.kind === 'int' && b.kind === 'int') return a.bits === b.bits && a.signed === b.signed;
  if (a.kind === 'ptr' && b.kind === 'ptr') return sameType(a.to, b.to);
  if (a.kind === 'array' && b.kind === 'array') return a.count === b.count && sameType(a.of, b.of);
  if (a.kind === 'record' && b.kind === 'record') return a.record === b.record;
  if (a.kind === 'fn' && b.kind === 'fn') {
    return (
      sameType(a.ret, b.ret) &&
      a.params.length === b.params.length &&
      a.params.every((p, i) => sameType(p, b.params[i] as CType))
    );
  }
  return a.kind === b.kind;
}

export function typeName(type: CType): string {
  switch (type.kind) {
    case 'int':
      if (type.bits === 1) return 'bool';
      return `${type.signed ? 's' : 'u'}${type.bits}`;
    case 'ptr':
      return `${typeName(type.to)} *`;
    case 'array':
      return `${typeName(type.of)}[${type.count ?? ''}]`;
    case 'record':
      return `${type.record.which} ${type.record.name}`;
    case 'fn':
      return `${typeName(type.ret)}(${type.params.map(typeName).join(', ')})`;
    case 'void':
      return 'void';
    case 'float':
      return 'double';
  }
}
