import {
  type Diagnostic,
  noteDiagnostic,
  type Result,
  success,
  systemFailure,
} from '../diagnostic.ts';
import { type AppliedSeries, applySeries } from './apply-series.ts';
import { type BaseFiles, commitFiles, folderFiles } from './base-files.ts';
import { type BaseCandidate, baseCandidates } from './choose-base.ts';
import { createObjectStore, type ObjectStore } from './object-store.ts';
import { openSourceTree, type SourceTree } from './source-tree.ts';
import type { Series, Trees } from './types.ts';
import { createWorkspace } from './workspace.ts';

export interface TreeOptions {
  /** `--base`: wins over every other rule. */
  readonly base?: string | null;
}

/**
 * Builds the tree before and after every patch, without touching the user's repository or folder.
 * A patch that does not apply is an error among the diagnostics; the sides before it are there.
 * Call `dispose()` when done.
 */
export function buildTrees(
  series: Series,
  treeArgument: string,
  options: TreeOptions = {},
): Result<Trees> {
  const opened = openSourceTree(treeArgument);
  if (!opened.ok) return opened;
  const workspace = createWorkspace();
  try {
    const built = build(series, opened.value, workspace.dir, options.base ?? null);
    if (!built.ok) {
      workspace.dispose();
      return built;
    }
    return success({ ...built.value, path: treeArgument, dispose: () => workspace.dispose() });
  } catch (error) {
    workspace.dispose();
    return systemFailure(error);
  }
}

interface Attempt {
  readonly base: BaseFiles;
  readonly commit: string | null;
  readonly rule: string;
  readonly applied: AppliedSeries;
}

function build(
  series: Series,
  tree: SourceTree,
  dir: string,
  requested: string | null,
): Result<Omit<Trees, 'path' | 'dispose'>> {
  const borrowed = tree.kind === 'git' ? tree.objects : null;
  const store = createObjectStore(dir, borrowed, tree.kind === 'git' ? tree.format : 'sha1');
  if (tree.kind === 'folder') {
    const base = folderFiles(tree.dir, store.format);
    const applied = applySeries(store, base, series.patches, series.missing);
    const rule = 'the given folder, as it is';
    return success(toTrees({ base, commit: null, rule, applied }, folderNotes(requested)));
  }
  const found = baseCandidates(tree, series, requested);
  if (!found.ok) return found;
  const attempts: Attempt[] = [];
  for (const candidate of found.value.candidates) {
    if (attempts.some(attempt => attempt.commit === candidate.commit)) continue;
    const attempt = tryCandidate(store, series, tree.workTree, candidate);
    attempts.push(attempt);
    if (attempt.applied.sides.length === series.patches.length + 1) break;
  }
  const best = furthest(attempts);
  const notes = [...found.value.notes, ...attemptNotes(attempts, best)];
  return success(toTrees(best, [...notes, ...workTreeNotes(best, tree.workTree, series, store)]));
}

function tryCandidate(
  store: ObjectStore,
  series: Series,
  workTree: string | null,
  { commit, rule }: BaseCandidate,
): Attempt {
  const base = commitFiles(store, commit, workTree);
  return { base, commit, rule, applied: applySeries(store, base, series.patches, series.missing) };
}

/** The attempt that got through most patches; the better rule among equals. */
function furthest(attempts: readonly Attempt[]): Attempt {
  return attempts.reduce((best, each) =>
    each.applied.sides.length > best.applied.sides.length ? each : best,
  );
}

function attemptNotes(attempts: readonly Attempt[], best: Attempt): Diagnostic[] {
  return attempts
    .filter(attempt => attempt !== best)
    .map(({ rule, commit, applied }) => {
      const reached = `${applied.sides.length - 1} of ${applied.patches.length} patches apply there`;
      return noteDiagnostic('base-rejected', `${rule} (${commit?.slice(0, 12)}): ${reached}`);
    });
}

function folderNotes(requested: string | null): Diagnostic[] {
  if (requested === null) return [];
  return [noteDiagnostic('base-ignored', 'a plain folder has no revisions: --base is ignored')];
}

/** Of many paths; the rest is counted. */
const PATHS_NAMED = 5;

/** Changes in the work tree that are not in the base are easily taken for part of it. */
function workTreeNotes(
  { base, applied }: Attempt,
  workTree: string | null,
  series: Series,
  store: ObjectStore,
): Diagnostic[] {
  if (workTree === null) return [];
  const disk = folderFiles(workTree, store.format);
  const paths = new Set(series.patches.flatMap(patch => patch.files.map(file => file.oldPath)));
  const differing = [...paths].filter(path => {
    const onDisk = path === null ? null : disk.entry(path);
    return path !== null && onDisk !== null && onDisk.id !== base.entry(path)?.id;
  });
  if (differing.length === 0 || applied.sides.length === 0) return [];
  const named = differing.sort().slice(0, PATHS_NAMED).join(', ');
  const more = differing.length - PATHS_NAMED;
  const message = `the work tree's ${named}${more > 0 ? ` and ${more} more` : ''} differs from the base: only the base counts`;
  return [noteDiagnostic('work-tree-differs', message)];
}

function toTrees(
  { commit, rule, applied }: Attempt,
  notes: readonly Diagnostic[],
): Omit<Trees, 'path' | 'dispose'> {
  return {
    base: commit,
    baseRule: rule,
    kernelVersion: kernelVersion(applied.sides[0]?.read('Makefile') ?? null),
    patches: applied.patches,
    sides: applied.sides,
    applications: applied.applications,
    reconstructed: applied.patches.some(patch => patch.reconstructed),
    diagnostics: [...notes, ...applied.diagnostics],
  };
}

/** From the top Makefile: `6.12.94`, `7.3.0-rc7`; null when it does not say. */
export function kernelVersion(makefile: string | null): string | null {
  if (makefile === null) return null;
  const part = (name: string) => new RegExp(`^${name} *= *(\\S*)$`, 'm').exec(makefile)?.[1] ?? '';
  const numbers = [part('VERSION'), part('PATCHLEVEL'), part('SUBLEVEL')];
  if (!numbers.every(number => /^\d+$/.test(number))) return null;
  const extra = part('EXTRAVERSION');
  return numbers.join('.') + (/^[-.\w]*$/.test(extra) ? extra : '');
}
