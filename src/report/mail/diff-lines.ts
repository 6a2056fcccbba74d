/** The diff of a mail, line by line, with the place of each line in the file it makes. */

export interface DiffLine {
  /** Position in the mail's body, from 0. */
  readonly at: number;
  readonly mark: ' ' | '+' | '-';
  readonly text: string;
  /** Line in the file after the patch; for a removed line, where it would stand. */
  readonly newLine: number;
}

export interface DiffHunk {
  readonly file: string;
  /** Position of the `@@` line, from 0. */
  readonly at: number;
  /** What stands behind the second `@@`. */
  readonly section: string;
  readonly lines: readonly DiffLine[];
}

export interface MailDiff {
  readonly lines: readonly string[];
  readonly hunks: readonly DiffHunk[];
  /** Where the first file's diff begins; the number of lines if there is none. */
  readonly start: number;
  /** Positions of `diff --git` lines by file. */
  readonly heads: ReadonlyMap<string, number>;
}

export function readMailDiff(body: string): MailDiff {
  const lines = body.split('\n');
  const hunks: DiffHunk[] = [];
  const heads = new Map<string, number>();
  let start = lines.length;
  let head = 0;
  let file = '';
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (line.startsWith('diff --git ')) {
      head = i;
      start = Math.min(start, i);
    }
    const path = /^\+\+\+ (?:b\/)?([^\t]+)/.exec(line);
    if (path && lines[i - 1]?.startsWith('--- ')) {
      file = path[1] ?? '';
      heads.set(file, head);
    }
    const header = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/.exec(line);
    if (!header || file === '') continue;
    const [, oldCount = '1', newStart = '1', newCount = '1', section = ''] = header;
    const body = hunkLines(lines, i + 1, Number(oldCount), Number(newStart), Number(newCount));
    hunks.push({ file, at: i, section, lines: body });
    i += body.length;
  }
  return { lines, hunks, start, heads };
}

function hunkLines(
  lines: readonly string[],
  from: number,
  oldCount: number,
  newStart: number,
  newCount: number,
): DiffLine[] {
  const found: DiffLine[] = [];
  let [oldLeft, newLeft, newLine] = [oldCount, newCount, newStart];
  for (let at = from; at < lines.length && (oldLeft > 0 || newLeft > 0); at++) {
    const line = lines[at] ?? '';
    if (line.startsWith('\\')) continue;
    if (line.startsWith('diff --git ') || line.startsWith('@@ -')) break;
    const first = line.charAt(0);
    // Web copies lose leading blanks: what has no mark is context that lost its own.
    const mark = first === '+' || first === '-' ? first : ' ';
    found.push({ at, mark, text: mark === first ? line.slice(1) : line, newLine });
    if (mark !== '+') oldLeft--;
    if (mark !== '-') {
      newLeft--;
      newLine++;
    }
  }
  return found;
}
