import type { Tok } from './lex.ts';

/** A value of `#if`: 64 bits, signed or not. */
interface Value {
  readonly v: bigint;
  readonly unsigned: boolean;
}

const precedence = new Map<string, number>([
  ['||', 1],
  ['&&', 2],
  ['|', 3],
  ['^', 4],
  ['&', 5],
  ['==', 6],
  ['!=', 6],
  ['<', 7],
  ['>', 7],
  ['<=', 7],
  ['>=', 7],
  ['<<', 8],
  ['>>', 8],
  ['+', 9],
  ['-', 9],
  ['*', 10],
  ['/', 10],
  ['%', 10],
]);

/** What is wrong with the expression of an `#if`. */
export class ConditionError extends Error {}

function wrap(v: bigint, unsigned: boolean): Value {
  return { v: unsigned ? BigInt.asUintN(64, v) : BigInt.asIntN(64, v), unsigned };
}

const truth = (b: boolean): Value => ({ v: b ? 1n : 0n, unsigned: false });

export function parseInteger(text: string): { v: bigint; unsigned: boolean } | null {
  const match = /^(0[xX][0-9a-fA-F]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)([uUlL]*)$/.exec(text);
  if (match === null) return null;
  const digits = match[1] as string;
  const v = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return { v, unsigned: /[uU]/.test(match[2] as string) || v > 0x7fff_ffff_ffff_ffffn };
}

const escapes = new Map<string, number>([
  ['n', 10],
  ['t', 9],
  ['r', 13],
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['v', 11],
  ['e', 27],
]);

/** Value of a character constant of one character. */
export function charValue(text: string): number | null {
  const body = /^(?:L|u8|u|U)?'(.*)'$/s.exec(text)?.[1];
  if (body === undefined) return null;
  if (body.charAt(0) !== '\\') return body.length === 1 ? body.charCodeAt(0) : null;
  const rest = body.slice(1);
  if (/^[0-7]{1,3}$/.test(rest)) return (Number.parseInt(rest, 8) << 24) >> 24;
  if (/^x[0-9a-fA-F]{1,2}$/.test(rest)) return (Number.parseInt(rest.slice(1), 16) << 24) >> 24;
  if (rest.length !== 1) return null;
  return escapes.get(rest) ?? rest.charCodeAt(0);
}

function apply(op: string, l: Value, r: Value, dead: boolean): Value {
  const unsigned = l.unsigned || r.unsigned;
  const a = wrap(l.v, unsigned).v;
  const b = wrap(r.v, unsigned).v;
  switch (op) {
    case '|':
      return wrap(a | b, unsigned);
    case '^':
      return wrap(a ^ b, unsigned);
    case '&':
      return wrap(a & b, unsigned);
    case '==':
      return truth(a === b);
    case '!=':
      return truth(a !== b);
    case '<':
      return truth(a < b);
    case '>':
      return truth(a > b);
    case '<=':
      return truth(a <= b);
    case '>=':
      return truth(a >= b);
    case '<<':
      return wrap(l.v << (r.v & 63n), l.unsigned);
    case '>>':
      return wrap(l.v >> (r.v & 63n), l.unsigned);
    case '+':
      return wrap(a + b, unsigned);
    case '-':
      return wrap(a - b, unsigned);
    case '*':
      return wrap(a * b, unsigned);
    default:
      if (b === 0n) {
        if (dead) return wrap(0n, unsigned);
        throw new ConditionError('division by zero in #if');
      }
      return wrap(op === '/' ? a / b : a % b, unsigned);
  }
}

/** Evaluates the expanded tokens of an `#if`, in which `defined` has been answered; throws ConditionError. */
export class Condition {
  readonly #tokens: readonly Tok[];
  readonly #defined: (name: string) => boolean;
  /** Answers `name(...)` for names such as `__has_include`; null when it knows no such name. */
  readonly #call: (name: string, args: readonly Tok[]) => number | null;
  #pos = 0;
  #depth = 0;

  constructor(
    tokens: readonly Tok[],
    defined: (name: string) => boolean,
    call: (name: string, args: readonly Tok[]) => number | null,
  ) {
    this.#tokens = tokens;
    this.#defined = defined;
    this.#call = call;
  }

  evaluate(): boolean {
    if (this.#tokens.length === 0) throw new ConditionError('#if without an expression');
    const value = this.#ternary(false);
    const rest = this.#tokens[this.#pos];
    if (rest !== undefined) throw new ConditionError(`unexpected '${rest.text}' in #if`);
    return value.v !== 0n;
  }

  #text(): string | undefined {
    return this.#tokens[this.#pos]?.text;
  }

  #expect(text: string): void {
    if (this.#text() !== text) throw new ConditionError(`expected '${text}' in #if`);
    this.#pos++;
  }

  /** `dead` operands are read but not evaluated, so that `defined(X) && 1 / X` is no error. */
  #ternary(dead: boolean): Value {
    if (++this.#depth > 200) throw new ConditionError('#if nests too deeply');
    let value = this.#binary(1, dead);
    if (this.#text() === '?') {
      this.#pos++;
      const chosen = value.v !== 0n;
      const a = this.#ternary(dead || !chosen);
      this.#expect(':');
      const b = this.#ternary(dead || chosen);
      value = wrap((chosen ? a : b).v, a.unsigned || b.unsigned);
    }
    this.#depth--;
    return value;
  }

  #binary(min: number, dead: boolean): Value {
    let left = this.#unary(dead);
    for (;;) {
      const op = this.#text();
      const level = op === undefined ? undefined : precedence.get(op);
      if (op === undefined || level === undefined || level < min) return left;
      this.#pos++;
      if (op === '||' || op === '&&') {
        const decided = (left.v !== 0n) === (op === '||');
        const right = this.#binary(level + 1, dead || decided);
        left = truth(decided ? op === '||' : right.v !== 0n);
      } else {
        left = apply(op, left, this.#binary(level + 1, dead), dead);
      }
    }
  }

  #unary(dead: boolean): Value {
    if (++this.#depth > 200) throw new ConditionError('#if nests too deeply');
    const value = this.#operand(dead);
    this.#depth--;
    return value;
  }

  #operand(dead: boolean): Value {
    const tok = this.#tokens[this.#pos++];
    if (tok === undefined) throw new ConditionError('#if ends too early');
    switch (tok.text) {
      case '!':
        return truth(this.#unary(dead).v === 0n);
      case '-': {
        const e = this.#unary(dead);
        return wrap(-e.v, e.unsigned);
      }
      case '+':
        return this.#unary(dead);
      case '~': {
        const e = this.#unary(dead);
        return wrap(~e.v, e.unsigned);
      }
      case '(': {
        const e = this.#ternary(dead);
        this.#expect(')');
        return e;
      }
    }
    return this.#leaf(tok);
  }

  #leaf(tok: Tok): Value {
    if (tok.kind === 'number') {
      const value = parseInteger(tok.text);
      if (value === null) throw new ConditionError(`'${tok.text}' is no integer`);
      return wrap(value.v, value.unsigned);
    }
    if (tok.kind === 'char') {
      const value = charValue(tok.text);
      if (value === null) throw new ConditionError(`cannot evaluate ${tok.text}`);
      return wrap(BigInt(value), false);
    }
    if (tok.kind !== 'ident') throw new ConditionError(`unexpected '${tok.text}' in #if`);
    if (tok.text === 'defined') return this.#definedOperand();
    if (this.#text() === '(') {
      const answer = this.#call(tok.text, this.#arguments());
      if (answer === null) throw new ConditionError(`${tok.text}() is not known to #if`);
      return wrap(BigInt(answer), false);
    }
    return wrap(0n, false);
  }

  #definedOperand(): Value {
    const paren = this.#text() === '(';
    if (paren) this.#pos++;
    const name = this.#tokens[this.#pos++];
    if (name === undefined || name.kind !== 'ident')
      throw new ConditionError("'defined' wants a name");
    if (paren) this.#expect(')');
    return truth(this.#defined(name.text));
  }

  #arguments(): Tok[] {
    const args: Tok[] = [];
    for (let depth = 0; ; ) {
      const tok = this.#tokens[this.#pos++];
      if (tok === undefined) throw new ConditionError("missing ')' in #if");
      if (tok.text === '(' && depth++ === 0) continue;
      if (tok.text === ')' && --depth === 0) return args;
      args.push(tok);
    }
  }
}
