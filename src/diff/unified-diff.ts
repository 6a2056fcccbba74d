import { isSafePath, readGitHeader, readName, stripPrefix } from './file-names.ts';
import type { FileChange, FileChangeKind, Hunk, HunkLine } from './types.ts';

/** Something in the patch text that cannot be what its author made. */
export interface DiffProblem {
  readonly code:
    | 'malformed-hunk-header'
    | 'malformed-hunk-line'
    | 'short-hunk'
    | 'long-hunk'
    | 'unsafe-path'
    | 'malformed-file-header'
    | 'too-large';
  readonly message: string;
  /** In the patch text, from 1. */
  readonly line: number;
  readonly path: string | null;
}

export interface ParsedDiff {
  readonly files: readonly FileChange[];
  readonly problems: readonly DiffProblem[];
}

const limits = { headerLength: 4096, files: 5000, lines: 2_000_000 };
const hunkHeader = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@(?: ?(.*))?$/;

interface Cursor {
  readonly lines: readonly string[];
  at: number;
  readonly problems: DiffProblem[];
}

/** A file section while its headers are read. */
interface Section {
  oldName: string | null;
  newName: string | null;
  oldMode: string | null;
  newMode: string | null;
  oldId: string | null;
  newId: string | null;
  kind: FileChangeKind;
  binary: boolean;
}

/**
 * Reads every file section of a patch text. Lines are counted strictly: a hunk has as many lines as its
 * header says, each with its mark, and what follows it is no stray hunk line. Text outside of sections
 * (a diffstat, a signature) is passed over.
 */
export function parseUnifiedDiff(text: string): ParsedDiff {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const cursor: Cursor = { lines, at: 0, problems: [] };
  const files: FileChange[] = [];
  if (lines.length > limits.lines) {
    problem(cursor, 'too-large', `more than ${limits.lines} lines`, null);
    return { files, problems: cursor.problems };
  }
  while (cursor.at < lines.length) {
    if (!startsSection(cursor)) {
      strayHunk(cursor);
      cursor.at++;
      continue;
    }
    if (files.length >= limits.files) {
      problem(cursor, 'too-large', `more than ${limits.files} files`, null);
      break;
    }
    const file = readSection(cursor);
    if (file !== null) files.push(file);
  }
  return { files, problems: cursor.problems };
}

function problem(
  cursor: Cursor,
  code: DiffProblem['code'],
  message: string,
  path: string | null,
  at = cursor.at,
): void {
  cursor.problems.push({ code, message, line: at + 1, path });
}

function isGitHeader(line: string | undefined): boolean {
  return line?.startsWith('diff --git ') === true;
}

function startsSection(cursor: Cursor): boolean {
  const { lines, at } = cursor;
  if (isGitHeader(lines[at])) return true;
  return (
    lines[at]?.startsWith('--- ') === true &&
    lines[at + 1]?.startsWith('+++ ') === true &&
    lines[at + 2]?.startsWith('@@ -') === true
  );
}

/** A hunk header where no file is open: its file header was lost. */
function strayHunk(cursor: Cursor): void {
  if (hunkHeader.test(cursor.lines[cursor.at] ?? '')) {
    problem(cursor, 'malformed-file-header', 'a hunk without the header of its file', null);
  }
}

function readSection(cursor: Cursor): FileChange | null {
  const first = cursor.at;
  const section: Section = {
    oldName: null,
    newName: null,
    oldMode: null,
    newMode: null,
    oldId: null,
    newId: null,
    kind: 'modified',
    binary: false,
  };
  if (isGitHeader(cursor.lines[first])) readGitHeaders(cursor, section);
  readFileNames(cursor, section);
  const hunks: Hunk[] = [];
  const path = section.newName ?? section.oldName;
  while (cursor.lines[cursor.at]?.startsWith('@@')) {
    const hunk = readHunk(cursor, path);
    if (hunk !== null) hunks.push(hunk);
  }
  return finishSection(cursor, section, hunks, first);
}

function readGitHeaders(cursor: Cursor, section: Section): void {
  const line = cursor.lines[cursor.at] ?? '';
  if (line.length > limits.headerLength) {
    problem(cursor, 'malformed-file-header', 'a file header of this length is no file name', null);
    cursor.at++;
    return;
  }
  const names = readGitHeader(line.slice('diff --git '.length));
  if (names === null) problem(cursor, 'malformed-file-header', 'no two file names', null);
  section.oldName = names === null ? null : stripPrefix(names.old);
  section.newName = names === null ? null : stripPrefix(names.new);
  cursor.at++;
  while (cursor.at < cursor.lines.length) {
    const header = cursor.lines[cursor.at] ?? '';
    if (header.length > limits.headerLength || !readExtendedHeader(header, section)) break;
    cursor.at++;
    if (header === 'GIT binary patch') skipBinary(cursor);
  }
}

/** One header line between `diff --git` and `---`; false when it is none. */
function readExtendedHeader(line: string, section: Section): boolean {
  const match =
    /^(old mode|new mode|deleted file mode|new file mode|copy from|copy to|rename from|rename to|(?:dis)?similarity index|index|GIT binary patch|Binary files) ?(.*)$/.exec(
      line,
    );
  if (match === null) return false;
  const [, key = '', value = ''] = match;
  if (key === 'old mode' || key === 'deleted file mode') section.oldMode = value;
  if (key === 'new mode' || key === 'new file mode') section.newMode = value;
  if (key === 'new file mode') section.kind = 'added';
  if (key === 'deleted file mode') section.kind = 'removed';
  if (key === 'rename from' || key === 'copy from') {
    section.oldName = readName(value);
    section.kind = key === 'copy from' ? 'copied' : 'renamed';
  }
  if (key === 'rename to' || key === 'copy to') section.newName = readName(value);
  if (key === 'GIT binary patch' || key === 'Binary files') section.binary = true;
  if (key === 'index') {
    const ids = /^([0-9a-f]+)\.\.([0-9a-f]+)(?: (\d+))?$/.exec(value);
    section.oldId = ids?.[1] ?? null;
    section.newId = ids?.[2] ?? null;
    section.oldMode ??= ids?.[3] ?? null;
    section.newMode ??= ids?.[3] ?? null;
  }
  return true;
}

function skipBinary(cursor: Cursor): void {
  while (cursor.at < cursor.lines.length && !startsSection(cursor)) {
    if (/^-- ?$/.test(cursor.lines[cursor.at] ?? '')) return;
    cursor.at++;
  }
}

function readFileNames(cursor: Cursor, section: Section): void {
  const { lines } = cursor;
  const [old, next] = [lines[cursor.at] ?? '', lines[cursor.at + 1] ?? ''];
  if (!old.startsWith('--- ') || !next.startsWith('+++ ')) return;
  if (old.length > limits.headerLength || next.length > limits.headerLength) return;
  const oldName = stripPrefix(readName(old.slice(4)));
  const newName = stripPrefix(readName(next.slice(4)));
  if (oldName === null && section.kind === 'modified') section.kind = 'added';
  if (newName === null && section.kind === 'modified') section.kind = 'removed';
  section.oldName = oldName ?? section.oldName;
  section.newName = newName ?? section.newName;
  cursor.at += 2;
}

function finishSection(
  cursor: Cursor,
  section: Section,
  hunks: readonly Hunk[],
  first: number,
): FileChange | null {
  const oldPath = section.kind === 'added' ? null : section.oldName;
  const newPath = section.kind === 'removed' ? null : section.newName;
  for (const path of [oldPath, newPath]) {
    if (path !== null && !isSafePath(path)) {
      problem(cursor, 'unsafe-path', 'the path leaves the tree', path, first);
      return null;
    }
  }
  if (oldPath === null && newPath === null) return null;
  return {
    change: section.kind,
    oldPath,
    newPath,
    oldMode: section.oldMode,
    newMode: section.newMode,
    oldId: section.oldId,
    newId: section.newId,
    binary: section.binary,
    hunks,
    firstLine: first + 1,
    lastLine: cursor.at,
  };
}

function readHunk(cursor: Cursor, path: string | null): Hunk | null {
  const headerAt = cursor.at;
  const header = cursor.lines[headerAt] ?? '';
  const match = header.length > limits.headerLength ? null : hunkHeader.exec(header);
  cursor.at++;
  if (match === null) {
    problem(
      cursor,
      'malformed-hunk-header',
      `not a hunk header: ${header.slice(0, 80)}`,
      path,
      headerAt,
    );
    return null;
  }
  const count = (text: string | undefined) => (text === undefined ? 1 : Number(text));
  const counts = { old: count(match[2]), new: count(match[4]) };
  const lines = readHunkLines(cursor, path, headerAt, { ...counts });
  rejectOverflow(cursor, path, headerAt);
  return {
    oldStart: Number(match[1]),
    oldLines: counts.old,
    newStart: Number(match[3]),
    newLines: counts.new,
    section: match[5] ?? '',
    line: headerAt + 1,
    lines,
  };
}

const kinds: Readonly<Record<string, HunkLine['kind']>> = {
  ' ': 'context',
  '-': 'delete',
  '+': 'add',
};

function readHunkLines(
  cursor: Cursor,
  path: string | null,
  headerAt: number,
  left: { old: number; new: number },
): HunkLine[] {
  const out: HunkLine[] = [];
  while (left.old > 0 || left.new > 0 || cursor.lines[cursor.at]?.startsWith('\\ ')) {
    const line = cursor.lines[cursor.at];
    if (line === undefined || isGitHeader(line) || isSignature(cursor)) {
      const missing = `${left.old} old and ${left.new} new lines are missing`;
      problem(cursor, 'short-hunk', `the hunk ends too early: ${missing}`, path, headerAt);
      break;
    }
    if (line.startsWith('\\ ')) {
      const last = out.pop();
      if (last !== undefined) out.push({ ...last, noNewline: true });
      cursor.at++;
      continue;
    }
    // Some programs drop the blank of an empty context line; git accepts that, and so do we.
    const kind = line === '' ? 'context' : kinds[line[0] ?? ''];
    const fits =
      kind !== undefined && (kind === 'add' || left.old > 0) && (kind === 'delete' || left.new > 0);
    if (!fits) {
      const what = kind === undefined ? 'has no mark (+, - or blank)' : 'is one too many';
      const text = `hunk line ${what}: ${line.slice(0, 80)}`;
      problem(cursor, 'malformed-hunk-line', text, path);
      break;
    }
    if (kind !== 'add') left.old--;
    if (kind !== 'delete') left.new--;
    out.push({ kind, text: line.slice(1), noNewline: false });
    cursor.at++;
  }
  return out;
}

/** `-- ` above git's version, which would else pass for a deleted line of a hunk that is too short. */
function isSignature({ lines, at }: Cursor): boolean {
  return lines[at] === '-- ' && /^(\d+\.\d+[\w.-]*)?$/.test(lines[at + 1] ?? '');
}

/** A line with a mark right after a complete hunk: the header's counts do not cover it. */
function rejectOverflow(cursor: Cursor, path: string | null, headerAt: number): void {
  const next = cursor.lines[cursor.at] ?? '';
  const isSignature = /^-- ?$/.test(next);
  if (isSignature || startsSection(cursor) || !/^[ +-]/.test(next)) return;
  if (cursor.problems.some(each => each.line > headerAt)) return;
  const message = `the hunk goes on after its last line: ${next.slice(0, 80)}`;
  problem(cursor, 'long-hunk', message, path);
  cursor.at++;
}
