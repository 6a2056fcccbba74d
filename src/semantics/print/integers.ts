/** Integers as text: what a value of a C type is called, how it is converted, how it wraps. */
import { type CType, isInt, isWide } from '../c/types.ts';
import type { BinaryOperator } from '../ir/ir.ts';

export const comparisons = /^(?:[<>]=?|[=!]=)$/;
export const isBool = (type: CType): boolean => type.kind === 'int' && type.bits === 1;

/** Names, members and calls need no parentheses as operands. */
function isOperand(text: string): boolean {
  if (!/^[\w$]/.test(text)) return text.startsWith('(') && closing(text, 0) === text.length - 1;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') i = closing(text, i);
    else if (!/[\w.$]/.test(text[i] as string)) return false;
  }
  return true;
}

/** Index of the parenthesis that closes the one at `from`; the text's end when quotes make that unclear. */
function closing(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    if (text[i] === '"' || text[i] === "'") return text.length;
    if (text[i] === '(') depth++;
    else if (text[i] === ')' && --depth === 0) return i;
  }
  return text.length;
}

export const paren = (text: string): string => (isOperand(text) ? text : `(${text})`);

export function zero(type: CType): string {
  if (isBool(type)) return 'false';
  if (isWide(type)) return '0n';
  return isInt(type) ? '0' : 'NULL';
}

export function convertText(text: string, from: CType, to: CType): string {
  if (!isInt(from) || !isInt(to)) return text;
  if (isBool(to)) return isBool(from) ? text : `${paren(text)} !== ${zero(from)}`;
  if (isBool(from)) {
    if (/^Number\(.*\)$/.test(text) || !isWide(to)) return `Number(${text})`;
    return `BigInt(${text})`;
  }
  const widening = from.bits < to.bits && (!from.signed || to.signed);
  if (isWide(to)) return widening ? `BigInt(${text})` : wrap(text, to);
  if (widening || (from.bits === to.bits && from.signed === to.signed)) return text;
  return wrap(text, to);
}

/** Reduces to the type, from a number or bigint. */
export function wrap(text: string, type: CType): string {
  if (!isInt(type) || isBool(type)) return text;
  return `${type.signed ? 's' : 'u'}${type.bits}(${text})`;
}

export function arithmetic(op: BinaryOperator, left: string, right: string, type: CType): string {
  const a = paren(left);
  const b = paren(right);
  const signed = isInt(type) && type.signed;
  const wide = isWide(type);
  switch (op) {
    case '*':
      return wide ? wrap(`${a} * ${b}`, type) : wrap(`Math.imul(${left}, ${right})`, type);
    case '/':
      return wide ? `${wrap(`${a} / ${b}`, type)}` : wrap(`div(${left}, ${right})`, type);
    case '%':
      return `${a} % ${b}`;
    case '&':
    case '|':
    case '^':
      return wide || signed ? `${a} ${op} ${b}` : wrap(`${a} ${op} ${b}`, type);
    case '<<':
    case '>>': {
      const count = wide ? (/^\d+$/.test(right) ? `${right}n` : `BigInt(${right})`) : b;
      if (op === '>>') return wide || signed ? `${a} >> ${count}` : `${a} >>> ${count}`;
      return wrap(`${a} << ${count}`, type);
    }
    default:
      return wrap(`${a} ${op} ${b}`, type);
  }
}
