import type { FilePart, LexedFile, Tok } from './lex.ts';
import type { TokenSource } from './preprocess-expand.ts';

/** One file being read: the text part at hand, and where in it. */
export class Frame implements TokenSource {
  readonly lexed: LexedFile;
  /** Index of the part after the one at hand. */
  next = 0;
  pos = 0;
  end = 0;
  readonly #advance: (frame: Frame) => boolean;

  /** `advance` moves on to the next text that is compiled; false at the end. */
  constructor(lexed: LexedFile, advance: (frame: Frame) => boolean) {
    this.lexed = lexed;
    this.#advance = advance;
  }

  /** Stops before a directive, as GCC does when it looks for the parenthesis of a macro use. */
  peek(): Tok | null {
    return this.pos < this.end ? (this.lexed.tokens[this.pos] as Tok) : null;
  }

  /** Goes on past directives, which take effect: they may stand among macro arguments. */
  take(): Tok | null {
    if (this.pos >= this.end && !this.#advance(this)) return null;
    return this.lexed.tokens[this.pos++] as Tok;
  }

  /** The tokens of a directive, after its name. */
  words(part: FilePart): readonly Tok[] {
    return this.lexed.tokens.slice(part.from, part.to);
  }

  /** Goes to the directive that ends the group which `part` begins; null when that is missing. */
  #nextGroup(part: FilePart): FilePart | null {
    const { parts } = this.lexed;
    if (part.next < 0) {
      this.next = parts.length;
      return null;
    }
    this.next = part.next + 1;
    return parts[part.next] as FilePart;
  }

  /** Enters the first group whose condition holds, or leaves the conditional behind. */
  enterGroup(start: FilePart, holds: (part: FilePart) => boolean): void {
    let part: FilePart | null = start;
    while (part !== null && part.name !== 'endif' && part.name !== 'else' && !holds(part)) {
      part = this.#nextGroup(part);
    }
  }

  /** Leaves the conditional of which one group has been read. */
  skipToEnd(start: FilePart): void {
    let part: FilePart | null = start;
    while (part !== null && part.name !== 'endif') part = this.#nextGroup(part);
  }
}

/** The file that the words after `#include` name; null when they name none. */
export function includeTarget(words: readonly Tok[]): { spec: string; quoted: boolean } | null {
  const first = words[0];
  if (first?.kind === 'string') return { spec: first.text.slice(1, -1), quoted: true };
  const close = words.findIndex(t => t.text === '>');
  if (first?.text !== '<' || close < 2) return null;
  const inner = words.slice(1, close).map(t => t.text);
  return { spec: inner.join(''), quoted: false };
}
