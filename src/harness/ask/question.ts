/** The questions of `mmudelta ask`, and how they are read; docs/ask.md has the grammar. */

export type Verb = 'holds' | 'takes' | 'puts';

export interface Place {
  readonly helper: string;
  readonly line: number | null;
}

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

export type Predicate =
  | { readonly kind: 'invalid' | 'scheduled' | 'loaded' | 'listed' | 'any-listed' }
  | { readonly kind: 'count'; readonly comparison: Comparison; readonly value: number }
  | { readonly kind: 'mmu-lock'; readonly mode: 'read' | 'write' | 'any' }
  | { readonly kind: 'not'; readonly of: Predicate }
  | { readonly kind: 'and' | 'or'; readonly left: Predicate; readonly right: Predicate };

export interface Question {
  readonly verb: Verb;
  readonly place: Place | null;
  readonly predicate: Predicate | null;
}

/** What is wrong with a question, and where: a column from 1. */
export class QuestionError extends Error {
  readonly column: number;
  constructor(message: string, column: number) {
    super(message);
    this.column = column;
  }
}

interface Token {
  readonly text: string;
  readonly column: number;
}

const TOKEN = /\s*([A-Za-z_][\w.-]*(?:\(\))?|\d+|[=!<>]=|[<>():])/y;
const LONGEST = 2_000;
const DEEPEST = 100;

function tokens(text: string): Token[] {
  if (text.length > LONGEST) throw new QuestionError('the question is too long', LONGEST);
  const out: Token[] = [];
  const trimmed = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const from = TOKEN.lastIndex;
    const word = TOKEN.exec(trimmed)?.[1];
    if (word === undefined) throw new QuestionError('this is no word of a question', from + 1);
    out.push({ text: word, column: TOKEN.lastIndex - word.length + 1 });
  }
  return out;
}

/** Reads a question; throws {@link QuestionError}. */
export function parseQuestion(text: string): Question {
  const reader = new Reader(tokens(text), text.length + 1);
  reader.expect('who');
  const verb = reader.oneOf<Verb>(['holds', 'takes', 'puts']);
  reader.expect('root-reference');
  const place = reader.accept('at') ? reader.place() : null;
  const predicate = reader.accept('while') ? reader.or(0) : null;
  reader.end(place === null && predicate === null);
  return { verb, place, predicate };
}

class Reader {
  private at = 0;
  private readonly all: readonly Token[];
  private readonly length: number;

  constructor(all: readonly Token[], length: number) {
    this.all = all;
    this.length = length;
  }

  private fail(wanted: string): never {
    const token = this.all[this.at];
    const found = token === undefined ? 'the end' : `"${token.text}"`;
    throw new QuestionError(
      `${wanted} should stand here, not ${found}`,
      token?.column ?? this.length,
    );
  }

  private peek(): string | undefined {
    return this.all[this.at]?.text;
  }

  accept(word: string): boolean {
    if (this.peek() !== word) return false;
    this.at++;
    return true;
  }

  expect(word: string): void {
    if (!this.accept(word)) this.fail(`"${word}"`);
  }

  oneOf<W extends string>(words: readonly W[]): W {
    const word = words.find(w => w === this.peek());
    if (word === undefined) this.fail(words.join(', '));
    this.at++;
    return word;
  }

  private number(what: string): number {
    const word = this.peek() ?? '';
    if (!/^\d{1,9}$/.test(word)) this.fail(what);
    this.at++;
    return Number(word);
  }

  place(): Place {
    const word = this.peek() ?? '';
    if (!/^[A-Za-z_]\w*(?:\(\))?$/.test(word)) this.fail('the name of a function');
    this.at++;
    const line = this.accept(':') ? this.number('a line number') : null;
    return { helper: word.replace('()', ''), line };
  }

  end(isEmpty: boolean): void {
    if (this.at < this.all.length || isEmpty)
      this.fail(isEmpty ? '"at HELPER" or "while PREDICATE"' : 'the end of the question');
  }

  or(depth: number): Predicate {
    if (depth > DEEPEST) this.fail('a less nested predicate');
    let left = this.and(depth);
    while (this.accept('or')) left = { kind: 'or', left, right: this.and(depth) };
    return left;
  }

  private and(depth: number): Predicate {
    let left = this.not(depth);
    while (this.accept('and')) left = { kind: 'and', left, right: this.not(depth) };
    return left;
  }

  private not(depth: number): Predicate {
    if (depth > DEEPEST) this.fail('a less nested predicate');
    if (this.accept('not')) return { kind: 'not', of: this.not(depth + 1) };
    if (!this.accept('(')) return this.atom();
    const inner = this.or(depth + 1);
    this.expect(')');
    return inner;
  }

  private atom(): Predicate {
    switch (this.peek()) {
      case 'root.invalid':
      case 'root.scheduled':
      case 'root.loaded':
      case 'root.listed': {
        const kind = this.oneOf(['root.invalid', 'root.scheduled', 'root.loaded', 'root.listed']);
        return {
          kind: kind.slice('root.'.length) as 'invalid' | 'scheduled' | 'loaded' | 'listed',
        };
      }
      case 'root.count': {
        this.at++;
        const comparison = this.oneOf<Comparison>(['==', '!=', '<', '<=', '>', '>=']);
        return { kind: 'count', comparison, value: this.number('a number') };
      }
      case 'mmu_lock':
        this.at++;
        this.expect('held');
        if (!this.accept('for')) return { kind: 'mmu-lock', mode: 'any' };
        return { kind: 'mmu-lock', mode: this.oneOf(['read', 'write']) };
      case 'a':
        this.at++;
        for (const word of ['root', 'is', 'on', 'the', 'list']) this.expect(word);
        return { kind: 'any-listed' };
      default:
        return this.fail(
          'root.invalid, root.scheduled, root.loaded, root.listed, root.count, "mmu_lock held", "a root is on the list", not or (',
        );
    }
  }
}

/** The question in its standard form, as reports repeat it. */
export function questionText(q: Question): string {
  const parts = [`who ${q.verb} root-reference`];
  if (q.place !== null) {
    const { helper, line } = q.place;
    parts.push(`at ${helper}${line === null ? '' : `:${line}`}`);
  }
  if (q.predicate !== null) parts.push(`while ${predicateText(q.predicate)}`);
  return parts.join(' ');
}

function predicateText(p: Predicate): string {
  switch (p.kind) {
    case 'not':
      return `not ${group(p.of)}`;
    case 'and':
    case 'or':
      return `${group(p.left)} ${p.kind} ${group(p.right)}`;
    case 'count':
      return `root.count ${p.comparison} ${p.value}`;
    case 'mmu-lock':
      return p.mode === 'any' ? 'mmu_lock held' : `mmu_lock held for ${p.mode}`;
    case 'any-listed':
      return 'a root is on the list';
    default:
      return `root.${p.kind}`;
  }
}

const group = (p: Predicate): string =>
  p.kind === 'and' || p.kind === 'or' ? `(${predicateText(p)})` : predicateText(p);
