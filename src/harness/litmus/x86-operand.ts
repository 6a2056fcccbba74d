/** Registers, immediates and memory of x86, in Intel's or AT&T's notation. */
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

export type Operand =
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

/** Cuts at commas outside of parentheses and brackets. */
export function splitOperands(text: string): string[] {
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

export function readOperand(source: string, m: Machine64): Operand {
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
