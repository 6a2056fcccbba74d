const IDENT_START = 1;
const DIGIT = 2;
const SPACE = 4;

const classes = new Uint8Array(128);
for (let c = 97; c <= 122; c++) classes[c] = IDENT_START;
for (let c = 65; c <= 90; c++) classes[c] = IDENT_START;
classes[95] = IDENT_START;
classes[36] = IDENT_START;
for (let c = 48; c <= 57; c++) classes[c] = DIGIT;
for (const c of [32, 9, 13, 12, 11]) classes[c] = SPACE;

export function isIdentStart(c: number): boolean {
  return c < 128 ? classes[c] === IDENT_START : c >= 128;
}

export function isDigit(c: number): boolean {
  return c < 128 && classes[c] === DIGIT;
}

/** Horizontal white space. */
export function isSpace(c: number): boolean {
  return c < 128 && classes[c] === SPACE;
}

const longPunctuators = [
  '...',
  '<<=',
  '>>=',
  '->',
  '++',
  '--',
  '<<',
  '>>',
  '<=',
  '>=',
  '==',
  '!=',
  '&&',
  '||',
  '*=',
  '/=',
  '%=',
  '+=',
  '-=',
  '&=',
  '^=',
  '|=',
  '##',
];

/** Punctuators of two and three characters by first character, longest first. */
const byFirst = new Map<number, readonly string[]>();
for (const text of longPunctuators) {
  const first = text.charCodeAt(0);
  const list = [...(byFirst.get(first) ?? []), text];
  byFirst.set(
    first,
    list.sort((a, b) => b.length - a.length),
  );
}
const singles = Array.from({ length: 128 }, (_, c) => String.fromCharCode(c));

export function punctuatorAt(src: string, pos: number): string {
  const c = src.charCodeAt(pos);
  const long = byFirst.get(c);
  if (long !== undefined) {
    for (const text of long) if (src.startsWith(text, pos)) return text;
  }
  return singles[c] ?? src.charAt(pos);
}
