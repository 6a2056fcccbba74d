/** Identifiers of printed models: C's own where TypeScript and the runtime leave them free. */
import type { CType, RecordInfo } from '../c/types.ts';
import type { Local } from '../ir/ir.ts';

const taken = new Set(
  `
t T g k pointer fn struct array field resetMemory local ref cast containerOf offset distance address same fromAddress
copy snapshot clear external absent u8 s8 u16 s16 u32 s32 u64 s64 bool div min max READ_ONCE smp_load_acquire block update unsupported
provide services __proto__ constructor toString valueOf Atomic Types NULL Struct Ref Structs Opaque Type Kernel start at undefined
arguments await break case catch class const continue debugger default delete do else enum eval export extends false
finally for function if implements import in instanceof interface let new null package private protected public return
static super switch this throw true try typeof var void while with yield async of Number BigInt Math Boolean
`
    .trim()
    .split(/\s+/),
);

/** Throws on what no C identifier can be: nothing else from a tree may reach the text of a model. */
export function identifier(name: string): string {
  if (!/^[A-Za-z_]\w*$/.test(name)) throw new Error(`${JSON.stringify(name)} is no identifier`);
  return taken.has(name) ? `${name}_` : name;
}

export class LocalNames {
  readonly #names = new Map<Local, string>();
  readonly #used = new Set<string>();

  of(local: Local): string {
    const known = this.#names.get(local);
    if (known !== undefined) return known;
    const plain = identifier(local.name);
    let name = plain;
    for (let n = 2; this.#used.has(name); n++) name = `${plain}_${n}`;
    this.#used.add(name);
    this.#names.set(local, name);
    return name;
  }

  fresh(stem: string): string {
    let name = stem;
    for (let n = 2; this.#used.has(name); n++) name = `${stem}${n}`;
    this.#used.add(name);
    return name;
  }
}

/** One TypeScript name per record, and one key per type. */
export class TypeNames {
  readonly #records = new Map<RecordInfo, string>();
  readonly #used: Set<string>;

  constructor(functions: readonly string[]) {
    this.#used = new Set(['globals', ...functions]);
  }

  record(record: RecordInfo): string {
    const known = this.#records.get(record);
    if (known !== undefined) return known;
    const plain = identifier(record.name.replaceAll(/\W+/g, '_').replace(/_+$/, '') || 'anon');
    let name = plain;
    for (let n = 2; this.#used.has(name); n++) name = `${plain}_${n}`;
    this.#used.add(name);
    this.#records.set(record, name);
    return name;
  }

  key(type: CType): string {
    switch (type.kind) {
      case 'int':
        if (type.bits === 1) return 'bool';
        return `${type.signed ? 's' : 'u'}${type.bits === 128 ? 64 : type.bits}`;
      case 'ptr':
        return type.to.kind === 'fn' ? 'fn' : `p_${this.key(type.to)}`;
      case 'array':
        return `a${type.count ?? 0}_${this.key(type.of)}`;
      case 'record':
        return this.record(type.record);
      case 'float':
        return 'u64';
      case 'fn':
        return 'fn';
      case 'void':
        return 'void';
    }
  }
}
