/** Names of a translation unit and of the blocks of a function, and the meaning of types as written. */
import type {
  Declarator,
  DeclSpec,
  Expr,
  FieldDecl,
  FunctionDefinition,
  InitDeclarator,
  InitList,
  TranslationUnit,
  TypeName,
  TypeSpec,
} from '../c/ast.ts';
import {
  BOOL,
  CHAR,
  type CType,
  FLOAT,
  INT,
  type IntType,
  LONG,
  layOut,
  pointerTo,
  type RawField,
  type RecordBody,
  type RecordInfo,
  SHORT,
  UCHAR,
  UINT,
  ULONG,
  USHORT,
  VOID,
} from '../c/types.ts';
import type { Global, Local } from '../ir/ir.ts';

/** A construct outside what the lifter understands; the caller turns it into an `unsupported` node. */
export class NotLifted extends Error {
  readonly code: string;
  readonly at: number;
  constructor(code: string, message: string, at: number) {
    super(message);
    this.code = code;
    this.at = at;
  }
}

export type Name =
  | { readonly kind: 'local'; readonly local: Local }
  | { readonly kind: 'global'; readonly global: Global }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'constant'; readonly value: bigint }
  | { readonly kind: 'typedef'; readonly type: CType };

/** What evaluating types needs from expressions. */
export interface ExpressionOracle {
  typeOf(expr: Expr, scope: Scope): CType;
  /** Throws {@link NotLifted} when the expression is no integer constant. */
  constant(expr: Expr, scope: Scope): bigint;
}

export class Scope {
  readonly parent: Scope | null;
  readonly names = new Map<string, () => Name>();
  readonly tags = new Map<string, RecordInfo>();
  readonly oracle: ExpressionOracle;

  constructor(parent: Scope | null, oracle: ExpressionOracle) {
    this.parent = parent;
    this.oracle = oracle;
  }

  find(name: string): Name | null {
    for (let scope: Scope | null = this; scope !== null; scope = scope.parent) {
      const entry = scope.names.get(name);
      if (entry !== undefined) return entry();
    }
    return null;
  }

  bind(name: string, value: Name): void {
    this.names.set(name, () => value);
  }

  findTag(tag: string): RecordInfo | null {
    for (let scope: Scope | null = this; scope !== null; scope = scope.parent) {
      const record = scope.tags.get(tag);
      if (record !== undefined) return record;
    }
    return null;
  }

  /** The type a specifier denotes; declares its tags and enumerators here. */
  specType(spec: DeclSpec): CType {
    if (spec.type === null) return INT;
    return this.typeOfSpec(spec.type, spec.at);
  }

  private typeOfSpec(spec: TypeSpec, at: number): CType {
    switch (spec.kind) {
      case 'basic':
        return basicType(spec.words, at);
      case 'record':
        return { kind: 'record', record: this.declareRecord(spec) };
      case 'enum':
        this.declareEnum(spec);
        return UINT;
      case 'typedef-name': {
        const name = this.find(spec.name);
        if (name?.kind === 'typedef') return name.type;
        if (spec.name === '__builtin_va_list') return pointerTo(VOID);
        throw new NotLifted('unknown-type', `unknown type name ${spec.name}`, at);
      }
      case 'typeof':
        if (spec.type !== null) return this.typeName(spec.type);
        return this.oracle.typeOf(spec.expr as Expr, this);
      case 'auto-type':
        throw new NotLifted('auto-type', '__auto_type without initialiser', at);
    }
  }

  typeName(type: TypeName): CType {
    return this.declaratorType(this.specType(type.spec), type.declarator);
  }

  declaratorType(base: CType, declarator: Declarator): CType {
    let type = base;
    for (let i = declarator.parts.length - 1; i >= 0; i--) {
      const part = declarator.parts[i];
      if (part === undefined) continue;
      if (part.kind === 'pointer') type = pointerTo(type);
      else if (part.kind === 'array') {
        const count = part.size === null ? null : Number(this.oracle.constant(part.size, this));
        type = { kind: 'array', of: type, count };
      } else {
        const params = part.params
          .map(p => decay(this.declaratorType(this.specType(p.spec), p.declarator)))
          .filter(p => p.kind !== 'void');
        type = { kind: 'fn', ret: type, params, variadic: part.variadic };
      }
    }
    return type;
  }

  declareRecord(spec: TypeSpec & { kind: 'record' }): RecordInfo {
    const tag = spec.tag;
    if (spec.fields === null) {
      const known = tag === null ? null : this.findTag(tag);
      if (known !== null) return known;
      return this.forwardRecord(spec.which, tag ?? 'anon');
    }
    const cached = recordOfSpec.get(spec.fields)?.get(this.root());
    if (cached !== undefined) return cached;
    let record = tag === null ? undefined : this.tags.get(tag);
    record ??= this.forwardRecord(spec.which, tag);
    this.completeLater(record, spec);
    let perRoot = recordOfSpec.get(spec.fields);
    if (perRoot === undefined) {
      perRoot = new WeakMap();
      recordOfSpec.set(spec.fields, perRoot);
    }
    perRoot.set(this.root(), record);
    for (const field of spec.fields) {
      const inner = field.spec.type;
      if (inner?.kind === 'record' && inner.tag !== null && inner.fields !== null)
        this.declareRecord(inner);
      if (inner?.kind === 'enum') this.declareEnum(inner);
    }
    return record;
  }

  private root(): Scope {
    let scope: Scope = this;
    while (scope.parent !== null) scope = scope.parent;
    return scope;
  }

  private forwardRecord(which: 'struct' | 'union', tag: string | null): RecordInfo {
    const pending: { make: (() => RecordBody) | null; body: RecordBody | null } = {
      make: null,
      body: null,
    };
    const record: RecordInfo = {
      which,
      name: tag ?? 'anon',
      complete: () => {
        if (pending.body === null && pending.make !== null) pending.body = pending.make();
        return pending.body;
      },
    };
    completers.set(record, make => {
      pending.make = make;
    });
    if (tag !== null) this.tags.set(tag, record);
    return record;
  }

  private completeLater(record: RecordInfo, spec: TypeSpec & { kind: 'record' }): void {
    completers.get(record)?.(() => {
      const raw: RawField[] = [];
      for (const field of spec.fields ?? []) {
        const member = this.memberType(field);
        if (member === null) continue;
        const { base, type, bits } = member;
        if (base.kind === 'record' && base.record.name === 'anon') {
          base.record.name = `anon ${record.name}.${field.declarator?.name ?? ''}`;
        }
        if (field.declarator === null && bits === null && base.kind !== 'record') continue;
        raw.push({ name: field.declarator?.name ?? '', type, bits });
      }
      return layOut(
        record,
        raw,
        spec.attributes.some(a => a.name === 'packed'),
      );
    });
  }

  /** A member whose type has no meaning here stays out; whoever uses it is told that there is no such member. */
  private memberType(field: FieldDecl): { base: CType; type: CType; bits: number | null } | null {
    try {
      const base = this.specType(field.spec);
      const type = field.declarator === null ? base : this.declaratorType(base, field.declarator);
      const bits = field.bits === null ? null : Number(this.oracle.constant(field.bits, this));
      return { base, type, bits };
    } catch (error) {
      if (error instanceof NotLifted) return null;
      throw error;
    }
  }

  declareEnum(spec: TypeSpec & { kind: 'enum' }): void {
    if (spec.members === null) return;
    let previous: () => bigint = () => -1n;
    for (const member of spec.members) {
      const before: () => bigint = previous;
      const value = member.value;
      const compute: () => bigint = once(() => {
        if (value !== null) return this.oracle.constant(value, this);
        return before() + 1n;
      });
      this.names.set(member.name, () => ({ kind: 'constant', value: compute() }));
      previous = compute;
    }
  }

  /** Declares the typedef names of a declaration. */
  declareTypedef(spec: DeclSpec, item: InitDeclarator): void {
    const name = item.declarator.name;
    if (name === null) return;
    const type = once(() => {
      const base = this.specType(spec);
      if (base.kind === 'record' && base.record.name === 'anon') base.record.name = name;
      return this.declaratorType(base, item.declarator);
    });
    this.names.set(name, () => ({ kind: 'typedef', type: type() }));
  }
}

const completers = new WeakMap<RecordInfo, (make: () => RecordBody) => void>();
const recordOfSpec = new WeakMap<object, WeakMap<Scope, RecordInfo>>();

function once<T>(make: () => T): () => T {
  let value: { readonly it: T } | null = null;
  return () => {
    value ??= { it: make() };
    return value.it;
  };
}

/** Elements of an array that its initialiser sizes: designators move the position (C11 6.7.9p22). */
export function countItems(init: InitList, constant: (e: Expr) => number): number {
  let next = 0;
  let count = 0;
  for (const { designators } of init.items) {
    const [first] = designators;
    if (first?.kind === 'index') next = constant(first.to ?? first.from);
    next++;
    count = Math.max(count, next);
  }
  return count;
}

/** Arrays and functions in value position become pointers. */
export function decay(type: CType): CType {
  if (type.kind === 'array') return pointerTo(type.of);
  if (type.kind === 'fn') return pointerTo(type);
  return type;
}

function basicType(words: readonly string[], at: number): CType {
  const has = (word: string): boolean => words.includes(word);
  if (has('void')) return VOID;
  if (has('_Bool')) return BOOL;
  if (
    words.some(w => w === 'float' || w === 'double' || w.startsWith('_Float') || w === '__float128')
  )
    return FLOAT;
  const unsigned = has('unsigned');
  if (words.some(w => w.startsWith('__int128')) || has('__uint128_t')) {
    return { kind: 'int', bits: 128, signed: !unsigned } satisfies IntType;
  }
  if (has('char')) return unsigned ? UCHAR : CHAR;
  if (has('short')) return unsigned ? USHORT : SHORT;
  if (has('long')) return unsigned ? ULONG : LONG;
  if (words.length === 0) throw new NotLifted('type', 'no type', at);
  return unsigned ? UINT : INT;
}

/** File-scope names of one translation unit. */
export class UnitScope extends Scope {
  readonly unit: TranslationUnit;
  readonly functions = new Map<string, FunctionDefinition>();
  readonly functionTypes = new Map<string, () => CType>();
  readonly globals = new Map<string, Global & { readonly item: InitDeclarator }>();

  constructor(unit: TranslationUnit, oracle: ExpressionOracle) {
    super(null, oracle);
    this.unit = unit;
    for (const external of unit.externals) {
      if (external.kind === 'function') this.declareFunction(external);
      else if (external.kind === 'declaration') this.declareItems(external.spec, external.items);
    }
  }

  private declareFunction(fn: FunctionDefinition): void {
    this.functions.set(fn.name, fn);
    this.nameFunction(fn.name, fn.spec, fn.declarator);
    this.declareTags(fn.spec);
  }

  private nameFunction(name: string, spec: DeclSpec, declarator: Declarator): void {
    this.functionTypes.set(
      name,
      once(() => this.declaratorType(this.specType(spec), declarator)),
    );
    this.names.set(name, () => ({ kind: 'function', name }));
  }

  private declareTags(spec: DeclSpec): void {
    if (spec.type?.kind === 'record') this.declareRecord(spec.type);
    if (spec.type?.kind === 'enum') this.declareEnum(spec.type);
  }

  private declareItems(spec: DeclSpec, items: readonly InitDeclarator[]): void {
    this.declareTags(spec);
    for (const item of items) {
      const name = item.declarator.name;
      if (name === null) continue;
      if (spec.storage.includes('typedef')) this.declareTypedef(spec, item);
      else if (item.declarator.parts[0]?.kind === 'function')
        this.nameFunction(name, spec, item.declarator);
      else this.declareGlobal(name, spec, item);
    }
  }

  private declareGlobal(name: string, spec: DeclSpec, item: InitDeclarator): void {
    const known = this.globals.get(name);
    if (known !== undefined && (item.init === null || known.item.init !== null)) return;
    const type = once(() => {
      const t = this.declaratorType(this.specType(spec), item.declarator);
      if (t.kind === 'array' && t.count === null && item.init?.kind === 'init-list') {
        return { ...t, count: countItems(item.init, e => Number(this.oracle.constant(e, this))) };
      }
      return t;
    });
    const global = {
      name,
      get type() {
        return type();
      },
      init: null,
      item,
    };
    this.globals.set(name, global);
    this.names.set(name, () => {
      const isFunction = global.type.kind === 'fn';
      return isFunction ? { kind: 'function', name } : { kind: 'global', global };
    });
  }

  functionType(name: string): CType | null {
    return this.functionTypes.get(name)?.() ?? this.globals.get(name)?.type ?? null;
  }
}
