import type { FileChange, Hunk } from './types.ts';

/** Why a patch does not apply, in terms of the tree. */
export interface ApplyFailure {
  readonly path: string;
  /** Line of the tree's file, from 1; null when the file itself is the trouble. */
  readonly line: number | null;
  readonly message: string;
  readonly alreadyApplied: boolean;
}

export type ReadText = (path: string) => string | null;

/** Finds the first hunk whose old lines stand nowhere in the tree; null when each one does. */
export function explainFailure(files: readonly FileChange[], read: ReadText): ApplyFailure | null {
  for (const file of files) {
    const missing = fileTrouble(file, read);
    if (missing !== null) return missing;
    const text = file.oldPath === null ? null : read(file.oldPath);
    if (file.oldPath === null || text === null) continue;
    const lines = text.split('\n');
    for (const [number, hunk] of file.hunks.entries()) {
      const old = sideOf(hunk, 'delete');
      if (findLines(lines, old, hunk.oldStart - 1) >= 0) continue;
      const which = `hunk ${number + 1} of ${file.hunks.length} of ${file.oldPath}`;
      return { path: file.oldPath, ...describeMismatch(lines, hunk, which) };
    }
  }
  return null;
}

function fileTrouble(file: FileChange, read: ReadText): ApplyFailure | null {
  const trouble = (path: string, message: string, alreadyApplied: boolean): ApplyFailure => ({
    path,
    line: null,
    message,
    alreadyApplied,
  });
  if (file.oldPath !== null && read(file.oldPath) === null) {
    const there = file.newPath !== null && file.change === 'renamed' && read(file.newPath) !== null;
    return trouble(file.oldPath, `${file.oldPath} is not in the tree`, there);
  }
  const isNew = file.newPath !== null && file.newPath !== file.oldPath;
  if (isNew && file.newPath !== null && read(file.newPath) !== null) {
    return trouble(file.newPath, `${file.newPath} is in the tree already`, true);
  }
  return null;
}

/** A hunk's lines on the old side (context and deleted ones) or on the new side. */
export function sideOf(hunk: Pick<Hunk, 'lines'>, kind: 'delete' | 'add'): string[] {
  return hunk.lines.filter(line => line.kind === 'context' || line.kind === kind).map(l => l.text);
}

/** Where `wanted` stands in `lines`, nearest to `near`; -1 when nowhere. */
export function findLines(
  lines: readonly string[],
  wanted: readonly string[],
  near: number,
): number {
  let best = -1;
  for (let at = 0; at + wanted.length <= lines.length; at++) {
    if (best >= 0 && Math.abs(at - near) >= Math.abs(best - near)) continue;
    if (wanted.every((line, index) => lines[at + index] === line)) best = at;
  }
  return best;
}

/** What of the hunk's old lines stands where they stand best. */
export function describeMismatch(
  lines: readonly string[],
  hunk: Pick<Hunk, 'oldStart' | 'newStart' | 'lines'>,
  which: string,
): Omit<ApplyFailure, 'path'> {
  const old = sideOf(hunk, 'delete');
  const alreadyApplied = findLines(lines, sideOf(hunk, 'add'), hunk.newStart - 1) >= 0;
  const at = bestPosition(lines, old, hunk.oldStart - 1);
  const wrong = Math.max(
    old.findIndex((line, index) => lines[at + index] !== line),
    0,
  );
  const found = lines[at + wrong];
  const there = found === undefined ? 'the file ends' : `stands \`${found.trim()}\``;
  const wanted = `expected \`${(old[wrong] ?? '').trim()}\``;
  return {
    line: at + wrong + 1,
    message: `${which}: ${wanted}, but at line ${at + wrong + 1} ${there}`,
    alreadyApplied,
  };
}

/** The place where most of the old lines stand; among equals the one nearest to the header's line. */
function bestPosition(lines: readonly string[], old: readonly string[], near: number): number {
  const counts = new Map<number, number>();
  const wanted = new Map<string, number[]>();
  for (const [index, line] of old.entries()) {
    if (line.trim().length < 2) continue;
    const places = wanted.get(line);
    if (places === undefined) wanted.set(line, [index]);
    else places.push(index);
  }
  for (const [number, line] of lines.entries()) {
    for (const index of wanted.get(line) ?? []) {
      counts.set(number - index, (counts.get(number - index) ?? 0) + 1);
    }
  }
  let best = Math.max(0, Math.min(near, lines.length - 1));
  let score = 0;
  for (const [at, count] of counts) {
    const nearer = Math.abs(at - near) < Math.abs(best - near);
    if (at >= 0 && (count > score || (count === score && nearer))) [best, score] = [at, count];
  }
  return best;
}
