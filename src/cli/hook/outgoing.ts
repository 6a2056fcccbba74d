import { askGit, type HookSettings } from './repository.ts';

/** One line of what git tells a pre-push hook. */
export interface RefUpdate {
  readonly localRef: string;
  readonly localId: string;
  readonly remoteRef: string;
  readonly remoteId: string;
}

export type Outgoing =
  /** Ranges `A..B` to check, oldest first, and how many commits they are about. */
  | { readonly kind: 'ranges'; readonly ranges: readonly string[]; readonly commits: number }
  | { readonly kind: 'nothing'; readonly why: string };

/** Ids are 40 digits, or 64 in a SHA-256 repository; all zeros means there is none. */
export function parseUpdates(input: string): RefUpdate[] {
  return input.split('\n').flatMap(line => {
    const [localRef = '', localId = '', remoteRef = '', remoteId = ''] = line.split(' ');
    const isId = (id: string): boolean => /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(id);
    return isId(localId) && isId(remoteId) ? [{ localRef, localId, remoteRef, remoteId }] : [];
  });
}

function isZero(id: string): boolean {
  return /^0+$/.test(id);
}

/** The commits on MMU files that the remote does not have yet. */
export function outgoing(
  cwd: string,
  remote: string,
  updates: readonly RefUpdate[],
  settings: HookSettings,
): Outgoing {
  const sent = updates.filter(update => !isZero(update.localId));
  if (updates.length === 0) return { kind: 'nothing', why: 'nothing is pushed' };
  if (sent.length === 0) return { kind: 'nothing', why: 'refs are only deleted' };
  const has = knownAtRemote(cwd, remote, updates, settings);
  if (has.length === 0) {
    const why = `nothing tells what ${remote} already has (git config mmudelta.base REV)`;
    return { kind: 'nothing', why };
  }
  const commits = commitsOf(cwd, sent, has, settings.paths);
  if (commits === null) return { kind: 'nothing', why: 'git could not list the commits' };
  if (commits.length === 0) return { kind: 'nothing', why: 'no outgoing commit touches the MMU' };
  if (commits.length > settings.maxCommits) {
    const why = `${commits.length} commits are more than mmudelta.maxCommits (${settings.maxCommits})`;
    return { kind: 'nothing', why };
  }
  return { kind: 'ranges', ranges: rangesOf(cwd, commits), commits: commits.length };
}

/**
 * Arguments that exclude what the remote has: what it says its refs are, and what was fetched from
 * it.
 */
function knownAtRemote(
  cwd: string,
  remote: string,
  updates: readonly RefUpdate[],
  settings: HookSettings,
): string[] {
  const ids = updates.map(update => update.remoteId).filter(id => !isZero(id));
  const asked = askGit(
    cwd,
    ['cat-file', '--batch-check=%(objectname) %(objecttype)'],
    `${ids.join('\n')}\n`,
  );
  const here = (asked ?? '').split('\n').filter(line => / (commit|tag)$/.test(line));
  const known = here.map(line => `^${line.split(' ')[0]}`);
  const tracking = askGit(cwd, [
    'for-each-ref',
    '--count=1',
    '--format=1',
    `refs/remotes/${remote}/`,
  ]);
  if (tracking !== null && tracking !== '') known.push('--not', `--remotes=${remote}`, '--not');
  if (known.length > 0) return known;
  if (settings.base !== null) return [`^${settings.base}`];
  // A URL has no refs of its own here: what other remotes have is at least public somewhere.
  const any = askGit(cwd, ['for-each-ref', '--count=1', '--format=1', 'refs/remotes/']);
  return any !== null && any !== '' ? ['--not', '--remotes', '--not'] : [];
}

function commitsOf(
  cwd: string,
  sent: readonly RefUpdate[],
  has: readonly string[],
  paths: readonly string[],
): string[] | null {
  // Merges bring nothing of their own, and a root commit has no before side.
  const kinds = ['--min-parents=1', '--max-parents=1'];
  const args = [
    'rev-list',
    '--reverse',
    '--topo-order',
    ...kinds,
    '--stdin',
    ...has,
    '--',
    ...paths,
  ];
  const ids = [...new Set(sent.map(update => update.localId))];
  const listed = askGit(cwd, args, `${ids.join('\n')}\n`);
  return listed === null ? null : listed.split('\n').filter(id => id !== '');
}

/** One range where history is a line, so that a later fix is seen; else a range per commit. */
function rangesOf(cwd: string, commits: readonly string[]): string[] {
  const [first, last] = [commits[0] ?? '', commits.at(-1) ?? ''];
  const range = `${first}^..${last}`;
  const inside = askGit(cwd, ['rev-list', '--parents', range]);
  if (inside !== null) {
    const rows = inside
      .split('\n')
      .filter(row => row !== '')
      .map(row => row.split(' '));
    const ids = new Set(rows.map(row => row[0]));
    const isLine = rows.every(row => row.length === 2) && commits.every(id => ids.has(id));
    if (isLine && rows.length <= commits.length * 4 + 8) return [range];
  }
  return commits.map(id => `${id}^..${id}`);
}
