/** One instruction of x86, in Intel's or AT&T's order of operands, as C statements. */
import { LitmusSyntaxError } from './litmus-test.ts';
import { type Machine64, type Operand, readOperand, splitOperands } from './x86-operand.ts';

/** C statements of the instruction; variables of the test stand between at signs. */
export function instructionText(source: string, m: Machine64): string {
  const label = /^([A-Za-z_.][\w.]*):$/.exec(source);
  if (label !== null) return `${labelName(label[1] as string)}: ;`;
  const locked = /^lock\b\s*;?\s*/i.exec(source);
  const body = locked === null ? source : source.slice(locked[0].length);
  const match = /^([A-Za-z]\w*)\s*(.*)$/s.exec(body.trim());
  if (match === null) throw new LitmusSyntaxError(`cannot read the instruction ${source}`);
  const mnemonic = (match[1] as string).toLowerCase();
  const plain = withoutOperands(mnemonic, match[2] as string);
  if (plain !== null) return plain;
  const texts = splitOperands(match[2] as string);
  if (/^(?:call|push|pop|rep|int|syscall|movnt)/.test(mnemonic)) throw unknown(source);
  const operands = texts.map(text => readOperand(text, m));
  // AT&T's order is told by its percent signs, or by an immediate that stands where nothing can be stored.
  const isAtt = m.is64 || /%/.test(match[2] as string) || operands[0]?.kind === 'immediate';
  if (isAtt) operands.reverse();
  return new Instruction(source, mnemonic, operands, locked !== null, m).text();
}

const labelName = (name: string): string => `mmd_l_${name.replace(/\W/g, '_')}`;

function unknown(source: string): LitmusSyntaxError {
  return new LitmusSyntaxError(`the instruction ${source} is not modelled`);
}

function withoutOperands(mnemonic: string, operands: string): string | null {
  switch (mnemonic) {
    case 'mfence':
      return 'smp_mb();';
    case 'sfence':
      return 'smp_wmb();';
    case 'lfence':
      return 'smp_rmb();';
    case 'nop':
    case 'nopl':
    case 'nopw':
    case 'pause':
    case 'endbr64':
    case 'endbr32':
      return ';';
    case 'ret':
    case 'retq':
    case 'leave':
      return 'goto mmd_end;';
    case 'jmp':
      return `goto ${labelName(operands.trim())};`;
    default: {
      const test = /^j(\w+)$/.exec(mnemonic);
      return test === null
        ? null
        : `if (${flagTest(test[1] as string)}) goto ${labelName(operands.trim())};`;
    }
  }
}

const UNSIGNED_LEFT = '(u64)mmd_left';
const UNSIGNED_RIGHT = '(u64)mmd_right';

function flagTest(condition: string): string {
  const tests: Readonly<Record<string, string>> = {
    e: '==',
    z: '==',
    ne: '!=',
    nz: '!=',
    l: '<',
    nge: '<',
    le: '<=',
    ng: '<=',
    g: '>',
    nle: '>',
    ge: '>=',
    nl: '>=',
    s: '<',
    ns: '>=',
  };
  const unsigned: Readonly<Record<string, string>> = {
    b: '<',
    c: '<',
    nae: '<',
    be: '<=',
    na: '<=',
    a: '>',
    nbe: '>',
    ae: '>=',
    nc: '>=',
    nb: '>=',
  };
  const signed = Object.hasOwn(tests, condition) ? tests[condition] : undefined;
  if (signed !== undefined) return `mmd_left ${signed} mmd_right`;
  const other = Object.hasOwn(unsigned, condition) ? unsigned[condition] : undefined;
  if (other !== undefined) return `${UNSIGNED_LEFT} ${other} ${UNSIGNED_RIGHT}`;
  throw new LitmusSyntaxError(`the condition ${condition} of a jump is not modelled`);
}

const C_TYPE: Readonly<Record<number, string>> = { 8: 's8', 16: 's16', 32: 'int', 64: 'long' };
const UNSIGNED: Readonly<Record<number, string>> = { 8: 'u8', 16: 'u16', 32: 'u32', 64: 'u64' };
const ARITHMETIC: Readonly<Record<string, string>> = {
  add: '+',
  sub: '-',
  and: '&',
  or: '|',
  xor: '^',
};
const SUFFIX: Readonly<Record<string, number>> = { b: 8, w: 16, l: 32, q: 64 };
const KNOWN =
  /^(?:mov|xchg|add|sub|and|or|xor|inc|dec|neg|not|cmp|test|cmpxchg|xadd|lea|shl|sal|shr|sar|set\w+|cmov\w+)$/;

class Instruction {
  private readonly source: string;
  private readonly name: string;
  private readonly bits: number;
  private readonly operands: readonly Operand[];
  private readonly locked: boolean;
  private readonly m: Machine64;

  constructor(
    source: string,
    mnemonic: string,
    operands: readonly Operand[],
    locked: boolean,
    m: Machine64,
  ) {
    this.source = source;
    this.locked = locked;
    this.m = m;
    this.operands = operands;
    const suffix = SUFFIX[mnemonic.at(-1) as string];
    const isSuffixed =
      suffix !== undefined &&
      (!KNOWN.test(mnemonic) || /^(?:set|cmov)\w+[lq]$/.test(mnemonic)) &&
      KNOWN.test(mnemonic.slice(0, -1));
    this.name = isSuffixed && !/^set/.test(mnemonic) ? mnemonic.slice(0, -1) : mnemonic;
    if (!KNOWN.test(this.name)) throw unknown(source);
    const registers = operands.flatMap(o => (o.kind === 'register' ? [o.register.bits] : []));
    this.bits = isSuffixed ? (suffix as number) : (registers[0] ?? 32);
    for (const o of operands) if (o.kind === 'memory' && o.name !== null) m.sees(o.name, this.bits);
  }

  private operand(i: number): Operand {
    const found = this.operands[i];
    if (found === undefined) throw unknown(this.source);
    return found;
  }

  private get type(): string {
    return C_TYPE[this.bits] as string;
  }

  private read(o: Operand): string {
    if (o.kind === 'immediate') return `(${this.type})${o.text}`;
    if (o.kind === 'memory') return `READ_ONCE(${this.place(o)})`;
    const { family, shift } = o.register;
    return shift === 0 ? `(${this.type})${family}` : `(${this.type})(${family} >> ${shift})`;
  }

  private place(o: Operand & { kind: 'memory' }): string {
    return `*(${this.type} *)${o.pointer}`;
  }

  private write(o: Operand, value: string): string {
    if (o.kind === 'immediate') throw unknown(this.source);
    if (o.kind === 'memory') return `WRITE_ONCE(${this.place(o)}, ${value});`;
    const { family, shift } = o.register;
    if (this.bits >= 32 || !this.m.is64) {
      if (this.bits >= 32)
        return `${family} = ${this.m.is64 && this.bits === 32 ? '(u32)' : ''}(${value});`;
    }
    const mask = (2 ** this.bits - 1) * 2 ** shift;
    return `${family} = (${family} & ~${mask}) | (((long)(${UNSIGNED[this.bits]})(${value})) << ${shift});`;
  }

  text(): string {
    const { name } = this;
    if (
      this.locked &&
      (this.operands[0]?.kind !== 'memory' ||
        !/^(?:add|sub|and|or|xor|inc|dec|neg|not|xchg|xadd|cmpxchg)$/.test(name))
    ) {
      throw unknown(this.source);
    }
    // The usual barrier: a locked instruction on the thread's own stack.
    if (this.locked && this.operands[0]?.kind === 'memory' && this.operands[0].isStack)
      return 'smp_mb();';
    if (Object.hasOwn(ARITHMETIC, name))
      return this.modify(`mmd_old ${ARITHMETIC[name]} mmd_by`, this.read(this.operand(1)));
    switch (name) {
      case 'mov':
        return this.write(this.operand(0), this.read(this.operand(1)));
      case 'lea': {
        const from = this.operand(1);
        if (from.kind !== 'memory') throw unknown(this.source);
        return this.write(this.operand(0), `(long)${from.pointer}`);
      }
      case 'inc':
        return this.modify('mmd_old + mmd_by', '1');
      case 'dec':
        return this.modify('mmd_old - mmd_by', '1');
      case 'neg':
        return this.modify('mmd_by - mmd_old', '0');
      case 'not':
        return this.modify('mmd_old ^ mmd_by', '-1', false);
      case 'shl':
      case 'sal':
        return this.modify('mmd_old << mmd_by', this.read(this.operand(1)));
      case 'sar':
        return this.modify('mmd_old >> mmd_by', this.read(this.operand(1)));
      case 'shr':
        return this.modify(`(${UNSIGNED[this.bits]})mmd_old >> mmd_by`, this.read(this.operand(1)));
      case 'cmp':
        return `mmd_left = ${this.read(this.operand(0))}; mmd_right = ${this.read(this.operand(1))};`;
      case 'test':
        return `mmd_left = ${this.read(this.operand(0))} & ${this.read(this.operand(1))}; mmd_right = 0;`;
      case 'xchg':
        return this.exchange();
      case 'cmpxchg':
        return this.compareExchange();
      case 'xadd':
        return this.exchangeAdd();
      default:
        return this.conditional();
    }
  }

  /** A read-modify-write of the first operand; locked, it is one step, else a load and a store. */
  private modify(result: string, by: string, setsFlags = true): string {
    const to = this.operand(0);
    const flags = setsFlags ? 'mmd_left = mmd_new; mmd_right = 0;' : '';
    const values = `${this.type} mmd_old; ${this.type} mmd_new; ${this.type} mmd_by = ${by};`;
    if (this.locked && to.kind === 'memory') {
      const pointer = `(${this.type} *)${to.pointer}`;
      const retry = `cmpxchg(${pointer}, mmd_old, mmd_new) != mmd_old`;
      return `{ ${values} do { mmd_old = ${this.read(to)}; mmd_new = ${result}; } while (${retry}); ${flags} }`;
    }
    return `{ ${values} mmd_old = ${this.read(to)}; mmd_new = ${result}; ${this.write(to, 'mmd_new')} ${flags} }`;
  }

  /** XCHG with memory is locked, with or without the prefix. */
  private exchange(): string {
    const [a, b] = [this.operand(0), this.operand(1)];
    const memory = a.kind === 'memory' ? a : b.kind === 'memory' ? b : null;
    const other = memory === a ? b : a;
    if (memory === null) {
      return `{ ${this.type} mmd_old = ${this.read(a)}; ${this.write(a, this.read(b))} ${this.write(b, 'mmd_old')} }`;
    }
    if (other.kind !== 'register') throw unknown(this.source);
    return `{ ${this.type} mmd_old = xchg((${this.type} *)${memory.pointer}, ${this.read(other)}); ${this.write(other, 'mmd_old')} }`;
  }

  private compareExchange(): string {
    const [to, from] = [this.operand(0), this.operand(1)];
    const accumulator: Operand = {
      kind: 'register',
      register: { family: 'rax', bits: this.bits, shift: 0 },
    };
    this.m.uses(accumulator.register);
    const expected = this.read(accumulator);
    const after = `mmd_left = mmd_by; mmd_right = mmd_old; if (mmd_old != mmd_by) { ${this.write(accumulator, 'mmd_old')} }`;
    const values = `${this.type} mmd_by = ${expected}; ${this.type} mmd_old;`;
    if (this.locked && to.kind === 'memory') {
      return `{ ${values} mmd_old = cmpxchg((${this.type} *)${to.pointer}, mmd_by, ${this.read(from)}); ${after} }`;
    }
    return `{ ${values} mmd_old = ${this.read(to)}; if (mmd_old == mmd_by) { ${this.write(to, this.read(from))} } ${after} }`;
  }

  private exchangeAdd(): string {
    const from = this.operand(1);
    const sum = this.modify('mmd_old + mmd_by', this.read(from));
    return `${sum.slice(0, -1)} ${this.write(from, 'mmd_old')} }`;
  }

  private conditional(): string {
    const set = /^set(\w+)$/.exec(this.name);
    if (set !== null) return this.write(this.operand(0), `(${flagTest(set[1] as string)}) ? 1 : 0`);
    const move = /^cmov(\w+?)$/.exec(this.name);
    if (move === null) throw unknown(this.source);
    const value = `${this.type} mmd_new = ${this.read(this.operand(1))};`;
    return `{ ${value} if (${flagTest(move[1] as string)}) { ${this.write(this.operand(0), 'mmd_new')} } }`;
  }
}
