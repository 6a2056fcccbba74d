import { defined } from '../assert.ts';
import { type Diagnostic, errorDiagnostic } from '../diagnostic.ts';
import type { BaseEntry, BaseFiles } from './base-files.ts';
import { explainFailure } from './explain-failure.ts';
import type { ObjectStore } from './object-store.ts';
import { reconstructPatch } from './reconstruct.ts';
import { createSide, type Overlay } from './tree-side.ts';
import type { Patch, PatchApplication, TreeSide } from './types.ts';

export interface AppliedSeries {
  readonly sides: readonly TreeSide[];
  /** As applied: damaged ones repaired. */
  readonly patches: readonly Patch[];
  readonly applications: readonly PatchApplication[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Applies the patches one on another, in the store's private index. Stops at the first that fails. */
export function applySeries(
  store: ObjectStore,
  base: BaseFiles,
  patches: readonly Patch[],
  missing: readonly number[],
): AppliedSeries {
  loadIndex(store, base, patches);
  const contents = createContents(store);
  const sides: TreeSide[] = [createSide(0, base, new Map(), contents.read)];
  const applied: Patch[] = [];
  const applications: PatchApplication[] = [];
  const diagnostics: Diagnostic[] = [];
  let failed = false;
  for (const patch of patches) {
    if (failed) {
      applied.push(patch);
      applications.push({ patch: patch.index, status: 'not-tried', offsets: [] });
      continue;
    }
    const before = defined(sides.at(-1), 'there is always the base');
    const outcome = applyOne(store, patch, before, missing);
    diagnostics.push(...outcome.diagnostics);
    applied.push(outcome.patch);
    failed = outcome.offsets === null;
    applications.push({
      patch: patch.index,
      status: !failed ? 'applied' : patch.broken ? 'unreadable' : 'failed',
      offsets: outcome.offsets ?? [],
    });
    if (failed) continue;
    const overlay = readOverlay(store, base, patches);
    contents.expect(overlay);
    sides.push(createSide(sides.length, base, overlay, contents.read));
  }
  return { sides, patches: applied, applications, diagnostics };
}

/** The series may touch no other path, so the private index needs no other. */
function touchedPaths(patches: readonly Patch[]): string[] {
  const paths = new Set<string>();
  for (const file of patches.flatMap(patch => patch.files)) {
    if (file.oldPath !== null) paths.add(file.oldPath);
    if (file.newPath !== null) paths.add(file.newPath);
  }
  return [...paths].sort();
}

function loadIndex(store: ObjectStore, base: BaseFiles, patches: readonly Patch[]): void {
  store.run(['read-tree', '--empty']);
  let input = '';
  for (const path of touchedPaths(patches)) {
    const entry = base.entry(path);
    if (entry === null) continue;
    // A plain folder's files are in no object store yet.
    if (!base.inStore) store.writeBlob(base.bytes(path) ?? Buffer.alloc(0));
    input += `${entry.mode} ${entry.id}\t${path}\0`;
  }
  if (input !== '') store.run(['update-index', '-z', '--index-info'], input);
}

function readIndex(store: ObjectStore): Map<string, BaseEntry> {
  const out = new Map<string, BaseEntry>();
  for (const line of store.run(['ls-files', '-s', '-z']).stdout.toString('utf8').split('\0')) {
    const tab = line.indexOf('\t');
    const [mode = '', id = ''] = line.slice(0, tab).split(' ');
    if (tab > 0) out.set(line.slice(tab + 1), { mode, id });
  }
  return out;
}

function readOverlay(store: ObjectStore, base: BaseFiles, patches: readonly Patch[]): Overlay {
  const index = readIndex(store);
  const overlay = new Map<string, BaseEntry | null>();
  for (const path of touchedPaths(patches)) {
    const now = index.get(path);
    const was = base.entry(path);
    if (now === undefined && was !== null) overlay.set(path, null);
    if (now !== undefined && (now.id !== was?.id || now.mode !== was.mode)) overlay.set(path, now);
  }
  return overlay;
}

/** Contents of the files that patches make: read when first asked for, all that are known by then at once. */
function createContents(store: ObjectStore) {
  const known = new Map<string, Buffer>();
  const unread = new Set<string>();
  return {
    expect(overlay: Overlay): void {
      for (const entry of overlay.values()) {
        if (entry !== null && !known.has(entry.id)) unread.add(entry.id);
      }
    },
    read(id: string): Buffer {
      if (!known.has(id)) {
        for (const [each, content] of store.readBlobs([...unread, id])) known.set(each, content);
        unread.clear();
      }
      return defined(known.get(id), `blob ${id} was written by git apply`);
    },
  };
}

const applyArguments = ['apply', '--cached', '-v', '-p1', '-'] as const;

interface Outcome {
  readonly patch: Patch;
  /** Null when it did not apply. */
  readonly offsets: PatchApplication['offsets'] | null;
  readonly diagnostics: readonly Diagnostic[];
}

function applyOne(
  store: ObjectStore,
  given: Patch,
  before: TreeSide,
  missing: readonly number[],
): Outcome {
  let patch = given;
  const diagnostics: Diagnostic[] = [];
  // What is wrong with it was said when it was read.
  if (given.broken) return { patch, offsets: null, diagnostics };
  if (given.damaged) {
    const repaired = reconstructPatch(given, path => before.read(path));
    diagnostics.push(...repaired.diagnostics);
    if (repaired.patch === null) return { patch, offsets: null, diagnostics };
    patch = repaired.patch;
  }
  if (patch.files.length === 0) return { patch, offsets: [], diagnostics };
  const { status, stderr } = store.run([...applyArguments], patch.diff);
  if (status === 0) return { patch, offsets: readOffsets(stderr), diagnostics };
  const mended = given.damaged ? null : mendTabs(given, before);
  if (mended !== null) {
    const { status: now, stderr: said } = store.run([...applyArguments], mended.patch.diff);
    if (now === 0) return { ...mended, offsets: readOffsets(said) };
  }
  diagnostics.push(failureDiagnostic(patch, before, missing, stderr));
  return { patch, offsets: null, diagnostics };
}

/** A copy without a single tab has lost them all: what stands in the tree says where they were. */
function mendTabs(patch: Patch, before: TreeSide) {
  const lines = patch.files.flatMap(file => file.hunks.flatMap(hunk => hunk.lines));
  if (lines.length === 0 || lines.some(line => line.text.includes('\t'))) return null;
  const repaired = reconstructPatch(patch, path => before.read(path));
  if (repaired.patch === null) return null;
  return { patch: repaired.patch, diagnostics: repaired.diagnostics };
}

function failureDiagnostic(
  patch: Patch,
  before: TreeSide,
  missing: readonly number[],
  stderr: string,
): Diagnostic {
  const found = explainFailure(patch.files, path => before.read(path));
  const git = stderr
    .split('\n')
    .filter(line => line.startsWith('error: '))
    .map(line => line.slice('error: '.length))
    .join('; ');
  const gap = missing.filter(index => index < patch.index);
  let hint = 'name the tree the series was made for with --tree DIR@REV or --base REV';
  if (found?.alreadyApplied === true) hint = 'the tree seems to have this change already';
  else if (gap.length > 0) hint = `patch ${gap.join(', ')} is missing: it may have to come first`;
  const which = `patch ${patch.index}/${patch.total} does not apply`;
  return errorDiagnostic('patch-does-not-apply', `${which}: ${found?.message ?? git}`, {
    patch: patch.index,
    messageId: patch.messageId,
    file: found?.path ?? null,
    line: found?.line ?? null,
    hint,
  });
}

function readOffsets(stderr: string): PatchApplication['offsets'] {
  const offsets: { where: string; lines: number }[] = [];
  let path = '';
  for (const line of stderr.split('\n')) {
    path = /^Checking patch (.*)\.\.\.$/.exec(line)?.[1] ?? path;
    const hunk = /^Hunk #\d+ succeeded at (\d+) \(offset (-?\d+) lines?\)/.exec(line);
    if (hunk !== null) offsets.push({ where: `${path}:${hunk[1]}`, lines: Number(hunk[2]) });
  }
  return offsets;
}
