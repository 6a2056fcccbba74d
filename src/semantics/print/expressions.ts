/** IR expressions as TypeScript: ints of up to 32 bits are numbers, wider ones bigints, bools booleans. */
import {
  type CType,
  INT,
  type IntType,
  isInt,
  isPtr,
  isScalar,
  isWide,
  sameType,
} from '../c/types.ts';
import type { BinaryOperator, Expr, ModelFunction, Place, Stmt } from '../ir/ir.ts';
import { arithmetic, comparisons, convertText, isBool, paren, wrap, zero } from './integers.ts';
import { identifier, LocalNames } from './names.ts';
import { externalName, hasNoEffect, keepsTruth, onlyExpressions } from './shape.ts';
import type { TypesText } from './types-text.ts';

/** What all functions of one printing share. */
export interface Shared {
  readonly types: TypesText;
  readonly models: ReadonlyMap<string, ModelFunction>;
  /** Services in use, by name: types of their arguments and result. */
  readonly services: Map<
    string,
    { readonly args: Set<string>[]; readonly result: Set<string>; fewest: number }
  >;
}

export abstract class ExpressionPrinter {
  readonly shared: Shared;
  readonly types: TypesText;
  readonly names = new LocalNames();
  /** Variables the text needs beyond the model's own. */
  readonly temporaries: string[] = [];

  constructor(shared: Shared) {
    this.shared = shared;
    this.types = shared.types;
  }

  abstract lines(body: readonly Stmt[]): string[];
  /** Prints what stands in a function of its own, where no jump leads out of. */
  abstract closed<T>(work: () => T): T;

  private temporary(type: CType): string {
    const name = this.names.fresh('old');
    this.temporaries.push(`let ${name}: ${this.types.value(type)} = ${zero(type)};`);
    return name;
  }

  // --- places ---
  /** The place as something to read, and to assign to when it is scalar. */
  place(p: Place): string {
    const isCell = isScalar(p.type);
    switch (p.kind) {
      case 'local': {
        const name = this.names.of(p.local);
        return p.local.inMemory && isCell ? `${name}.value` : name;
      }
      case 'global':
        return this.types.global(p.global);
      case 'deref':
        return `${paren(this.value(p.pointer))}${isCell ? '.value' : ''}`;
      case 'field':
        return p.field.name === ''
          ? this.place(p.base)
          : `${this.place(p.base)}.${identifier(p.field.name)}`;
      case 'element': {
        const element = this.element(p);
        return isCell ? `${element}.value` : element;
      }
      case 'value':
        return paren(this.value(p.value));
    }
  }

  /** An index may be a number or a bigint: widening it would only be noise. */
  private index(e: Expr): string {
    const plain = e.kind === 'convert' && isInt(e.value.type) && !isBool(e.value.type);
    return this.value(plain ? e.value : e);
  }

  private element(p: Place & { kind: 'element' }): string {
    const { index } = p;
    const at = index.kind === 'const' ? String(index.lo) : this.index(index);
    // An index into an array, or of a pointer: then the base is the first element itself.
    const ofPointer = sameType(p.base.type, p.type);
    if (!ofPointer && p.base.type.kind === 'array') return `${this.place(p.base)}.at(${at})`;
    if (p.base.kind === 'deref') {
      const pointer = paren(this.value(p.base.pointer));
      return isScalar(p.type)
        ? `${pointer}.at(${at})`
        : `offset(${pointer}, ${at}, ${this.types.descriptor(p.type)})`;
    }
    return `offset(${this.reference(p.base)}, ${at}, ${this.types.descriptor(p.type)})`;
  }

  /** A pointer to the place. */
  reference(p: Place): string {
    if (!isScalar(p.type)) return this.place(p);
    switch (p.kind) {
      case 'local':
        return this.names.of(p.local);
      case 'global':
        return `ref(g, '${this.types.global(p.global).slice(2)}', T.globals)`;
      case 'deref':
        return this.value(p.pointer);
      case 'element':
        return this.element(p);
      case 'field': {
        let owner = p.base;
        while (owner.kind === 'field' && owner.field.name === '') owner = owner.base;
        return `ref(${this.place(owner)}, '${identifier(p.field.name)}', ${this.types.descriptor(owner.type)})`;
      }
      case 'value':
        throw new Error('address of a value');
    }
  }

  private address(e: Expr & { kind: 'address' }): string {
    const { place } = e;
    const to = isPtr(e.type) ? e.type.to : e.type;
    if (place.type.kind === 'array' && !sameType(to, place.type)) {
      const { of } = place.type;
      const base = this.place(place);
      return of.kind === 'record' || of.kind === 'array' ? `${base}.at(0)` : base;
    }
    return this.reference(place);
  }

  /** True when evaluating the place twice changes nothing. */
  private isPure(p: Place): boolean {
    const pure = (e: Expr): boolean => {
      if (e.kind === 'const') return true;
      if (e.kind === 'load') return this.isPure(e.place);
      if (e.kind === 'address') return this.isPure(e.place);
      if (e.kind === 'convert') return pure(e.value);
      return e.kind === 'binary' && pure(e.left) && pure(e.right);
    };
    if (p.kind === 'deref') return pure(p.pointer);
    if (p.kind === 'field') return this.isPure(p.base);
    if (p.kind === 'element') return this.isPure(p.base) && pure(p.index);
    return p.kind !== 'value';
  }

  // --- values ---
  value(e: Expr): string {
    switch (e.kind) {
      case 'const':
        return this.constant(e);
      case 'load':
        if (e.mode === 'plain') return this.place(e.place);
        return `${e.mode === 'acquire' ? 'smp_load_acquire' : 'READ_ONCE'}(${this.place(e.place)})`;
      case 'address':
        return this.address(e);
      case 'assign':
        return this.assign(e, true);
      case 'step':
        return this.step(e, true);
      case 'call':
        return `${identifier(e.name)}(${e.args.map(a => this.value(a)).join(', ')})`;
      case 'call-indirect':
        return `${paren(this.value(e.target))}(${e.args.map(a => this.value(a)).join(', ')})`;
      case 'primitive':
        return this.service(e);
      case 'binary':
        return comparisons.test(e.op) ? `Number(${this.test(e)})` : this.binary(e);
      case 'negate':
        return wrap(`-${paren(this.value(e.value))}`, e.type);
      case 'complement':
        return wrap(`~${paren(this.value(e.value))}`, e.type);
      case 'not':
      case 'logical':
        return `Number(${this.test(e)})`;
      case 'convert':
        return this.convert(e);
      case 'choose':
        return this.choose(e);
      case 'sequence':
        if (hasNoEffect(e.first)) return this.value(e.second);
        return `(${this.effect(e.first)}, ${this.value(e.second)})`;
      case 'block':
        return this.block(e);
      case 'container-of':
        return this.containerOf(e);
      case 'function':
        if (!this.shared.models.has(e.name)) return `absent(${JSON.stringify(e.name)})`;
        return identifier(e.name);
      case 'text':
        return `cast(NULL, t.void) as never /* ${JSON.stringify(e.text).replaceAll('*/', '')} */`;
      case 'unsupported':
        return this.gap(e);
    }
  }

  private gap(e: Expr & { kind: 'unsupported' }): string {
    const result = e.type.kind === 'void' ? '' : `<${this.types.value(e.type)}>`;
    const isCall = e.code === 'no-body' || e.code === 'static-call';
    const text = JSON.stringify(isCall ? externalName(e.message) : e.message);
    return `${isCall ? 'external' : 'unsupported'}${result}(${text})`;
  }

  /** For its effects only. */
  effect(e: Expr): string {
    if (e.kind === 'assign') return this.assign(e, false);
    if (e.kind === 'step') return this.step(e, false);
    if (e.kind === 'convert') return this.effect(e.value);
    return this.value(e);
  }

  private constant(e: Expr & { kind: 'const' }): string {
    const { type } = e;
    if (isPtr(type)) {
      return e.lo === 0 && e.hi === 0
        ? 'NULL'
        : `fromAddress(${e.lo}, ${this.types.descriptor(type.to)})`;
    }
    if (isBool(type)) return e.lo !== 0 ? 'true' : 'false';
    if (isWide(type)) {
      const all = (BigInt(e.hi) << 32n) | BigInt(e.lo >>> 0);
      const value = (type as IntType).signed ? all : BigInt.asUintN(64, all);
      return value > 0xffffn ? `0x${value.toString(16)}n` : `${value}n`;
    }
    const value = isInt(type) && !type.signed ? e.lo >>> 0 : e.lo;
    return value > 0xffff ? `0x${value.toString(16)}` : String(value);
  }

  private convert(e: Expr & { kind: 'convert' }): string {
    const from = e.value.type;
    const to = e.type;
    if (isBool(to)) return this.test(e.value);
    if (isPtr(to)) {
      if (!isPtr(from))
        return `fromAddress(${this.value(e.value)}, ${this.types.descriptor(to.to)})`;
      if (to.to.kind === 'fn' || from.to.kind === 'fn')
        return `${paren(this.value(e.value))} as never`;
      if (to.to.kind === 'void') return this.value(e.value);
      if (this.types.pointer(to.to) === this.types.pointer(from.to) && to.to.kind === 'record')
        return this.value(e.value);
      const value = this.value(e.value);
      return value === 'NULL' ? value : `cast(${value}, ${this.types.descriptor(to.to)})`;
    }
    if (isPtr(from)) return wrap(`address(${this.value(e.value)})`, to);
    if (to.kind === 'void') return this.value(e.value);
    return convertText(this.value(e.value), from, to);
  }

  private binary(e: Expr & { kind: 'binary' }): string {
    if (isPtr(e.opType)) return this.pointerArithmetic(e, e.opType.to);
    return arithmetic(e.op, this.value(e.left), this.value(e.right), e.opType);
  }

  private pointerArithmetic(e: Expr & { kind: 'binary' }, to: CType): string {
    const left = this.value(e.left);
    const right = this.value(e.right);
    const descriptor = this.types.descriptor(to);
    if (isPtr(e.right.type)) return `distance(${left}, ${right}, ${descriptor})`;
    return `offset(${left}, ${e.op === '-' ? `-${paren(right)}` : right}, ${descriptor})`;
  }

  private choose(e: Expr & { kind: 'choose' }): string {
    const otherwise = e.type.kind === 'void' ? this.effect(e.otherwise) : this.value(e.otherwise);
    if (e.then !== null) {
      const then = e.type.kind === 'void' ? this.effect(e.then) : this.value(e.then);
      return `(${this.test(e.test)} ? ${then} : ${otherwise})`;
    }
    const name = this.temporary(e.test.type);
    const test = this.truth(`(${name} = ${this.value(e.test)})`, e.test.type);
    return `(${test} ? ${convertText(name, e.test.type, e.type)} : ${otherwise})`;
  }

  private block(e: Expr & { kind: 'block' }): string {
    const parts = this.effectsOf(e.body);
    if (parts !== null) {
      if (e.value !== null)
        parts.push(e.type.kind === 'void' ? this.effect(e.value) : this.value(e.value));
      if (parts.length > 0)
        return parts.length === 1 ? (parts[0] as string) : `(${parts.join(', ')})`;
    }
    return this.closed(() => this.blockFunction(e));
  }

  /** Effects of a body that is nothing but expressions; null otherwise. */
  private effectsOf(body: readonly Stmt[]): string[] | null {
    const flat = onlyExpressions(body);
    return flat === null ? null : flat.filter(x => !hasNoEffect(x)).map(x => this.effect(x));
  }

  private blockFunction(e: Expr & { kind: 'block' }): string {
    const body = this.lines(e.body);
    if (e.value !== null && e.type.kind !== 'void') body.push(`return ${this.value(e.value)};`);
    else if (e.value !== null) body.push(`${this.effect(e.value)};`);
    return `block(() => {\n${body.join('\n')}\n})`;
  }

  private containerOf(e: Expr & { kind: 'container-of' }): string {
    const to = isPtr(e.type) ? e.type.to : e.type;
    const member = e.path.map(f => f.name).filter(n => n !== '');
    const cells = this.types.cellsOf(e.path);
    return `containerOf(${this.value(e.value)}, ${this.types.descriptor(to)}, ${cells} /* ${member.join('.')} */)`;
  }

  // --- effects ---
  private assign(e: Expr & { kind: 'assign' }, wanted: boolean): string {
    const { place } = e;
    if (e.type.kind === 'record') return this.assignRecord(e, wanted);
    const field = place.kind === 'field' && place.field.bits !== null;
    const compound = e.op !== null;
    if (compound && !this.isPure(place)) {
      return `update(${this.reference(place)}, old => ${this.changed(e, 'old')})`;
    }
    const target = this.place(place);
    const value = compound ? this.changed(e, target) : this.value(e.value);
    const short =
      compound && /^[|&^]$/.test(e.op as string) && isWide(e.type) && isWide(e.opType) && !wanted;
    const text = short ? `${target} ${e.op}= ${this.value(e.value)}` : `${target} = ${value}`;
    if (!wanted) return text;
    // What the assignment yields is what the bit-field holds then.
    return field ? `(${text}, ${target})` : `(${text})`;
  }

  private changed(e: Expr & { kind: 'assign' }, old: string): string {
    const op = e.op as BinaryOperator;
    const right = this.value(e.value);
    if (isPtr(e.type))
      return `offset(${old}, ${op === '-' ? `-${paren(right)}` : right}, ${this.types.descriptor(e.type.to)})`;
    const left = convertText(old, e.type, e.opType);
    return convertText(arithmetic(op, left, right, e.opType), e.opType, e.type);
  }

  private assignRecord(e: Expr & { kind: 'assign' }, wanted: boolean): string {
    const target = this.place(e.place);
    const cells = this.types.layout.cells(e.type);
    const text = `copy(${target}, ${this.value(e.value)}, ${cells})`;
    return wanted ? `(${text}, ${target})` : text;
  }

  private step(e: Expr & { kind: 'step' }, wanted: boolean): string {
    const { place, type } = e;
    const next = (old: string): string => {
      if (isPtr(type)) return `offset(${old}, ${e.delta}, ${this.types.descriptor(type.to)})`;
      const op = e.delta === 1 ? '+' : '-';
      if (isBool(type)) return convertText(`Number(${old}) ${op} 1`, INT, type);
      return wrap(`${paren(old)} ${op} 1${isWide(type) ? 'n' : ''}`, type);
    };
    if (!this.isPure(place)) {
      if (!wanted || !e.postfix) return `update(${this.reference(place)}, old => ${next('old')})`;
      const kept = this.temporary(type);
      return `(update(${this.reference(place)}, old => { ${kept} = old; return ${next('old')}; }), ${kept})`;
    }
    const target = this.place(place);
    const text = `${target} = ${next(target)}`;
    if (!wanted) return text;
    if (!e.postfix)
      return place.kind === 'field' && place.field.bits !== null
        ? `(${text}, ${target})`
        : `(${text})`;
    const kept = this.temporary(type);
    return `(${kept} = ${target}, ${target} = ${next(kept)}, ${kept})`;
  }

  // --- conditions ---
  /** A boolean. */
  test(e: Expr): string {
    switch (e.kind) {
      case 'not':
        return this.negated(e.value);
      case 'logical':
        if (e.left.kind === 'const' && (e.left.lo !== 0) === (e.op === '&&'))
          return this.test(e.right);
        return `${this.operand(e.left, e.op)} ${e.op} ${this.operand(e.right, e.op)}`;
      case 'binary':
        if (comparisons.test(e.op)) return this.comparison(e);
        break;
      case 'convert':
        if (keepsTruth(e)) return this.test(e.value);
        break;
      case 'const':
        return e.lo !== 0 || e.hi !== 0 ? 'true' : 'false';
      case 'sequence':
        return hasNoEffect(e.first)
          ? this.test(e.second)
          : `(${this.effect(e.first)}, ${this.test(e.second)})`;
      case 'block': {
        const parts = e.value === null ? null : this.effectsOf(e.body);
        if (parts === null || e.value === null) break;
        return parts.length === 0
          ? this.test(e.value)
          : `(${parts.join(', ')}, ${this.test(e.value)})`;
      }
      case 'primitive':
        if (e.name === 'warn') return this.service(e);
        break;
      default:
        break;
    }
    return this.truth(this.value(e), e.type);
  }

  private operand(e: Expr, op: string): string {
    const text = this.test(e);
    return e.kind === 'logical' && e.op !== op ? `(${text})` : text;
  }

  private negated(e: Expr): string {
    if (e.kind === 'not') return this.test(e.value);
    if (e.kind === 'convert' && keepsTruth(e)) return this.negated(e.value);
    if (e.kind === 'load' || e.kind === 'call') {
      if (isPtr(e.type)) return `${this.value(e)} === NULL`;
      if (isInt(e.type) && !isBool(e.type)) return `${this.value(e)} === ${zero(e.type)}`;
    }
    return `!${paren(this.test(e))}`;
  }

  private truth(text: string, type: CType): string {
    return isBool(type) ? text : `${paren(text)} !== ${zero(type)}`;
  }

  private comparison(e: Expr & { kind: 'binary' }): string {
    const left = this.value(e.left);
    const right = this.value(e.right);
    const op = e.op === '==' ? '===' : e.op === '!=' ? '!==' : e.op;
    if (!isPtr(e.opType)) return `${paren(left)} ${op} ${paren(right)}`;
    if (op !== '===' && op !== '!==') return `address(${left}) ${op} address(${right})`;
    const isRecord = e.opType.to.kind === 'record' || e.opType.to.kind === 'fn';
    if (isRecord || left === 'NULL' || right === 'NULL')
      return `${paren(left)} ${op} ${paren(right)}`;
    return `${op === '!==' ? '!' : ''}same(${left}, ${right})`;
  }

  // --- services ---
  private service(e: Expr & { kind: 'primitive' }): string {
    if (e.name === 'warn') {
      return this.use('warn', ['boolean', 'string'], 'boolean', [
        this.test(e.args[0] as Expr),
        JSON.stringify(e.note),
      ]);
    }
    if (e.name === 'min' || e.name === 'max')
      return `${e.name}(${e.args.map(a => this.value(a)).join(', ')})`;
    if (e.name === 'fill') {
      const [target, count] = e.args as readonly [Expr, Expr];
      const to = isPtr(target.type) ? target.type.to : target.type;
      return `clear(${this.value(target)}, ${this.types.descriptor(to)}, ${count.kind === 'const' ? count.lo : 1})`;
    }
    const args = e.args.map(a => this.value(a));
    const kinds = e.args.map(a =>
      isPtr(a.type) && a.type.to.kind !== 'fn' ? 'Opaque' : this.types.value(a.type),
    );
    if (e.note !== '') {
      args.push(JSON.stringify(e.note));
      kinds.push('string');
    }
    const atomic = /^(?:xchg|cmpxchg|try_cmpxchg)$/.test(e.name);
    const result = this.use(
      e.name,
      atomic ? [] : kinds,
      atomic ? '' : this.types.value(e.type),
      args,
    );
    return result;
  }

  private use(
    name: string,
    kinds: readonly string[],
    result: string,
    args: readonly string[],
  ): string {
    let known = this.shared.services.get(name);
    if (known === undefined) {
      known = { args: [], result: new Set(), fewest: args.length };
      this.shared.services.set(name, known);
    }
    kinds.forEach((kind, i) => {
      const set = known.args[i] ?? new Set<string>();
      known.args[i] = set.add(kind);
    });
    known.result.add(result);
    known.fewest = Math.min(known.fewest, args.length);
    return `k.${identifier(name)}(${args.join(', ')})`;
  }
}
