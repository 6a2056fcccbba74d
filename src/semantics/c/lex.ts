import type { Token, TokenKind } from './ast.ts';
import type { CDiagnostic, CLimits } from './diagnostic.ts';
import { isDigit, isIdentStart, isSpace, punctuatorAt } from './lex-chars.ts';
import type { MacroDefinition } from './preprocess-macro.ts';

/** A token as the preprocessor handles it. One shape for all, since there are millions. */
export class Tok implements Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly file: string;
  readonly line: number;
  readonly macro: string | null;
  spaceBefore: boolean;
  constructor(
    kind: TokenKind,
    text: string,
    file: string,
    line: number,
    macro: string | null,
    spaceBefore: boolean,
  ) {
    this.kind = kind;
    this.text = text;
    this.file = file;
    this.line = line;
    this.macro = macro;
    this.spaceBefore = spaceBefore;
  }
}

/** A run of text lines (`name` is '') or one directive; `from`..`to` are its tokens, after `#` and the name. */
export interface FilePart {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly line: number;
  /** For conditionals: index of the part that ends this group (`elif`, `else`, `endif`); -1 when it is missing. */
  next: number;
  /** For `define`: the text after it, spliced lines and comments included; '' for all others. */
  readonly definition: string;
  /** For `define`: the macro, once it was made, or what is wrong with it. Shared by all who read the file. */
  macro: MacroDefinition | string | null;
}

export interface LexedFile {
  readonly file: string;
  readonly tokens: readonly Tok[];
  readonly parts: readonly FilePart[];
  /** Name of a guard macro that spans the whole file, or null. */
  readonly guard: string | null;
  readonly diagnostics: readonly CDiagnostic[];
}

const interned = new Map<string, string>();

/** One string object per spelling: equality is then mostly a pointer comparison. Bounded, as inputs are not ours. */
function intern(text: string): string {
  const known = interned.get(text);
  if (known !== undefined) return known;
  if (interned.size > 400_000) interned.clear();
  interned.set(text, text);
  return text;
}

/** The first token of a line, or a `#define` whose text is left unread. */
interface LineStart {
  readonly at: number;
  readonly line: number;
  readonly definition: string | null;
}

interface Scan {
  readonly src: string;
  readonly file: string;
  readonly tokens: Tok[];
  readonly lines: LineStart[];
  pos: number;
  line: number;
}

/** Index after the literal that opens at `start`; stops before an unescaped newline. */
function literalEnd(src: string, start: number): number {
  const quote = src.charCodeAt(start);
  let i = start + 1;
  while (i < src.length) {
    const c = src.charCodeAt(i);
    if (c === 92) i += src.charCodeAt(i + 1) === 13 ? 3 : 2;
    else if (c === quote) return i + 1;
    else if (c === 10) return i;
    else i++;
  }
  return src.length;
}

function numberEnd(src: string, start: number): number {
  let i = start + 1;
  for (;;) {
    const c = src.charCodeAt(i);
    if (isIdentStart(c) || isDigit(c) || c === 46) i++;
    else if ((c === 43 || c === 45) && 'eEpP'.includes(src.charAt(i - 1))) i++;
    else return i;
  }
}

function identEnd(src: string, start: number): number {
  let i = start + 1;
  for (;;) {
    const c = src.charCodeAt(i);
    if (!isIdentStart(c) && !isDigit(c)) return i;
    i++;
  }
}

/** Removes line splices from a spelling and counts them. */
function unsplice(s: Scan, text: string): string {
  const plain = text.replace(/\\\r?\n/g, '');
  s.line += text.split('\n').length - 1;
  return plain;
}

function commentEnd(s: Scan): number {
  const { src, pos } = s;
  if (src.charCodeAt(pos + 1) === 47) {
    let end = pos;
    for (;;) {
      end = src.indexOf('\n', end);
      if (end < 0) return src.length;
      if (src.charCodeAt(end - 1) !== 92) return end;
      s.line++;
      end++;
    }
  }
  const close = src.indexOf('*/', pos + 2);
  const end = close < 0 ? src.length : close + 2;
  for (let i = pos + 2; i < end; i++) if (src.charCodeAt(i) === 10) s.line++;
  return end;
}

function literalToken(s: Scan, start: number, quoteAt: number, space: boolean): void {
  const end = literalEnd(s.src, quoteAt);
  const quote = s.src.charCodeAt(quoteAt);
  const closed = end > quoteAt + 1 && s.src.charCodeAt(end - 1) === quote;
  const kind: TokenKind = !closed ? 'punct' : quote === 34 ? 'string' : 'char';
  const line = s.line;
  let text = s.src.slice(start, end);
  if (text.includes('\n')) text = unsplice(s, text);
  s.tokens.push(new Tok(kind, text, s.file, line, null, space));
  s.pos = end;
}

/** Scans one token at `s.pos`, which is neither white space nor a comment. */
function scanToken(s: Scan, space: boolean): void {
  const { src, pos } = s;
  const c = src.charCodeAt(pos);
  if (isIdentStart(c)) {
    const end = identEnd(src, pos);
    const after = src.charCodeAt(end);
    if ((after === 34 || after === 39) && /^(L|u8|u|U)$/.test(src.slice(pos, end))) {
      literalToken(s, pos, end, space);
      return;
    }
    s.tokens.push(new Tok('ident', intern(src.slice(pos, end)), s.file, s.line, null, space));
    s.pos = end;
  } else if (isDigit(c) || (c === 46 && isDigit(src.charCodeAt(pos + 1)))) {
    const end = numberEnd(src, pos);
    s.tokens.push(new Tok('number', intern(src.slice(pos, end)), s.file, s.line, null, space));
    s.pos = end;
  } else if (c === 34 || c === 39) {
    literalToken(s, pos, pos, space);
  } else {
    const text = punctuatorAt(src, pos);
    s.tokens.push(new Tok('punct', text, s.file, s.line, null, space));
    s.pos = pos + text.length;
  }
}

const define = /#[ \t]*define[ \t]+/y;

/** Index of the newline that ends the logical line at `start`, past comments and spliced lines. */
function logicalLineEnd(src: string, start: number): number {
  for (let i = start; i < src.length; ) {
    const c = src.charCodeAt(i);
    if (c === 10) return i;
    if (c === 92) {
      i += src.charCodeAt(i + 1) === 13 ? 3 : 2;
    } else if (c === 34 || c === 39) {
      i = literalEnd(src, i);
    } else if (c === 47 && src.charCodeAt(i + 1) === 42) {
      const close = src.indexOf('*/', i + 2);
      i = close < 0 ? src.length : close + 2;
    } else if (c === 47 && src.charCodeAt(i + 1) === 47) {
      for (i += 2; i < src.length && src.charCodeAt(i) !== 10; ) {
        i += src.charCodeAt(i) === 92 ? 2 : 1;
      }
    } else {
      i++;
    }
  }
  return src.length;
}

/** Takes a whole `#define` if one stands here, without reading its tokens. */
function scanDefine(s: Scan): boolean {
  define.lastIndex = s.pos;
  if (!define.test(s.src)) return false;
  const start = define.lastIndex;
  const end = logicalLineEnd(s.src, start);
  const definition = s.src.slice(start, end);
  s.lines.push({ at: s.tokens.length, line: s.line, definition });
  for (let nl = definition.indexOf('\n'); nl >= 0; nl = definition.indexOf('\n', nl + 1)) s.line++;
  s.pos = end;
  return true;
}

function scanAll(s: Scan): void {
  const { src } = s;
  const n = src.length;
  let space = true;
  let lineStart = true;
  while (s.pos < n) {
    const c = src.charCodeAt(s.pos);
    if (c === 10) {
      s.line++;
      s.pos++;
      space = true;
      lineStart = true;
    } else if (isSpace(c)) {
      s.pos++;
      space = true;
    } else if (c === 92 && src.charCodeAt(s.pos + 1) === 10) {
      s.pos += 2;
      s.line++;
    } else if (c === 92 && src.charCodeAt(s.pos + 1) === 13 && src.charCodeAt(s.pos + 2) === 10) {
      s.pos += 3;
      s.line++;
    } else if (c === 47 && (src.charCodeAt(s.pos + 1) === 47 || src.charCodeAt(s.pos + 1) === 42)) {
      s.pos = commentEnd(s);
      space = true;
    } else if (!(lineStart && c === 35 && scanDefine(s))) {
      if (lineStart) s.lines.push({ at: s.tokens.length, line: s.line, definition: null });
      lineStart = false;
      scanToken(s, space);
      space = false;
    }
  }
}

function spelled(tokens: readonly Tok[]): string {
  return tokens.map((t, i) => (i > 0 && t.spaceBefore ? ' ' : '') + t.text).join('');
}

function part(name: string, from: number, to: number, line: number, definition = ''): FilePart {
  return { name, from, to, line, next: -1, definition, macro: null };
}

/** Cuts the tokens into runs of text and directives. */
function cutParts(tokens: readonly Tok[], lines: readonly LineStart[]): FilePart[] {
  const parts: FilePart[] = [];
  let textFrom = 0;
  const endText = (to: number) => {
    if (textFrom < to) parts.push(part('', textFrom, to, (tokens[textFrom] as Tok).line));
  };
  for (let k = 0; k < lines.length; k++) {
    const { at, line, definition } = lines[k] as LineStart;
    if (definition !== null) {
      endText(at);
      parts.push(part('define', at, at, line, definition));
      textFrom = at;
      continue;
    }
    if ((tokens[at] as Tok).text !== '#') continue;
    const to = lines[k + 1]?.at ?? tokens.length;
    endText(at);
    const name = to > at + 1 ? (tokens[at + 1] as Tok) : null;
    const word = name === null ? 'null' : name.kind === 'ident' ? name.text : 'line';
    const from = Math.min(at + 2, to);
    const text = word === 'define' ? spelled(tokens.slice(from, to)) : '';
    parts.push(part(word, from, to, line, text));
    textFrom = to;
  }
  endText(tokens.length);
  return parts;
}

const opens = new Set(['if', 'ifdef', 'ifndef']);
const continues = new Set(['elif', 'elifdef', 'elifndef', 'else', 'endif']);

/** Ties each conditional to the one that ends its group. */
function linkConditionals(
  parts: readonly FilePart[],
  file: string,
  diagnostics: CDiagnostic[],
): void {
  const open: number[] = [];
  const report = (line: number, message: string) =>
    diagnostics.push({ code: 'c/conditional', message, file, line });
  parts.forEach((part, index) => {
    if (opens.has(part.name)) {
      open.push(index);
    } else if (continues.has(part.name)) {
      const start = open.pop();
      if (start === undefined) {
        report(part.line, `#${part.name} without #if`);
        return;
      }
      (parts[start] as FilePart).next = index;
      if (part.name !== 'endif') open.push(index);
    }
  });
  for (const index of open) report((parts[index] as FilePart).line, 'unterminated conditional');
}

/** The guard macro of a file whose only top-level content is `#ifndef G`, `#define G`, ..., `#endif`. */
function findGuard(tokens: readonly Tok[], parts: readonly FilePart[]): string | null {
  const [first, second] = parts;
  if (first?.name !== 'ifndef' || second?.name !== 'define') return null;
  const name = tokens[first.from]?.text;
  if (name === undefined || first.next !== parts.length - 1) return null;
  return second.definition.split(/\W/, 1)[0] === name ? name : null;
}

function checkSize(src: string, file: string, limits: CLimits): CDiagnostic | null {
  if (src.length > limits.maxFileChars) {
    return {
      code: 'c/file-too-long',
      message: `more than ${limits.maxFileChars} characters`,
      file,
      line: 0,
    };
  }
  if (src.length <= limits.maxLineChars) return null;
  let line = 1;
  for (let start = 0; start < src.length; line++) {
    const nl = src.indexOf('\n', start);
    const end = nl < 0 ? src.length : nl;
    if (end - start > limits.maxLineChars) {
      return {
        code: 'c/line-too-long',
        message: `a line of more than ${limits.maxLineChars} characters`,
        file,
        line,
      };
    }
    start = end + 1;
  }
  return null;
}

export function lexFile(src: string, file: string, limits: CLimits): LexedFile {
  const refusal = checkSize(src, file, limits);
  if (refusal !== null) return { file, tokens: [], parts: [], guard: null, diagnostics: [refusal] };
  const scan: Scan = { src, file, tokens: [], lines: [], pos: 0, line: 1 };
  scanAll(scan);
  const diagnostics: CDiagnostic[] = [];
  const parts = cutParts(scan.tokens, scan.lines);
  linkConditionals(parts, file, diagnostics);
  return { file, tokens: scan.tokens, parts, guard: findGuard(scan.tokens, parts), diagnostics };
}

/** Plain tokens of a piece of text, directives not told apart; for pasted tokens and built-in definitions. */
export function lexText(src: string, file: string): Tok[] {
  const scan: Scan = { src, file, tokens: [], lines: [], pos: 0, line: 1 };
  scanAll(scan);
  return scan.tokens;
}
