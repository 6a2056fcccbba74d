import {
  type Diagnostic,
  errorDiagnostic,
  failure,
  noteDiagnostic,
  type Result,
  success,
  systemFailure,
  warningDiagnostic,
} from '../diagnostic.ts';
import { readRange } from './git-range.ts';
import { groupSeries, type MailGroup, newestGroup, toMember } from './group-series.ts';
import { listMails, type MailRef } from './mail-source.ts';
import { type ReadPatch, readPatch } from './read-patch.ts';
import { versionName } from './subject.ts';
import type { CoverLetter, Patch, Series, SeriesSummary } from './types.ts';
import { createWorkspace } from './workspace.ts';

export interface SeriesOptions {
  /** `--series`: a number from 1, or the newest. */
  readonly series?: number | 'latest';
  /** `--range A..B`: commits of this tree instead of mails. */
  readonly range?: { readonly tree: string; readonly commits: string };
}

/**
 * Reads a series from a mailbox, a mail, a folder, `-`, or a range of commits. Errors in single mails
 * are diagnostics of the series, so that the rest can still be shown; it fails when there is nothing to show.
 */
export function readSeries(input: string, options: SeriesOptions = {}): Result<Series> {
  const workspace = createWorkspace();
  try {
    const mails = options.range === undefined ? listMails(input) : readRange(options.range);
    if (!mails.ok) return mails;
    const read = fromMails(input, mails.value, options.series ?? 'latest', workspace.dir);
    if (!read.ok || options.range === undefined) return read;
    return success({ ...read.value, isRange: true });
  } catch (error) {
    return systemFailure(error);
  } finally {
    workspace.dispose();
  }
}

function fromMails(
  input: string,
  mails: readonly MailRef[],
  wanted: number | 'latest',
  dir: string,
): Result<Series> {
  if (mails.length === 0) {
    return failure(errorDiagnostic('empty-input', `${input} is empty`, { file: input }));
  }
  const members = mails.map(toMember);
  const patches = members.filter(({ info }) => info.isPatch && !info.isReply);
  if (patches.length === 0) return fromUnmarked(input, mails, dir);
  const groups = groupSeries(patches);
  const chosen = wanted === 'latest' ? newestGroup(groups) : wanted - 1;
  const group = groups[chosen];
  if (group === undefined) {
    return failure(
      errorDiagnostic('no-such-series', `there is no series ${wanted} among ${groups.length}`, {
        hint: '`mmudelta series` lists them',
      }),
    );
  }
  return assemble(input, group, summarize(groups, chosen), dir);
}

/** No mail is marked as a patch: a mail or file with a diff in it is taken for one. */
function fromUnmarked(input: string, mails: readonly MailRef[], dir: string): Result<Series> {
  const maxTried = 200;
  const read: ReadPatch[] = [];
  for (const mail of mails.slice(0, maxTried)) {
    const each = readPatch(mail, dir);
    if (!each.ok || each.value.info.isReply) continue;
    const hasDiff = /^(diff --git |--- .*\n\+\+\+ )/m.test(each.value.patch.diff);
    if (hasDiff || each.value.info.isPatch) read.push(each.value);
  }
  if (read.length === 0) {
    const isMail = mails.some(mail => mail.headers.has('subject') || mail.headers.has('from'));
    return failure(
      errorDiagnostic(
        isMail ? 'no-patches' : 'not-a-mail',
        isMail ? `${input} has mails, but none with a patch` : `${input} is neither mail nor diff`,
        { file: input, hint: 'give a mailbox, a mail, a folder of patches, or a diff' },
      ),
    );
  }
  // A web copy carries its marks inside; several unmarked files follow one another.
  const numbered = read.map((each, at) =>
    each.info.index === null
      ? { ...each, patch: { ...each.patch, index: at + 1, total: read.length } }
      : each,
  );
  return success(toSeries(numbered, null, numbered[0]?.patch.total ?? 1, [], []));
}

function summarize(groups: readonly MailGroup[], chosen: number): SeriesSummary[] {
  return groups.map((group, at) => {
    const first = group.members.values().next().value;
    return {
      number: at + 1,
      subject: first?.info.title ?? '',
      version: group.version,
      total: group.total,
      present: [...group.members.keys()].filter(index => index > 0).length,
      chosen: at === chosen,
    };
  });
}

function assemble(
  input: string,
  group: MailGroup,
  candidates: readonly SeriesSummary[],
  dir: string,
): Result<Series> {
  const diagnostics: Diagnostic[] = [];
  const read: ReadPatch[] = [];
  let cover: Patch | null = null;
  for (const [index, member] of group.members) {
    const each = readPatch(member.mail, dir);
    if (!each.ok) diagnostics.push(...each.diagnostics.map(found => ({ ...found, patch: index })));
    else if (index === 0) cover = each.value.patch;
    else {
      const patch = { ...each.value.patch, index, total: group.total };
      read.push({ ...each.value, patch });
    }
  }
  for (const { mail, info } of group.duplicates) {
    const text = `${mail.source} is a second patch ${info.index ?? 1}/${group.total}: the first counts`;
    diagnostics.push(warningDiagnostic('duplicate-patch', text, { patch: info.index }));
  }
  for (const { mail, info } of group.replacements) {
    const text = `patch ${info.index}/${group.total} is v${info.version.join('.')}, from ${mail.source}`;
    diagnostics.push(noteDiagnostic('patch-replaced', text, { patch: info.index }));
  }
  if (read.length === 0) {
    const what = cover === null ? 'no patch' : 'a cover letter and no patch';
    const error = errorDiagnostic('no-patches', `${input} has ${what}`, {
      file: input,
      messageId: cover?.messageId ?? null,
      hint: 'get the whole thread: the patches are mails of their own',
    });
    return failure(...diagnostics, error);
  }
  return success(toSeries(read, cover, group.total, candidates, diagnostics));
}

function toSeries(
  read: readonly ReadPatch[],
  cover: Patch | null,
  total: number,
  candidates: readonly SeriesSummary[],
  given: readonly Diagnostic[],
): Series {
  const patches = read.map(each => each.patch).sort((left, right) => left.index - right.index);
  const present = new Set(patches.map(patch => patch.index));
  const missing = Array.from({ length: total }, (_, at) => at + 1).filter(at => !present.has(at));
  const diagnostics = [...given, ...read.flatMap(each => each.diagnostics)];
  if (missing.length > 0) {
    const text = `${missing.length} of ${total} patches are missing: ${ranges(missing)}`;
    diagnostics.push(warningDiagnostic('missing-patch', text));
  }
  const first = read[0];
  return {
    subject: cover?.subject ?? patches[0]?.subject ?? '',
    version: first === undefined ? null : versionOf(first, candidates),
    total,
    patches,
    coverLetter: cover === null ? null : toCover(cover),
    missing,
    reconstructed: false,
    isRange: false,
    baseCommit: baseCommitOf(cover === null ? patches : [cover, ...patches]),
    candidates: candidates.length > 0 ? candidates : [onlyCandidate(patches, total)],
    diagnostics,
  };
}

function versionOf({ info }: ReadPatch, candidates: readonly SeriesSummary[]): string | null {
  const chosen = candidates.find(candidate => candidate.chosen);
  return chosen === undefined ? versionName(info) : chosen.version;
}

function onlyCandidate(patches: readonly Patch[], total: number): SeriesSummary {
  const subject = patches[0]?.subject ?? '';
  return { number: 1, subject, version: null, total, present: patches.length, chosen: true };
}

function toCover({ subject, messageId, author, body, diff }: Patch): CoverLetter {
  // What stands after a `---` line or a quoted diff is still part of the letter.
  return { subject, messageId, author, body: diff === '' ? body : `${body}\n${diff}`.trim() };
}

function baseCommitOf(patches: readonly Patch[]): string | null {
  for (const { rawMail, body, diff } of patches) {
    const text = /^base-commit: ([0-9a-f]{7,64})\s*$/m;
    const match = text.exec(diff) ?? text.exec(body) ?? text.exec(rawMail);
    if (match !== null) return match[1] ?? null;
  }
  return null;
}

/** `1-8, 10`. */
export function ranges(numbers: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const number of numbers) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] + 1 === number) last[1] = number;
    else parts.push([number, number]);
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}
