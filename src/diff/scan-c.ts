import { type Token, tokenize, tokenText } from './tokens.ts';

export type EntityKind = 'function' | 'macro' | 'type' | 'global';

/** Something a C file defines, with its lines. */
export interface Entity {
  readonly kind: EntityKind;
  readonly name: string;
  /** Tells definitions of one name apart (both branches of an #if): 0 for the first. */
  readonly ordinal: number;
  readonly firstLine: number;
  readonly lastLine: number;
  /** Its tokens, joined by blanks. */
  readonly text: string;
}

export interface Scan {
  readonly entities: readonly Entity[];
  /** Tokens that belong to no entity: includes, conditions, exports. */
  readonly outside: string;
  /** Equal for two files that differ in comments and blanks only. */
  readonly text: string;
}

/**
 * A light reading of a C file, without its headers: what it defines, and where. It trusts the kernel's
 * habit of closing every function with a brace at the margin, which keeps it in step through
 * conditional compilation and macros.
 */
export function scanC(text: string): Scan {
  const tokens = tokenize(text);
  const entities = [...scanMacros(tokens), ...scanCode(tokens.filter(t => t.directive === 0))];
  entities.sort((left, right) => left.firstLine - right.firstLine);
  const counts = new Map<string, number>();
  const numbered = entities.map(entity => {
    const key = `${entity.kind} ${entity.name}`;
    const ordinal = counts.get(key) ?? 0;
    counts.set(key, ordinal + 1);
    return { ...entity, ordinal };
  });
  const outside = outsideText(tokens, numbered);
  return { entities: numbered, outside, text: tokenText(tokens) };
}

type Found = Omit<Entity, 'ordinal'>;

function join(tokens: readonly Token[]): string {
  return tokens.map(token => token.text).join(' ');
}

function outsideText(tokens: readonly Token[], entities: readonly Entity[]): string {
  const covered = new Set<number>();
  for (const { firstLine, lastLine } of entities) {
    for (let line = firstLine; line <= lastLine; line++) covered.add(line);
  }
  return join(tokens.filter(token => !covered.has(token.line)));
}

function* scanMacros(tokens: readonly Token[]): Generator<Found> {
  for (let at = 0; at < tokens.length; at++) {
    const [hash, word, name] = [tokens[at], tokens[at + 1], tokens[at + 2]];
    if (hash?.text !== '#' || hash.directive === 0 || word?.text !== 'define') continue;
    if (word.directive !== hash.directive || name === undefined) continue;
    let end = at;
    while (tokens[end + 1]?.directive === hash.directive) end++;
    const firstLine = hash.line;
    const lastLine = tokens[end]?.line ?? firstLine;
    const body = join(tokens.slice(at, end + 1));
    yield { kind: 'macro', name: name.text, firstLine, lastLine, text: body };
    at = end;
  }
}

/** Goes through the file's code one construct at a time: up to a `;`, or a function's closing brace. */
function* scanCode(tokens: readonly Token[]): Generator<Found> {
  let start = 0;
  while (start < tokens.length) {
    const construct = readConstruct(tokens, start);
    const found = classify(tokens.slice(start, construct.end), construct.body);
    const [first, last] = [tokens[start], tokens[construct.end - 1]];
    if (found !== null && first !== undefined && last !== undefined) {
      const text = join(tokens.slice(start, construct.end));
      yield { ...found, firstLine: first.line, lastLine: last.line, text };
    }
    start = construct.end;
  }
}

interface Construct {
  readonly end: number;
  /** Offset of the function's opening brace; null for any other construct. */
  readonly body: number | null;
}

function readConstruct(tokens: readonly Token[], start: number): Construct {
  let parentheses = 0;
  for (let at = start; at < tokens.length; at++) {
    const text = tokens[at]?.text;
    if (text === '(') parentheses++;
    else if (text === ')') parentheses = Math.max(0, parentheses - 1);
    else if (text === '}' && parentheses === 0) return { end: at + 1, body: null };
    else if (text === ';' && parentheses === 0) return { end: at + 1, body: null };
    else if (text === '{' && parentheses === 0) {
      const isFunction = isFunctionHead(tokens.slice(start, at));
      const close = closingBrace(tokens, at);
      if (isFunction) return { end: close + 1, body: at - start };
      at = close;
    }
  }
  return { end: tokens.length, body: null };
}

function isFunctionHead(head: readonly Token[]): boolean {
  const words = head.map(token => token.text);
  if (words.includes('=') || words[0] === 'typedef') return false;
  const open = words.indexOf('(');
  if (open <= 0) return false;
  // `struct __attribute__((packed)) name {` has parentheses, too.
  const last = words.at(-1) ?? '';
  const tail = words.slice(-2)[0] ?? '';
  if (['struct', 'union', 'enum'].includes(last) || ['struct', 'union', 'enum'].includes(tail)) {
    return false;
  }
  return functionName(words) !== null;
}

/** Offset of the matching brace; a `}` at the margin ends the body whatever was counted. */
function closingBrace(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    const token = tokens[at];
    if (token?.text === '{') depth++;
    if (token?.text === '}') {
      depth--;
      if (depth === 0 || token.atMargin) return at;
    }
  }
  return tokens.length - 1;
}

const attribute =
  /^(__attribute__|__printf|__scanf|__aligned|__section|__acquires|__releases|__must_hold|__cond_acquires|__alloc_size|__no_sanitize|__diag_\w+|noinline_for_\w+|asmlinkage|__cleanup|__counted_by|__guarded_by)$/;

/** The name before the first parameter list, `FNAME(x)` included. */
function functionName(words: readonly string[]): string | null {
  for (let at = 0; at < words.length; at++) {
    const name = words[at] ?? '';
    if (words[at + 1] !== '(' || !/^[A-Za-z_]/.test(name)) continue;
    const close = closingParenthesis(words, at + 1);
    if (attribute.test(name)) {
      at = close;
      continue;
    }
    if (words[close + 1] === '(') return words.slice(at, close + 1).join('');
    return name;
  }
  return null;
}

function closingParenthesis(words: readonly string[], open: number): number {
  let depth = 0;
  for (let at = open; at < words.length; at++) {
    if (words[at] === '(') depth++;
    if (words[at] === ')' && --depth === 0) return at;
  }
  return words.length - 1;
}

function classify(
  tokens: readonly Token[],
  body: number | null,
): Pick<Found, 'kind' | 'name'> | null {
  const words = tokens.map(token => token.text);
  if (body !== null) {
    const name = functionName(words.slice(0, body));
    return name === null ? null : { kind: 'function', name };
  }
  const open = words.indexOf('{');
  const equals = words.indexOf('=');
  const tagged = words.findIndex(word => ['struct', 'union', 'enum'].includes(word));
  if (words[0] === 'typedef') {
    return { kind: 'type', name: typedefName(words) };
  }
  if (open >= 0 && tagged >= 0 && tagged < open && (equals < 0 || equals > open)) {
    return { kind: 'type', name: typeName(words, tagged, open) };
  }
  return classifyDeclaration(words);
}

function typeName(words: readonly string[], tagged: number, open: number): string {
  const tag = words.slice(tagged + 1, open).filter(word => /^[A-Za-z_]\w*$/.test(word));
  const name = tag.findLast(word => !/^__/.test(word)) ?? words[open + 1] ?? '';
  return `${words[tagged]} ${tag.length > 0 ? name : `{${words[open + 1] ?? ''}}`}`;
}

function typedefName(words: readonly string[]): string {
  const pointer = words.findIndex((word, at) => word === '(' && words[at + 1] === '*');
  if (pointer >= 0) return words[pointer + 2] ?? '';
  return words.findLast(word => /^[A-Za-z_]\w*$/.test(word)) ?? '';
}

function classifyDeclaration(words: readonly string[]): Pick<Found, 'kind' | 'name'> | null {
  const cut = words.findIndex(word => word === '=' || word === '[' || word === ';');
  const head = words.slice(0, cut < 0 ? words.length : cut);
  const call = head.indexOf('(');
  if (call < 0) {
    // `int x __read_mostly;`
    const name = head.findLast(word => /^(?!__)[A-Za-z_]\w*$/.test(word));
    const isForward = ['struct', 'union', 'enum'].includes(words[0] ?? '') && head.length === 2;
    return name === undefined || head.length < 2 || isForward ? null : { kind: 'global', name };
  }
  // A macro that defines something; exports and prototypes define nothing.
  const macro = head[call - 1] ?? '';
  const defines = /^(DEFINE_|DECLARE_|LIST_HEAD$|module_param|core_param|LSM_HOOK)/.test(macro);
  if (defines) return { kind: 'global', name: head[call + 1] ?? macro };
  const isPointer = head[call + 1] === '*' && cut >= 0 && words[cut] !== ';';
  return isPointer ? { kind: 'global', name: head[call + 2] ?? '' } : null;
}
