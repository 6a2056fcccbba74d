import type { Tok } from './lex.ts';
import { lexText } from './lex.ts';

/** One element of a replacement list. */
export interface BodyItem {
  readonly tok: Tok;
  /** Index of the parameter this names, or -1. */
  readonly param: number;
  /** `#param`. */
  readonly stringify: boolean;
  /** `##` stands between this item and the next. */
  readonly pasteNext: boolean;
  /** `__VA_OPT__(...)`: its own replacement list. */
  readonly optional: readonly BodyItem[] | null;
}

/** What a definition says, once it has been read. */
export interface MacroBody {
  /** null for an object-like macro. */
  readonly params: readonly string[] | null;
  readonly variadic: boolean;
  readonly items: readonly BodyItem[];
  /** True when no item needs more than a copy. */
  readonly plain: boolean;
  /** What is wrong with it, or null. */
  readonly error: string | null;
}

/** A macro. Most are never used, so the text is read on first use. */
export class MacroDefinition {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** All that follows `#define`. */
  readonly source: string;
  /** The macro's own expansion is running. */
  disabled = false;
  #body: MacroBody | null = null;

  constructor(name: string, file: string, line: number, source: string) {
    this.name = name;
    this.file = file;
    this.line = line;
    this.source = source;
  }

  get body(): MacroBody {
    this.#body ??= parseBody(lexText(this.source, this.file));
    return this.#body;
  }

  get params(): readonly string[] | null {
    return this.body.params;
  }
}

interface Params {
  readonly names: readonly string[];
  readonly variadic: boolean;
  /** Index after the closing parenthesis. */
  readonly end: number;
}

function parseParams(tokens: readonly Tok[], from: number): Params | string {
  const names: string[] = [];
  let variadic = false;
  let i = from;
  for (;;) {
    const t = tokens[i];
    if (t === undefined) return 'missing ) in macro parameters';
    if (t.text === ')' && names.length === 0) return { names, variadic, end: i + 1 };
    if (t.text === '...') {
      names.push('__VA_ARGS__');
      variadic = true;
      i++;
    } else if (t.kind === 'ident') {
      names.push(t.text);
      i++;
      if (tokens[i]?.text === '...') {
        variadic = true;
        i++;
      }
    } else {
      return `unexpected '${t.text}' in macro parameters`;
    }
    const after = tokens[i]?.text;
    if (after === ')') return { names, variadic, end: i + 1 };
    if (after !== ',' || variadic) return 'expected , or ) in macro parameters';
    i++;
  }
}

function closingParen(tokens: readonly Tok[], open: number, to: number): number {
  let depth = 0;
  for (let i = open; i < to; i++) {
    const text = (tokens[i] as Tok).text;
    if (text === '(') depth++;
    else if (text === ')' && --depth === 0) return i;
  }
  return -1;
}

function parseItems(
  tokens: readonly Tok[],
  from: number,
  to: number,
  params: readonly string[] | null,
  variadic: boolean,
): BodyItem[] | string {
  const items: BodyItem[] = [];
  const markPaste = () => {
    const last = items.pop() as BodyItem;
    items.push({ ...last, pasteNext: true });
  };
  for (let i = from; i < to; i++) {
    const tok = tokens[i] as Tok;
    if (tok.text === '##') {
      if (items.length === 0 || i === to - 1) return '## at the edge of a replacement list';
      markPaste();
    } else if (tok.text === '#' && params !== null) {
      const named = tokens[i + 1];
      const param = named === undefined || i + 1 >= to ? -1 : params.indexOf(named.text);
      if (param < 0) return '# is not followed by a macro parameter';
      items.push({ tok, param, stringify: true, pasteNext: false, optional: null });
      i++;
    } else if (tok.text === '__VA_OPT__' && variadic && tokens[i + 1]?.text === '(') {
      const close = closingParen(tokens, i + 1, to);
      if (close < 0) return 'unterminated __VA_OPT__';
      const optional = parseItems(tokens, i + 2, close, params, false);
      if (typeof optional === 'string') return optional;
      items.push({ tok, param: -1, stringify: false, pasteNext: false, optional });
      i = close;
    } else {
      const param = params === null || tok.kind !== 'ident' ? -1 : params.indexOf(tok.text);
      items.push({ tok, param, stringify: false, pasteNext: false, optional: null });
    }
  }
  return items;
}

/** `tokens` follow `#define`, the name first. */
function parseBody(tokens: readonly Tok[]): MacroBody {
  const broken = (error: string): MacroBody => ({
    params: null,
    variadic: false,
    items: [],
    plain: true,
    error,
  });
  const open = tokens[1];
  let from = 1;
  let params: readonly string[] | null = null;
  let variadic = false;
  if (open !== undefined && open.text === '(' && !open.spaceBefore) {
    const parsed = parseParams(tokens, 2);
    if (typeof parsed === 'string') return broken(parsed);
    params = parsed.names;
    variadic = parsed.variadic;
    from = parsed.end;
  }
  const items = parseItems(tokens, from, tokens.length, params, variadic);
  if (typeof items === 'string') return broken(items);
  const plain = items.every(i => i.param < 0 && !i.pasteNext && i.optional === null);
  return { params, variadic, items, plain, error: null };
}

/** The macro that `#define source` makes; a string when there is no name. */
export function defineMacro(source: string, file: string, line: number): MacroDefinition | string {
  const name = /^[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*/.exec(source)?.[0];
  if (name === undefined) return 'expected a macro name';
  if (name === 'defined') return "'defined' cannot be a macro";
  return new MacroDefinition(name, file, line, source);
}
