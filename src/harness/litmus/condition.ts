/** Conditions over final states: reading, evaluating, and writing them as herd does. */
import { type Literal, LitmusSyntaxError, type Place, type Proposition } from './litmus-test.ts';

const TOKEN =
  /\s*(?:(\/\\|\\\/|=>|==|!=|<>|=|~|\(|\)|\[|\]|;|:|&&|\|\||&|\*|-|\+|\$|#)|(0[xX][0-9a-fA-F]+|\d+)|(%?[A-Za-z_.$][\w.$]*))/y;

/** Deeper conditions would overflow the stack. */
const MAX_DEPTH = 500;

export interface Token {
  readonly text: string;
  readonly kind: 'operator' | 'number' | 'name';
  readonly end: number;
}

/** Cuts a text into tokens, up to the first character that belongs to none. */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  const pattern = new RegExp(TOKEN);
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [, operator, number, name] = match;
    found.push({
      text: operator ?? number ?? name ?? '',
      kind: operator !== undefined ? 'operator' : number !== undefined ? 'number' : 'name',
      end: pattern.lastIndex,
    });
  }
  return found;
}

/** Reads propositions and places from tokens; `at` is the next token. */
export class ConditionReader {
  private readonly list: readonly Token[];
  at = 0;
  private depth = 0;

  constructor(list: readonly Token[]) {
    this.list = list;
  }

  /** The next token's text, '' at the end. */
  peek(): string {
    return this.list[this.at]?.text ?? '';
  }

  private take(text: string): boolean {
    if (this.peek() !== text) return false;
    this.at++;
    return true;
  }

  private expect(text: string): void {
    if (!this.take(text)) {
      throw new LitmusSyntaxError(
        `expected ${text} in a condition, found ${this.peek() || 'its end'}`,
      );
    }
  }

  proposition(): Proposition {
    const left = this.disjunction();
    if (!this.take('=>')) return left;
    return { kind: 'implies', left, right: this.proposition() };
  }

  private disjunction(): Proposition {
    let left = this.conjunction();
    while (this.take('\\/') || this.take('||'))
      left = { kind: 'or', left, right: this.conjunction() };
    return left;
  }

  private conjunction(): Proposition {
    let left = this.unary();
    while (this.take('/\\') || this.take('&&')) left = { kind: 'and', left, right: this.unary() };
    return left;
  }

  private unary(): Proposition {
    if (++this.depth > MAX_DEPTH) throw new LitmusSyntaxError('a condition is nested too deeply');
    const found = this.operand();
    this.depth--;
    return found;
  }

  private operand(): Proposition {
    if (this.take('~') || this.take('not')) return { kind: 'not', of: this.unary() };
    if (this.take('true')) return { kind: 'constant', value: true };
    if (this.take('false')) return { kind: 'constant', value: false };
    if (this.take('(')) {
      const inner = this.proposition();
      this.expect(')');
      return inner;
    }
    return this.atom();
  }

  private atom(): Proposition {
    const place = this.place();
    const isDifferent = this.take('!=') || this.take('<>');
    if (!isDifferent && !this.take('=') && !this.take('==')) this.expect('=');
    const equals: Proposition = { kind: 'equals', place, value: this.value() };
    return isDifferent ? { kind: 'not', of: equals } : equals;
  }

  place(): Place {
    const bracketed = this.take('[');
    this.take('*');
    const first = this.list[this.at++];
    if (first === undefined) throw new LitmusSyntaxError('a place is missing in a condition');
    const thread = /^P?(\d+)$/.exec(first.text);
    if (thread !== null && this.take(':')) {
      const name = this.list[this.at++]?.text ?? '';
      return { kind: 'register', thread: Number(thread[1]), name: name.replace(/^%/, '') };
    }
    if (first.kind !== 'name') throw new LitmusSyntaxError(`${first.text} is no place`);
    let index: number | null = null;
    if (this.take('[')) {
      index = Number(this.list[this.at++]?.text);
      this.expect(']');
    }
    if (bracketed) this.expect(']');
    return { kind: 'memory', name: first.text, index };
  }

  value(): Literal | Place {
    if (this.take('(')) {
      const inner = this.value();
      this.expect(')');
      return inner;
    }
    this.take('$');
    this.take('#');
    if (this.take('&')) return this.value();
    if (this.take('-')) return String(-BigInt(this.list[this.at++]?.text ?? '0'));
    const token = this.list[this.at];
    if (token === undefined) throw new LitmusSyntaxError('a value is missing in a condition');
    const isRegister = this.list[this.at + 1]?.text === ':';
    if (isRegister) return this.place();
    if (token.kind === 'operator') throw new LitmusSyntaxError(`${token.text} is no value`);
    this.at++;
    if (token.kind === 'number') return String(BigInt(token.text));
    if (this.peek() !== '[') return token.text.toUpperCase() === 'NULL' ? '0' : token.text;
    this.at--;
    return placeText(this.place());
  }
}

/** How a place is written in a state; also its identity. */
export function placeText(place: Place): string {
  if (place.kind === 'register') return `${place.thread}:${place.name}`;
  return place.index === null ? place.name : `${place.name}[${place.index}]`;
}

/** As herd shows it in states and conditions. */
export function shownPlace(place: Place): string {
  return place.kind === 'register' ? placeText(place) : `[${placeText(place)}]`;
}

export function evaluate(p: Proposition, read: (place: Place) => Literal): boolean {
  switch (p.kind) {
    case 'equals':
      return read(p.place) === (typeof p.value === 'string' ? p.value : read(p.value));
    case 'not':
      return !evaluate(p.of, read);
    case 'and':
      return evaluate(p.left, read) && evaluate(p.right, read);
    case 'or':
      return evaluate(p.left, read) || evaluate(p.right, read);
    case 'implies':
      return !evaluate(p.left, read) || evaluate(p.right, read);
    case 'constant':
      return p.value;
  }
}

const STRENGTH = { implies: 1, or: 2, and: 3 } as const;
const SIGN = { implies: '=>', or: '\\/', and: '/\\' } as const;

export function propositionText(p: Proposition, outer = 0): string {
  switch (p.kind) {
    case 'equals':
      return `${shownPlace(p.place)}=${typeof p.value === 'string' ? p.value : shownPlace(p.value)}`;
    case 'constant':
      return String(p.value);
    case 'not': {
      if (p.of.kind === 'equals' && typeof p.of.value === 'string')
        return `not (${propositionText(p.of)})`;
      return `not (${propositionText(p.of)})`;
    }
    default: {
      const mine = STRENGTH[p.kind];
      const text = `${propositionText(p.left, mine)} ${SIGN[p.kind]} ${propositionText(p.right, mine)}`;
      return mine < outer ? `(${text})` : text;
    }
  }
}

/** Places a proposition speaks of, in order of appearance, each once. */
export function placesOf(p: Proposition, into = new Map<string, Place>()): Map<string, Place> {
  if (p.kind === 'equals') {
    into.set(placeText(p.place), p.place);
    if (typeof p.value !== 'string') into.set(placeText(p.value), p.value);
  } else if (p.kind === 'not') placesOf(p.of, into);
  else if (p.kind !== 'constant') {
    placesOf(p.left, into);
    placesOf(p.right, into);
  }
  return into;
}
