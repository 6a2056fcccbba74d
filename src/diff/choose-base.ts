import {
  type Diagnostic,
  errorDiagnostic,
  failure,
  noteDiagnostic,
  type Result,
  success,
} from '../diagnostic.ts';
import { type GitRun, git } from './git.ts';
import type { SourceTree } from './source-tree.ts';
import type { Patch, Series } from './types.ts';

type GitTree = Extract<SourceTree, { kind: 'git' }>;

/** A commit the series may have been made for, and the rule that says so. */
export interface BaseCandidate {
  readonly commit: string;
  /** In words, for reports: `--base`, `base-commit trailer`, ... */
  readonly rule: string;
}

export interface BaseCandidates {
  /** Best first; asked for one after another, since a later one may cost a search. */
  readonly candidates: Iterable<BaseCandidate>;
  readonly notes: Diagnostic[];
}

const searchLimits = { commits: 3000, candidates: 50 };

/**
 * Where to apply a series in a git repository: what the user said; else the `base-commit:` of the mails;
 * else a revision that has all the blobs of the `index` lines; else the tree's HEAD.
 */
export function baseCandidates(
  tree: GitTree,
  series: Series,
  requested: string | null,
): Result<BaseCandidates> {
  const explicit = requested ?? tree.revision;
  if (explicit !== null) {
    const commit = resolveCommit(tree, explicit);
    if (commit === null) return failure(noRevision(tree, explicit));
    const rule = requested !== null ? '--base' : `revision given with --tree`;
    return success({ candidates: [{ commit, rule }], notes: [] });
  }
  const head = resolveCommit(tree, 'HEAD');
  if (head === null && series.baseCommit === null) {
    return failure(
      errorDiagnostic('no-head', `${tree.path} has no HEAD commit`, {
        hint: 'name a revision with --base REV',
      }),
    );
  }
  const notes: Diagnostic[] = [];
  return success({ candidates: implicitCandidates(tree, series, head, notes), notes });
}

function noRevision(tree: GitTree, revision: string): Diagnostic {
  return errorDiagnostic('no-such-revision', `${tree.path} has no commit ${revision}`, {
    hint: tree.shallow ? 'the clone is shallow: fetch more history' : null,
  });
}

function* implicitCandidates(
  tree: GitTree,
  series: Series,
  head: string | null,
  notes: Diagnostic[],
): Generator<BaseCandidate> {
  if (series.baseCommit !== null) {
    const commit = resolveCommit(tree, series.baseCommit);
    const rule = series.isRange ? 'start of the range' : 'base-commit trailer';
    if (commit !== null) yield { commit, rule };
    else {
      const message = `the base-commit ${series.baseCommit.slice(0, 12)} of the mail is not in ${tree.path}`;
      notes.push(noteDiagnostic('base-commit-unknown', message));
    }
  }
  const wanted = wantedBlobs(series.patches);
  const commit = findByBlobs(tree, wanted, head);
  if (commit !== null) yield { commit, rule: 'index lines: all old blobs are in this revision' };
  if (head !== null) yield { commit: head, rule: 'HEAD of the given tree' };
}

/** Runs git in the user's repository; such commands only read. */
function ask(tree: GitTree, args: readonly string[], input?: string): GitRun {
  return git(args, { cwd: tree.dir, ...(input === undefined ? {} : { input }) });
}

/** The full id of the commit that a revision names; null when there is none. */
export function resolveCommit(tree: GitTree, revision: string): string | null {
  if (revision.startsWith('-') || revision.includes('\0')) return null;
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  const { status, stdout } = ask(tree, args);
  return status === 0 ? stdout.toString('latin1').trim() : null;
}

/** What each path held before the series first touched it. */
function wantedBlobs(patches: readonly Patch[]): Map<string, string> {
  const wanted = new Map<string, string>();
  const made = new Set<string>();
  for (const file of patches.flatMap(patch => patch.files)) {
    const { oldPath, newPath, oldId } = file;
    if (oldPath !== null && oldId !== null && !made.has(oldPath) && !wanted.has(oldPath)) {
      if (/^[0-9a-f]{7,64}$/.test(oldId) && !/^0+$/.test(oldId)) wanted.set(oldPath, oldId);
    }
    if (newPath !== null) made.add(newPath);
  }
  return wanted;
}

function findByBlobs(
  tree: GitTree,
  wanted: ReadonlyMap<string, string>,
  head: string | null,
): string | null {
  if (wanted.size === 0) return null;
  if (head !== null && hasBlobs(tree, head, wanted)) return head;
  // Searching history is worth it only when the repository has all the blobs at all.
  const names = `${[...wanted.values()].join('\n')}\n`;
  const check = ask(tree, ['cat-file', '--batch-check'], names).stdout.toString('latin1');
  if (
    !check
      .trimEnd()
      .split('\n')
      .every(line => line.includes(' blob '))
  )
    return null;
  let tried = 0;
  for (const commit of commitsThatMade(tree, wanted)) {
    if (tried++ >= searchLimits.candidates) return null;
    if (hasBlobs(tree, commit, wanted)) return commit;
  }
  return null;
}

function* commitsThatMade(tree: GitTree, wanted: ReadonlyMap<string, string>): Generator<string> {
  const args = ['log', '--all', `--max-count=${searchLimits.commits}`, '--format=commit %H'];
  const more = ['--raw', '--no-abbrev', '--no-renames', '-m', '--', ...wanted.keys()];
  const { stdout } = ask(tree, ['--literal-pathspecs', ...args, ...more]);
  let commit = '';
  for (const line of stdout.toString('utf8').split('\n')) {
    if (line.startsWith('commit ')) commit = line.slice('commit '.length);
    const change = /^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) \w+\t(.*)$/.exec(line);
    const id = wanted.get(change?.[2] ?? '');
    if (id !== undefined && change?.[1]?.startsWith(id)) yield commit;
  }
}

function hasBlobs(tree: GitTree, commit: string, wanted: ReadonlyMap<string, string>): boolean {
  const args = [
    '--literal-pathspecs',
    'ls-tree',
    '-z',
    '--full-tree',
    commit,
    '--',
    ...wanted.keys(),
  ];
  const found = new Set<string>();
  for (const line of ask(tree, args).stdout.toString('utf8').split('\0')) {
    const tab = line.indexOf('\t');
    const id = line.slice(0, tab).split(' ')[2] ?? '';
    const want = wanted.get(line.slice(tab + 1));
    if (want !== undefined && id.startsWith(want)) found.add(line.slice(tab + 1));
  }
  return found.size === wanted.size;
}
