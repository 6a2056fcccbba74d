import { type Diagnostic, errorDiagnostic, warningDiagnostic } from '../diagnostic.ts';
import { type DamagedFile, type DamagedHunk, readDamagedDiff } from './damaged-diff.ts';
import { describeMismatch, type ReadText } from './explain-failure.ts';
import { guessIndent } from './guess-indent.ts';
import { printDiff } from './print-diff.ts';
import type { FileChange, Hunk, HunkLine, Patch } from './types.ts';

export interface Reconstruction {
  /** Null when the copy cannot be repaired without guessing. */
  readonly patch: Patch | null;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Repairs a copy that lost blanks and tabs. Context and deleted lines are taken from the tree, where
 * they must stand in exactly one place; added lines keep their words, only their indentation is a guess.
 */
export function reconstructPatch(patch: Patch, read: ReadText): Reconstruction {
  const which = `patch ${patch.index}/${patch.total}`;
  const details = { patch: patch.index, messageId: patch.messageId };
  const refuse = (message: string, more: object = {}): Reconstruction => ({
    patch: null,
    diagnostics: [
      errorDiagnostic(
        'not-reconstructed',
        `${which} is a damaged copy (blanks are lost) and cannot be repaired: ${message}`,
        { ...details, hint: 'get the original mail, or give the tree it was made for', ...more },
      ),
    ],
  });
  const damaged = readDamagedDiff(patch.diff);
  if (damaged === null) return refuse('its file headers cannot be read');
  const files: FileChange[] = [];
  for (const each of damaged) {
    const repaired = repairFile(each, read);
    if (!repaired.ok) {
      const already = repaired.alreadyApplied;
      const hint = already ? { hint: 'the tree seems to have this change already' } : {};
      return refuse(repaired.message, { file: repaired.path, line: repaired.line, ...hint });
    }
    files.push(repaired.file);
  }
  const message = `${which} is a damaged copy: its blanks were restored from the tree, the indentation of added lines is a guess`;
  return {
    patch: { ...patch, files, diff: printDiff(files), reconstructed: true },
    diagnostics: [warningDiagnostic('reconstructed', message, details)],
  };
}

type Repaired =
  | { readonly ok: true; readonly file: FileChange }
  | {
      readonly ok: false;
      readonly path: string;
      readonly line: number | null;
      readonly message: string;
      readonly alreadyApplied: boolean;
    };

function repairFile(damaged: DamagedFile, read: ReadText): Repaired {
  const { file } = damaged;
  const path = file.oldPath ?? file.newPath ?? '';
  const refuse = (message: string, line: number | null, alreadyApplied = false): Repaired => ({
    ok: false,
    path,
    line,
    message,
    alreadyApplied,
  });
  const text = file.oldPath === null ? '' : read(file.oldPath);
  if (text === null) return refuse(`${path} is not in the tree`, null);
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const squeezed = lines.map(squeeze);
  const found = damaged.hunks.map(hunk => placements(squeezed, hunk));
  const chosen = choosePlacements(damaged.hunks, found);
  const hunks: Hunk[] = [];
  let drift = 0;
  for (const [number, hunk] of damaged.hunks.entries()) {
    const which = `hunk ${number + 1} of ${damaged.hunks.length} of ${path}`;
    const placement = chosen[number];
    if (found[number]?.length === 0) {
      const mismatch = describeMismatch(squeezed, provisional(hunk), which);
      return refuse(mismatch.message, mismatch.line, mismatch.alreadyApplied);
    }
    if (placement === null || placement === undefined) {
      return refuse(`${which} fits in more than one way`, hunk.oldStart);
    }
    hunks.push(restore(lines, hunk, placement, drift));
    drift += hunk.newLines - hunk.oldLines;
  }
  return { ok: true, file: { ...file, hunks } };
}

/** All blanks are equal, and none at the ends: what a copy loses does not count. */
function squeeze(line: string): string {
  return line.replace(/\s+/g, ' ').trim();
}

interface Placement {
  /** Index of the first old line in the file. */
  readonly at: number;
  readonly kinds: readonly HunkLine['kind'][];
}

const maxPlacements = 50;

/** Every place and every reading of the hunk's lines that fits the file and the header's counts. */
function placements(squeezed: readonly string[], hunk: DamagedHunk): Placement[] {
  const out: Placement[] = [];
  if (hunk.oldLines === 0) {
    collectReadings(squeezed, hunk, Math.max(hunk.oldStart - 1, 0), out);
    return out;
  }
  for (let at = 0; at + hunk.oldLines <= squeezed.length; at++) {
    collectReadings(squeezed, hunk, at, out);
    if (out.length >= maxPlacements) break;
  }
  return out;
}

/** A choice for one line of the hunk, and what can still be tried instead. */
interface Choice {
  readonly kind: HunkLine['kind'];
  readonly others: readonly HunkLine['kind'][];
}

const maxSteps = 20_000;

/** Depth-first over the readings of each line; a hunk may be longer than any call stack. */
function collectReadings(
  squeezed: readonly string[],
  hunk: DamagedHunk,
  at: number,
  out: Placement[],
): void {
  const { raw, oldLines, newLines } = hunk;
  const chosen: Choice[] = [];
  let [old, added] = [0, 0];
  const limit = maxSteps + 4 * raw.length;
  let open = fittingKinds(raw[0], squeezed[at], hunk, old, added);
  for (let steps = 0; steps < limit && out.length < maxPlacements; steps++) {
    const isWhole = old === oldLines && added === newLines;
    if (isWhole && raw.slice(chosen.length).every(line => line.trim() === '')) {
      out.push({ at, kinds: chosen.map(choice => choice.kind) });
    }
    let next = isWhole ? [] : open;
    while (next.length === 0) {
      const last = chosen.pop();
      if (last === undefined) return;
      if (last.kind !== 'add') old--;
      if (last.kind !== 'delete') added--;
      next = [...last.others];
    }
    const [kind = 'context', ...others] = next;
    chosen.push({ kind, others });
    if (kind !== 'add') old++;
    if (kind !== 'delete') added++;
    open = fittingKinds(raw[chosen.length], squeezed[at + old], hunk, old, added);
  }
}

/** What a line of the hunk can be where the file has `there`: its mark first, context as the other way. */
function fittingKinds(
  line: string | undefined,
  there: string | undefined,
  hunk: DamagedHunk,
  old: number,
  added: number,
): HunkLine['kind'][] {
  if (line === undefined) return [];
  const [oldLeft, newLeft] = [old < hunk.oldLines, added < hunk.newLines];
  const kinds: HunkLine['kind'][] = [];
  if (line.startsWith('-') && oldLeft && squeeze(line.slice(1)) === there) kinds.push('delete');
  if (line.startsWith('+') && newLeft) kinds.push('add');
  if (oldLeft && newLeft && squeeze(line) === there) kinds.push('context');
  return kinds;
}

/**
 * One placement per hunk, or null where it stays open. Hunks with a single placement say how far the
 * file has moved; among several, the one that moved just as far is meant.
 */
function choosePlacements(
  hunks: readonly DamagedHunk[],
  found: readonly (readonly Placement[])[],
): (Placement | null)[] {
  const moved = (hunk: DamagedHunk | undefined, placement: Placement) =>
    placement.at + 1 - (hunk?.oldStart ?? 0);
  const certain = new Set<number>();
  for (const [number, places] of found.entries()) {
    const [only] = places;
    if (places.length === 1 && only !== undefined) certain.add(moved(hunks[number], only));
  }
  const allowed = certain.size === 0 ? new Set([0]) : certain;
  return found.map((places, number) => {
    if (places.length === 1) return places[0] ?? null;
    const fitting = places.filter(place => allowed.has(moved(hunks[number], place)));
    return fitting.length === 1 ? (fitting[0] ?? null) : null;
  });
}

/** The hunk by its marks alone, for an explanation of what does not fit. */
function provisional(hunk: DamagedHunk): Pick<Hunk, 'oldStart' | 'newStart' | 'lines'> {
  const lines = hunk.raw.map((line): HunkLine => {
    if (line.startsWith('-')) return entry('delete', squeeze(line.slice(1)));
    if (line.startsWith('+')) return entry('add', squeeze(line.slice(1)));
    return entry('context', squeeze(line));
  });
  while (lines.at(-1)?.kind === 'context' && lines.at(-1)?.text === '') lines.pop();
  return { oldStart: hunk.oldStart, newStart: hunk.newStart, lines };
}

function entry(kind: HunkLine['kind'], text: string): HunkLine {
  return { kind, text, noNewline: false };
}

function restore(
  lines: readonly string[],
  hunk: DamagedHunk,
  placement: Placement,
  drift: number,
): Hunk {
  const out: HunkLine[] = [];
  const newSide = lines.slice(Math.max(0, placement.at - 5), placement.at);
  let old = placement.at;
  for (const [index, kind] of placement.kinds.entries()) {
    let text = lines[old] ?? '';
    if (kind === 'add') {
      const content = (hunk.raw[index] ?? '').slice(1).trim();
      text = content === '' ? '' : guessIndent(newSide, content) + content;
    } else old++;
    if (kind !== 'delete') newSide.push(text);
    out.push(entry(kind, text));
  }
  const start = hunk.oldLines === 0 ? hunk.oldStart : placement.at + 1;
  const newStart = hunk.newLines === 0 ? start + drift - 1 : start + drift;
  const { oldLines, newLines, section, line } = hunk;
  return {
    oldStart: start,
    oldLines,
    newStart: hunk.oldLines === 0 ? hunk.newStart : newStart,
    newLines,
    section,
    line,
    lines: out,
  };
}
