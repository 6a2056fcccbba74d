/**
 * Values as terms over symbols: equal terms are equal values, whatever the symbols stand for. Terms are interned, so
 * that equality is identity.
 */

export interface Term {
  readonly id: number;
  /** A constant `lo hi`, a symbol, the address of something, an operator. */
  readonly op: string;
  readonly args: readonly Term[];
  /** Type that the value has; `ptr` for all pointers. */
  readonly type: string;
}

const COMMUTES = new Set(['+', '*', '&', '|', '^', '==', '!=']);
export const CONTAINER = 'container ';
const CONST = /^#(-?\d+) (-?\d+)$/;

/** Whether the order of the two operands means nothing. */
export const isCommutative = (op: string): boolean => COMMUTES.has(op);

/** Whether the term is not zero, as something that is so or not: `holds` says which of the two makes the term true. */
export interface Condition {
  readonly term: Term;
  readonly holds: boolean;
}

export class Terms {
  private readonly known = new Map<string, Term>();
  private symbols = 0;

  make(op: string, args: readonly Term[], type: string): Term {
    const [first] = args;
    if (op === 'to' && first !== undefined) {
      if (first.type === type) return first;
      const small = smallConstant(first);
      if (small !== null && bitsOf(type) > 0)
        return this.intern(`#${type === 'bool' && small !== 0 ? 1 : small} 0`, [], type);
    }
    if (op.startsWith(CONTAINER) && first !== undefined) {
      const record = this.containerOf(op.slice(CONTAINER.length).split('/'), first);
      if (record !== null) return record;
    }
    const sorted = isCommutative(op) ? [...args].sort((a, b) => a.id - b.id) : args;
    return this.intern(op, sorted, type);
  }

  /** The record whose member, named from outside to inside, the address is that of; null when it is some other's. */
  private containerOf(path: readonly string[], address: Term): Term | null {
    let at = address;
    for (const field of [...path].reverse()) {
      if (at.op !== `.${field}`) return null;
      at = at.args[0] as Term;
    }
    return at;
  }

  private intern(op: string, args: readonly Term[], type: string): Term {
    const key = `${op}|${type}|${args.map(a => a.id).join(',')}`;
    let term = this.known.get(key);
    if (term === undefined) {
      term = { id: this.known.size, op, args, type };
      this.known.set(key, term);
    }
    return term;
  }

  /** A value nothing is known of. */
  fresh(type: string): Term {
    return this.intern(`?${this.symbols++}`, [], type);
  }

  /** The question whether the term is not zero, the same for all ways to ask it. */
  condition(term: Term): Condition {
    let holds = true;
    let t = term;
    for (;;) {
      const [a, b] = t.args as [Term, Term];
      if (t.op === 'not') holds = !holds;
      else if (t.op === 'to' && (t.type === 'bool' || isWider(t.type, a))) {
        // Nothing that is not zero becomes zero.
      } else if ((t.op === '==' || t.op === '!=') && (isZero(a) || isZero(b))) {
        if (t.op === '==') holds = !holds;
        t = isZero(a) ? b : a;
        continue;
      } else if (t.op === '!=') return { term: this.make('==', t.args, t.type), holds: !holds };
      else if (t.op === '>=') return { term: this.make('<', [a, b], t.type), holds: !holds };
      else if (t.op === '>') return { term: this.make('<', [b, a], t.type), holds };
      else if (t.op === '<=') return { term: this.make('<', [b, a], t.type), holds: !holds };
      else return { term: t, holds };
      t = a;
    }
  }

  /** Whether the term is not zero, where that is known of the term itself. */
  truth(term: Term): boolean | null {
    const match = CONST.exec(term.op);
    if (match !== null) return match[1] !== '0' || match[2] !== '0';
    if (term.op === '==') {
      const [a, b] = term.args as [Term, Term];
      if (a === b) return true;
      const [left, right] = [smallConstant(a), smallConstant(b)];
      return left === null || right === null ? null : left === right;
    }
    return term.op.startsWith('&') || term.op === 'text' || term.op.startsWith('fn ') ? true : null;
  }
}

/** A constant that is the same number in every integer type but `bool`. */
function smallConstant(t: Term): number | null {
  const match = CONST.exec(t.op);
  if (match === null || match[2] !== '0') return null;
  const value = Number(match[1]);
  return value >= 0 && value < 128 ? value : null;
}

/** Whether the term can only be 0 or 1. */
export const isBoolean = (t: Term): boolean =>
  t.type === 'bool' || t.op === 'not' || /^[=!<>]=?$/.test(t.op);

const isZero = (t: Term): boolean => t.op === '#0 0';

/** `bool`, `u8` to `s64`: at least as many bits as the term's type has. */
function isWider(type: string, from: Term): boolean {
  const [to, have] = [bitsOf(type), bitsOf(from.type)];
  return to > 0 && have > 0 && to >= have;
}

function bitsOf(type: string): number {
  if (type === 'bool') return 1;
  const match = /^[us](\d+)$/.exec(type);
  return match === null ? 0 : Number(match[1]);
}
