/** Fitting text into columns. Everything here expects text that is already inert. */

const wide =
  /[\u1100-\u115e\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const combining = /\p{M}/u;

function charWidth(char: string): number {
  if (char <= '~') return 1;
  if (combining.test(char)) return 0;
  return wide.test(char) ? 2 : 1;
}

/** Columns a terminal uses for the text. */
export function textWidth(text: string): number {
  let width = 0;
  for (const char of text) width += charWidth(char);
  return width;
}

/** The longest start of `text` that fits, and the rest. */
function splitAt(text: string, width: number): [string, string] {
  let used = 0;
  let end = 0;
  for (const char of text) {
    used += charWidth(char);
    if (used > width && end > 0) break;
    end += char.length;
  }
  return [text.slice(0, end), text.slice(end)];
}

export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

export function truncate(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  if (width <= 3) return splitAt(text, width)[0];
  const [head] = splitAt(text, width - 3);
  return textWidth(head) > width - 3 ? '...' : `${head}...`;
}

/** Words filled into lines of at most `width` columns; words longer than a line are cut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  const place = (word: string): void => {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) <= width) {
      line += ` ${word}`;
      return;
    }
    if (line !== '') lines.push(line);
    let rest = word;
    while (textWidth(rest) > width) {
      const [head, tail] = splitAt(rest, width);
      lines.push(head);
      rest = tail;
    }
    line = rest;
  };
  for (const word of text.split(' ')) if (word !== '') place(word);
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}

/** `wrap`, with a first-line prefix and the same indent below it. */
export function wrapUnder(prefix: string, text: string, width: number): string[] {
  const indent = ' '.repeat(textWidth(prefix));
  const lines = wrap(text, Math.max(10, width - indent.length));
  return lines.map((line, i) => (i === 0 ? prefix : indent) + line);
}

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
export type Paint = (style: Style, text: string) => string;

const codes: Readonly<Record<Style, number>> = {
  bold: 1,
  dim: 2,
  red: 31,
  green: 32,
  yellow: 33,
  cyan: 36,
};

export function painter(color: boolean): Paint {
  const esc = String.fromCharCode(27);
  if (!color) return (_style, text) => text;
  return (style, text) => (text === '' ? '' : `${esc}[${codes[style]}m${text}${esc}[0m`);
}
