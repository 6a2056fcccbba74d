/** C types as TypeScript: interfaces of the members in use, and the descriptors by which the runtime finds them. */
import type { CType, Field, FnType, RecordInfo } from '../c/types.ts';
import type { Layout } from '../compile/layout.ts';
import type { Global } from '../ir/ir.ts';
import { identifier, TypeNames } from './names.ts';

export interface Member {
  readonly name: string;
  readonly cell: number;
  readonly bit: { readonly at: number; readonly width: number } | null;
  readonly type: CType;
}

export class TypesText {
  readonly names: TypeNames;
  readonly layout: Layout;
  readonly #descriptors = new Map<string, { readonly text: string; readonly type: string }>();
  readonly #interfaces = new Map<string, string>();
  readonly #globals = new Map<string, Global>();

  /** `functions`: names that types must leave alone. */
  constructor(layout: Layout, functions: readonly string[]) {
    this.names = new TypeNames(functions);
    this.layout = layout;
  }

  /** Type of an expression's value. */
  value(type: CType): string {
    switch (type.kind) {
      case 'int':
        return type.bits === 1 ? 'boolean' : type.bits >= 64 ? 'bigint' : 'number';
      case 'float':
        return 'bigint';
      case 'void':
        return 'void';
      case 'ptr':
        return this.pointer(type.to);
      case 'record':
        this.descriptor(type);
        return this.names.record(type.record);
      case 'array':
        if (type.of.kind === 'record' || type.of.kind === 'array')
          return `Structs<${this.value(type.of)}>`;
        return `Ref<${this.value(type.of)}>`;
      case 'fn':
        return this.functionType(type);
    }
  }

  private functionType(type: FnType): string {
    const params = type.params.map((p, i) => `a${i}: ${this.value(p)}`);
    if (type.variadic) params.push('...rest: readonly unknown[]');
    return `((${params.join(', ')}) => ${this.value(type.ret)})`;
  }

  pointer(to: CType): string {
    if (to.kind === 'void') return 'Opaque';
    if (to.kind === 'fn') return this.functionType(to);
    if (to.kind === 'record' || to.kind === 'array') return this.value(to);
    return `Ref<${this.value(to)}>`;
  }

  /** Name of the type's descriptor. */
  descriptor(type: CType): string {
    const key = this.names.key(type);
    if (type.kind === 'int' || type.kind === 'void' || type.kind === 'float') return `t.${key}`;
    if (!this.#descriptors.has(key)) {
      this.#descriptors.set(key, { text: '', type: '' });
      this.#descriptors.set(key, { text: this.describe(type), type: this.pointer(type) });
    }
    return `T.${key}`;
  }

  private describe(type: CType): string {
    switch (type.kind) {
      case 'ptr':
        if (type.to.kind === 'fn') return 'fn()';
        return `pointer(() => ${this.descriptor(type.to)})`;
      case 'array':
        return `array<${this.value(type)}>(() => ${this.descriptor(type.of)}, ${type.count ?? 0})`;
      case 'record': {
        const name = this.names.record(type.record);
        const members = this.members(type.record, 0);
        this.declare(name, members);
        return `struct<${name}>(${this.layout.cells(type)}, () => ({ ${members.map(m => this.spot(m)).join(', ')} }))`;
      }
      default:
        return 'fn()';
    }
  }

  private spot(m: Member): string {
    const bit = m.bit === null ? '' : `, [${m.bit.at}, ${m.bit.width}]`;
    return `${identifier(m.name)}: field(${m.cell}, ${this.descriptor(m.type)}${bit})`;
  }

  private declare(name: string, members: readonly Member[]): void {
    if (this.#interfaces.has(name)) return;
    this.#interfaces.set(name, '');
    const lines = members.map(m => `  ${identifier(m.name)}: ${this.value(m.type)};`);
    this.#interfaces.set(name, `export interface ${name} extends Struct {\n${lines.join('\n')}\n}`);
  }

  /** Members in use; those of anonymous members stand beside the others. */
  private members(record: RecordInfo, offset: number): Member[] {
    const out: Member[] = [];
    for (const field of record.complete()?.fields ?? []) {
      if (!this.layout.isUsed(field)) continue;
      const spot = this.layout.spot(field);
      const cell = offset + spot.cell;
      if (field.name !== '') out.push({ name: field.name, cell, bit: spot.bit, type: field.type });
      else if (field.type.kind === 'record') out.push(...this.members(field.type.record, cell));
    }
    return out;
  }

  cellsOf(path: readonly Field[]): number {
    return path.reduce((sum, field) => sum + this.layout.spot(field).cell, 0);
  }

  /** Property of the globals' view. */
  global(global: Global): string {
    this.#globals.set(global.name, global);
    return `g.${identifier(global.name.replaceAll('.', '__'))}`;
  }

  get globals(): readonly Global[] {
    return [...this.#globals.values()];
  }

  /** Descriptors and interfaces asked for so far, the globals' record last. */
  render(): string {
    let cell = 0;
    const members = this.globals.map((g): Member => {
      const member = { name: g.name.replaceAll('.', '__'), cell, bit: null, type: g.type };
      cell += this.layout.cells(g.type);
      return member;
    });
    this.declare('globals', members);
    const globals = `struct<globals>(${Math.max(cell, 1)}, () => ({ ${members.map(m => this.spot(m)).join(', ')} }))`;
    const entries = [...this.#descriptors].map(([key, d]) => `  ${key}: ${d.text},`);
    const types = [...this.#descriptors].map(([key, d]) => `  readonly ${key}: Type<${d.type}>;`);
    return [
      ...this.#interfaces.values(),
      `interface Types {\n${types.join('\n')}\n  readonly globals: Type<globals>;\n}`,
      `export const T: Types = {\n${entries.join('\n')}\n  globals: ${globals},\n};`,
    ].join('\n\n');
  }
}
