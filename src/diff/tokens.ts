/** A token of C with its place; comments and blanks are no tokens. */
export interface Token {
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** True for the first token of a line that begins at the margin. */
  readonly atMargin: boolean;
  /** Number of the preprocessor line it belongs to, from 1; 0 outside of one. */
  readonly directive: number;
}

const pattern = new RegExp(
  [
    /(?<comment>\/\*[\s\S]*?(?:\*\/|$)|\/\/(?:\\\r?\n|[^\n])*)/,
    /(?<newline>\n)/,
    /(?<blank>[ \t\r\f\v]+|\\\r?\n)/,
    /(?<string>(?:u8|[LuU])?"(?:\\[\s\S]|[^"\\\n])*"?|[LuU]?'(?:\\[\s\S]|[^'\\\n])*'?)/,
    /(?<word>[A-Za-z_$][\w$]*|\.?\d(?:[eEpP][+-]|[\w.])*)/,
    /(?<mark><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|##|[\s\S])/,
  ]
    .map(part => part.source)
    .join('|'),
  'gy',
);

/** Splits C text into tokens. Never fails: what is no C still gives tokens. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let lineStart = 0;
  let directive = 0;
  let directives = 0;
  let firstOnLine = true;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [whole] = match;
    const groups = match.groups ?? {};
    if (groups['newline'] !== undefined) {
      directive = 0;
      firstOnLine = true;
    } else if (groups['comment'] === undefined && groups['blank'] === undefined) {
      if (whole === '#' && firstOnLine) directive = ++directives;
      tokens.push({ text: whole, line, atMargin: match.index === lineStart, directive });
      firstOnLine = false;
    }
    for (let at = whole.indexOf('\n'); at >= 0; at = whole.indexOf('\n', at + 1)) {
      line++;
      lineStart = match.index + at + 1;
    }
    if (whole === '') break;
  }
  return tokens;
}

/** All that counts in a text of C: its tokens, and where preprocessor lines end. */
export function tokenText(tokens: readonly Token[]): string {
  let out = '';
  let directive = 0;
  for (const token of tokens) {
    out += token.directive === directive ? ' ' : '\n';
    out += token.text;
    directive = token.directive;
  }
  return out;
}

/** Whether two texts of C differ in comments and blanks only. */
export function tokensEqual(before: string, after: string): boolean {
  return before === after || tokenText(tokenize(before)) === tokenText(tokenize(after));
}
