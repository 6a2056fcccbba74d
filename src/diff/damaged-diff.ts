import type { FileChange } from './types.ts';
import { parseUnifiedDiff } from './unified-diff.ts';

/** A hunk whose lines lost their leading blanks: which is context and which is not is open. */
export interface DamagedHunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly section: string;
  readonly line: number;
  readonly raw: readonly string[];
}

export interface DamagedFile {
  /** Headers as read; its own hunks are not to be used. */
  readonly file: FileChange;
  readonly hunks: readonly DamagedHunk[];
}

const hunkHeader = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@(?: ?(.*))?$/;

/**
 * Reads the sections of a damaged patch by their headers alone, which survive because they start at
 * the margin. Null when not even these make sense.
 */
export function readDamagedDiff(text: string): readonly DamagedFile[] | null {
  const lines = text.split('\n');
  const starts: number[] = [];
  for (const [at, line] of lines.entries()) if (line.startsWith('diff --git ')) starts.push(at);
  const out: DamagedFile[] = [];
  for (const [number, start] of starts.entries()) {
    const end = starts[number + 1] ?? lines.length;
    const firstHunk = lines.findIndex(
      (line, at) => at > start && at < end && hunkHeader.test(line),
    );
    const headerEnd = firstHunk < 0 ? end : firstHunk;
    const header = lines.slice(start, headerEnd).join('\n');
    const file = parseUnifiedDiff(header).files[0];
    if (file === undefined) return null;
    out.push({ file, hunks: readHunks(lines, headerEnd, end) });
  }
  return out.length === 0 ? null : out;
}

function readHunks(lines: readonly string[], from: number, to: number): DamagedHunk[] {
  const hunks: DamagedHunk[] = [];
  let raw: string[] = [];
  for (let at = from; at < to; at++) {
    const line = lines[at] ?? '';
    const match = hunkHeader.exec(line);
    if (match !== null) {
      raw = [];
      hunks.push({
        oldStart: Number(match[1]),
        oldLines: Number(match[2] ?? 1),
        newStart: Number(match[3]),
        newLines: Number(match[4] ?? 1),
        section: match[5] ?? '',
        line: at + 1,
        raw,
      });
      // The blank after the signature's dashes is lost as well.
    } else if (/^-- ?$/.test(line) && isSignature(lines, at, to)) break;
    else raw.push(line);
  }
  return hunks;
}

/** Dashes near the end, with a version and no diff behind them. */
function isSignature(lines: readonly string[], at: number, to: number): boolean {
  const rest = lines.slice(at + 1, to).filter(line => line.trim() !== '');
  return rest.length <= 3 && rest.every(line => !/^[+-]/.test(line));
}
