/** Indentation in the kernel's style for a line of C that follows `before`. Cosmetic: no token depends on it. */
export function guessIndent(before: readonly string[], content: string): string {
  if (content.startsWith('#')) return '';
  const previous = lastCode(before, before.length);
  if (previous === null) return '';
  const line = before[previous] ?? '';
  let tabs = tabsOf(line);
  const isContinued = !/[;{}:]\s*(\/\*.*\*\/)?$/.test(line) && !line.trimStart().startsWith('#');
  if (line.endsWith('{')) tabs++;
  else if (isControl(line)) tabs++;
  else if (isContinued) {
    const open = line.lastIndexOf('(');
    return open > line.lastIndexOf(')') ? alignTo(line, open + 1) : `${'\t'.repeat(tabs)}       `;
  } else {
    tabs = statementTabs(before, previous);
  }
  if (content.startsWith('}')) tabs--;
  if (/^(case .*|default):$/.test(content) && !line.endsWith('{')) tabs--;
  return '\t'.repeat(Math.max(0, tabs));
}

/** The level of the statement that ends on this line: continuations and single-statement bodies go back. */
function statementTabs(before: readonly string[], at: number): number {
  let tabs = tabsOf(before[at] ?? '');
  const above = lastCode(before, at);
  if (above === null) return tabs;
  const line = before[above] ?? '';
  if (isControl(line)) return tabsOf(line);
  const isHead = !/[;{}:]$/.test(line.trimEnd()) && !line.trimStart().startsWith('#');
  if (isHead && tabsOf(line) < tabs) tabs = tabsOf(line);
  return tabs;
}

function isControl(line: string): boolean {
  return /^\s*(\} )?(if|else if|for|while)\b.*\)$/.test(line) || /^\s*(\} )?else$/.test(line);
}

function lastCode(lines: readonly string[], end: number): number | null {
  for (let at = end - 1; at >= 0; at--) if ((lines[at] ?? '').trim() !== '') return at;
  return null;
}

function tabsOf(line: string): number {
  return /^\t*/.exec(line)?.[0].length ?? 0;
}

function alignTo(line: string, index: number): string {
  let column = 0;
  for (const character of line.slice(0, index)) {
    column = character === '\t' ? column + 8 - (column % 8) : column + 1;
  }
  return '\t'.repeat(column >> 3) + ' '.repeat(column & 7);
}
