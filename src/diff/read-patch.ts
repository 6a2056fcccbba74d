import parseDiff from 'parse-diff';
import {
  type Diagnostic,
  errorDiagnostic,
  failure,
  noteDiagnostic,
  type Result,
  success,
  warningDiagnostic,
} from '../diagnostic.ts';
import { readDamagedDiff } from './damaged-diff.ts';
import {
  type DecodedMail,
  decodeMail,
  mailFromWebCopy,
  normalizeMail,
  unflowed,
} from './decode-mail.ts';
import { git, noConfiguration } from './git.ts';
import { messageIdOf, readHeaders } from './mail-headers.ts';
import type { MailRef } from './mail-source.ts';
import { readSubject, type SubjectInfo } from './subject.ts';
import type { FileChange, Patch, Trailer } from './types.ts';
import { type DiffProblem, parseUnifiedDiff } from './unified-diff.ts';

export interface ReadPatch {
  readonly patch: Patch;
  readonly info: SubjectInfo;
  readonly diagnostics: readonly Diagnostic[];
}

const maxMailBytes = 32 << 20;

/** Reads one mail as a patch, with `dir` for temporary files. What is wrong with its diff is among the diagnostics. */
export function readPatch(mail: MailRef, dir: string): Result<ReadPatch> {
  if (mail.size > maxMailBytes) {
    return failure(
      errorDiagnostic('mail-too-large', `${mail.source}: ${mail.size} bytes in one mail`),
    );
  }
  const normal = normalizeMail(mail);
  const bytes = isMail(normal)
    ? normal
    : (mailFromWebCopy(normal) ?? bareDiff(normal, mail.source));
  const decoded = decodeMail(bytes, dir);
  if (decoded === null)
    return failure(errorDiagnostic('not-a-mail', `${mail.source}: git cannot read it`));
  const reading = bestReading(decoded, bytes, dir);
  const info = readSubject(reading.decoded.subject);
  const messageId = messageIdOf(readHeaders(bytes).headers.get('message-id'));
  const base = toPatch(reading, info, messageId, mail.source, bytes);
  const diagnostics = [...judge(base, reading, bytes)];
  const broken = diagnostics.some(each => each.severity === 'error');
  return success({ patch: { ...base, broken }, info, diagnostics });
}

function isMail(bytes: Buffer): boolean {
  const { headers } = readHeaders(bytes);
  return ['subject', 'from', 'message-id', 'date'].some(name => headers.has(name));
}

/** A diff without a mail around it: what stands above it is the message. */
function bareDiff(bytes: Buffer, source: string): Buffer {
  const title = source.replace(/[^\w.#-]/g, '_');
  return Buffer.concat([
    Buffer.from(`From: unknown <>\nSubject: ${title}\nContent-Type: text/plain; charset=utf-8\n\n`),
    bytes,
  ]);
}

interface Reading {
  readonly decoded: DecodedMail;
  readonly files: readonly FileChange[];
  readonly problems: readonly DiffProblem[];
  readonly flowed: boolean;
}

/** A flowed mail may be meant literally, with stuffed blanks, or with soft line breaks as well. */
function bestReading(decoded: DecodedMail, bytes: Buffer, dir: string): Reading {
  const literal: Reading = { decoded, flowed: false, ...parseUnifiedDiff(decoded.patch) };
  const flowedForms = unflowed(bytes);
  if (flowedForms.length === 0) return literal;
  for (const form of flowedForms) {
    const other = decodeMail(form, dir);
    if (other === null) continue;
    const parsed = parseUnifiedDiff(other.patch);
    if (parsed.problems.length === 0 && parsed.files.length > 0) {
      return { decoded: other, flowed: true, ...parsed };
    }
  }
  return literal;
}

function toPatch(
  { decoded, files, problems }: Reading,
  info: SubjectInfo,
  messageId: string | null,
  source: string,
  bytes: Buffer,
): Patch {
  return {
    index: info.index ?? 1,
    total: info.total ?? 1,
    subject: info.title,
    fullSubject: decoded.subject,
    messageId,
    author: decoded.author,
    date: decoded.date,
    body: decoded.body,
    trailers: readTrailers(decoded.body),
    diff: decoded.patch,
    files,
    nfcClaimed: claimsNfc(`${decoded.subject}\n${decoded.body}`),
    broken: false,
    damaged: problems.length > 0 && lostBlanks(decoded.patch),
    reconstructed: false,
    source,
    rawMail: bytes.toString('utf8'),
  };
}

/** "No functional change intended" and its kin, or NFC in the subject. */
export function claimsNfc(text: string): boolean {
  const flat = text.replace(/\s+/g, ' ');
  return (
    /\bno (intended )?functional(ity)? changes?\b/i.test(flat) ||
    /\bno intentional functional changes?\b/i.test(flat) ||
    /\bNFCI?\b/.test(flat)
  );
}

/** The last paragraph's `Key: value` lines. */
function readTrailers(body: string): Trailer[] {
  const last =
    body
      .trimEnd()
      .split(/\n\s*\n/)
      .at(-1) ?? '';
  const trailers: Trailer[] = [];
  for (const line of last.split('\n')) {
    const match = /^([A-Za-z][\w-]*):\s+(.+)$/.exec(line);
    if (match !== null) trailers.push({ key: match[1] ?? '', value: match[2] ?? '' });
  }
  return trailers;
}

/**
 * Whether a malformed diff is one whose leading blanks are gone: no context line has its blank, whereas
 * in a cut or wrapped mail most of them do.
 */
function lostBlanks(diff: string): boolean {
  const lines = (readDamagedDiff(diff) ?? []).flatMap(file => file.hunks.flatMap(hunk => hunk.raw));
  const unmarked = lines.filter(line => /^[^\s+\\-]/.test(line)).length;
  return unmarked > 0 && !lines.some(line => line.startsWith(' '));
}

function* judge(patch: Patch, reading: Reading, bytes: Buffer): Generator<Diagnostic> {
  const details = { patch: patch.index, messageId: patch.messageId };
  const which = `patch ${patch.index}/${patch.total}`;
  if (reading.flowed) {
    yield noteDiagnostic('format-flowed', `${which}: format=flowed was undone`, details);
  }
  if (patch.damaged) return;
  const firstLine = lineOfPatch(patch.diff, bytes);
  for (const problem of reading.problems) {
    const where = problem.path === null ? '' : ` in ${problem.path}`;
    yield errorDiagnostic(problem.code, `${which}${where}: ${problem.message}`, {
      ...details,
      file: patch.source,
      line: firstLine + problem.line,
      hint: 'the mail was cut, wrapped or edited on its way: get the original',
    });
  }
  if (reading.problems.length > 0) return;
  if (patch.files.length === 0) {
    if (patch.index === 0) return;
    yield errorDiagnostic('no-diff', `${which} has no diff`, { ...details, file: patch.source });
    return;
  }
  yield* crossCheck(patch, which);
}

/** Lines of the mail above the patch text; 0 when an encoding hides them. */
function lineOfPatch(diff: string, bytes: Buffer): number {
  const at = bytes.indexOf(`\n${diff.slice(0, 400)}`);
  return at < 0 ? 0 : bytes.toString('latin1', 0, at + 1).split('\n').length - 1;
}

/** Two other readers and the mail's own diffstat must find as many lines as we do. */
function* crossCheck(patch: Patch, which: string): Generator<Diagnostic> {
  const details = { patch: patch.index, messageId: patch.messageId, file: patch.source };
  const ours = patch.files.map(countLines);
  const fromGit = gitCounts(patch.diff);
  if (typeof fromGit === 'string') {
    yield errorDiagnostic('git-rejects', `${which}: git cannot read the diff: ${fromGit}`, details);
    return;
  }
  const total = (counts: readonly Counts[]) => ({
    files: counts.length,
    added: counts.reduce((sum, each) => sum + each.added, 0),
    deleted: counts.reduce((sum, each) => sum + each.deleted, 0),
  });
  const [own, git] = [total(ours), total(fromGit)];
  const other = total(parseDiffCounts(patch));
  if (!sameTotal(own, git) || other.added !== own.added || other.deleted !== own.deleted) {
    const text = `${which}: readers disagree about the diff: ${show(own)}; git: ${show(git)}; parse-diff: ${show(other)}`;
    yield errorDiagnostic('readers-disagree', text, details);
  }
  const stat = readDiffstat(patch.diff);
  if (stat === null || sameTotal(own, stat)) return;
  const text = `${which}: its diffstat says ${show(stat)}, but the mail has ${show(own)}`;
  const isShort = own.files < stat.files || own.added < stat.added || own.deleted < stat.deleted;
  yield isShort
    ? errorDiagnostic('diffstat-differs', text, {
        ...details,
        hint: 'part of the mail is missing, or it was edited by hand: get the original',
      })
    : warningDiagnostic('diffstat-differs', text, details);
}

interface Counts {
  readonly added: number;
  readonly deleted: number;
}
type Total = Counts & { readonly files: number };

function sameTotal(left: Total, right: Total): boolean {
  return left.files === right.files && left.added === right.added && left.deleted === right.deleted;
}

function show({ files, added, deleted }: Total): string {
  return `${files} files, +${added} -${deleted}`;
}

function countLines(file: FileChange): Counts {
  const lines = file.hunks.flatMap(hunk => hunk.lines);
  const count = (kind: string) => lines.filter(line => line.kind === kind).length;
  return { added: count('add'), deleted: count('delete') };
}

function gitCounts(diff: string): Counts[] | string {
  const { status, stdout, stderr } = git(['apply', '--numstat', '-z', '-p1', '-'], {
    cwd: '/',
    input: diff,
    env: noConfiguration,
  });
  if (status !== 0) return stderr.replace(/^error: /gm, '').trim();
  return stdout
    .toString('utf8')
    .split('\0')
    .map(row => /^(\d+|-)\t(\d+|-)\t/.exec(row))
    .filter(match => match !== null)
    .map(match => ({ added: Number(match[1]) || 0, deleted: Number(match[2]) || 0 }));
}

/** Section by section, since parse-diff takes lines of the next file for lines of a hunk. */
function parseDiffCounts(patch: Patch): Counts[] {
  const lines = patch.diff.split('\n');
  return patch.files.map(file => {
    if (file.binary || file.hunks.length === 0) return { added: 0, deleted: 0 };
    const section = lines.slice(file.firstLine - 1, file.lastLine).join('\n');
    const read = parseDiff(section);
    return {
      added: read.reduce((sum, each) => sum + each.additions, 0),
      deleted: read.reduce((sum, each) => sum + each.deletions, 0),
    };
  });
}

/** The `N files changed` line between `---` and the first file; null where there is none. */
function readDiffstat(diff: string): Total | null {
  const first = diff.search(/^diff --git /m);
  const head = first < 0 ? diff : diff.slice(0, first);
  const match =
    /^ ?(\d+) files? changed(?:, (\d+) insertions?\(\+\))?(?:, (\d+) deletions?\(-\))?$/m.exec(
      head,
    );
  if (match === null) return null;
  return { files: Number(match[1]), added: Number(match[2] ?? 0), deleted: Number(match[3] ?? 0) };
}
