/** One instruction of x86, in Intel's or AT&T's order of operands, as C statements. */
import { LitmusSyntaxError } from './litmus-test.ts';

export interface Register {
  /** The 64-bit register it is part of, lower case. */
  readonly family: string;
  readonly bits: number;
  /** Of its lowest bit within the family. */
  readonly shift: number;
}

export interface Machine64 {
  readonly is64: boolean;
  /** Notes that a variable is named. */
  address(name: string): string;
  sees(name: string, bits: number): void;
  uses(register: Register): void;
}

type Operand =
  | { readonly kind: 'register'; readonly register: Register }
  | { readonly kind: 'immediate'; readonly text: string }
  | {
      readonly kind: 'memory';
      readonly pointer: string;
      readonly name: string | null;
      readonly isStack: boolean;
    };

const LETTERS = 'abcd';

export function registerOf(text: string): Register | null {
  const name = text.replace(/^%/, '').toLowerCase();
  const lettered = /^([re]?)([abcd])x$/.exec(name);
  if (lettered !== null)
    return {
      family: `r${lettered[2]}x`,
      bits: lettered[1] === 'r' ? 64 : lettered[1] === 'e' ? 32 : 16,
      shift: 0,
    };
  const byte = /^([abcd])([lh])$/.exec(name);
  if (byte !== null && LETTERS.includes(byte[1] as string))
    return { family: `r${byte[1]}x`, bits: 8, shift: byte[2] === 'h' ? 8 : 0 };
  const pointer = /^([re]?)(si|di|bp|sp)(l?)$/.exec(name);
  if (pointer !== null)
    return {
      family: `r${pointer[2]}`,
      bits: pointer[3] === 'l' ? 8 : pointer[1] === 'r' ? 64 : pointer[1] === 'e' ? 32 : 16,
      shift: 0,
    };
  const numbered = /^(r(?:[89]|1[0-5]))([dwb]?)$/.exec(name);
  if (numbered !== null) {
    const bits = { '': 64, d: 32, w: 16, b: 8 }[numbered[2] as '' | 'd' | 'w' | 'b'];
    return { family: numbered[1] as string, bits, shift: 0 };
  }
  return null;
}

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

/** Cuts at commas outside of parentheses and brackets. */
function splitOperands(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const c of text) {
    if (c === '(' || c === '[') depth++;
    else if (c === ')' || c === ']') depth--;
    if (c === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else part += c;
  }
  if (part.trim() !== '') parts.push(part.trim());
  return parts;
}

function number(text: string): string {
  const negative = text.startsWith('-');
  const value = BigInt(text.replace(/^[-+]/, ''));
  return negative ? `(-${value})` : String(value);
}

function readOperand(source: string, m: Machine64): Operand {
  const text = source
    .replace(/^(?:(?:dword|qword|word|byte)\s+(?:ptr\s+)?)/i, '')
    .replace(/^%[cdefgs]s:/i, '')
    .trim();
  const register = /^%?\w+$/.test(text) ? registerOf(text) : null;
  if (register !== null) {
    m.uses(register);
    return { kind: 'register', register };
  }
  const immediate = /^\$?\s*([-+]?(?:0[xX][0-9a-fA-F]+|\d+))$/.exec(text);
  if (immediate !== null) return { kind: 'immediate', text: number(immediate[1] as string) };
  const symbol = /^\$\s*([A-Za-z_.][\w.]*)$/.exec(text);
  if (symbol !== null)
    return { kind: 'immediate', text: `(long)@${m.address(symbol[1] as string)}@` };
  return memoryOperand(text, m);
}

/** `[x]`, `[EAX+4]`, `(x)`, `4(%rax)`, `x(%rip)`, or a bare name. */
function memoryOperand(text: string, m: Machine64): Operand {
  const indexed = /^([-+]?\d*)\s*\(\s*(%\w+)\s*,\s*(%\w+)\s*(?:,\s*(\d+)\s*)?\)$/.exec(text);
  if (indexed !== null) return indexedOperand(indexed, m);
  const att = /^([-+]?\w*)\s*\(\s*(%?[\w.]+)\s*\)$/.exec(text);
  const intel = /^\[\s*(%?[\w.]+)\s*(?:([-+])\s*(\d+))?\s*\]$/.exec(text);
  const bare = /^[A-Za-z_.][\w.]*$/.exec(text);
  let base = '';
  let offset = 0;
  if (att !== null) {
    base = att[2] as string;
    const before = att[1] as string;
    if (/^%?[re]ip$/i.test(base)) base = before;
    else offset = before === '' ? 0 : Number(before);
  } else if (intel !== null) {
    base = intel[1] as string;
    offset = intel[3] === undefined ? 0 : Number(`${intel[2]}${intel[3]}`);
  } else if (bare !== null) base = bare[0];
  if (base === '' || !Number.isInteger(offset))
    throw new LitmusSyntaxError(`cannot read the operand ${text}`);
  const register = registerOf(base);
  if (register === null)
    return {
      kind: 'memory',
      pointer: `@${m.address(base)}@`,
      name: offset === 0 ? base : null,
      isStack: false,
    };
  m.uses(register);
  const isStack = register.family === 'rsp';
  const pointer = offset === 0 ? register.family : `(${register.family} + ${offset})`;
  return { kind: 'memory', pointer, name: null, isStack };
}

/** `offset(base,index,scale)` */
function indexedOperand(
  [text, offset = '', base = '', index = '', scale = '1']: RegExpExecArray,
  m: Machine64,
): Operand {
  const registers = [registerOf(base), registerOf(index)];
  const [from, by] = registers;
  if (from == null || by == null) throw new LitmusSyntaxError(`cannot read the operand ${text}`);
  m.uses(from);
  m.uses(by);
  const pointer = `(${from.family} + ${by.family} * ${Number(scale)} + ${Number(offset === '' ? 0 : offset)})`;
  return { kind: 'memory', pointer, name: null, isStack: false };
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
