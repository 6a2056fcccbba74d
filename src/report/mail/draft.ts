import type { CheckResult, PatchResult } from '../../result.ts';
import { firstChars, inert } from '../inert.ts';
import { wrap } from '../layout.ts';
import { charged, machineText, nfcRefuted, reproduceWords } from '../summary.ts';
import { type Anchor, anchorFor, claimLine } from './anchor.ts';
import { type MailDiff, readMailDiff } from './diff-lines.ts';
import { addressField, idField, parseAddresses, textField, uniqueAddresses } from './headers.ts';
import type { ReviewMail } from './review-mail.ts';
import { mailWidth, nfcWords, plain, violationWords } from './words.ts';

export interface Draft {
  readonly patch: number;
  /** Made of letters, digits and dashes. */
  readonly fileName: string;
  /** A whole mail: headers, blank line, body; UTF-8 with LF. */
  readonly text: string;
}

export interface DraftOptions {
  /** The From of the drafts, `Name <address>`; null leaves it to whoever sends them. */
  readonly reviewer: string | null;
}

/** Replies to the patches that deserve one. */
export function draftReplies(
  result: CheckResult,
  mails: readonly ReviewMail[],
  options: DraftOptions,
): Draft[] {
  return result.patches.flatMap(patch => {
    const mail = mails.find(m => m.index === patch.index);
    if (mail === undefined || !deservesReply(patch)) return [];
    const text = [...headerLines(mail, options), '', ...bodyLines(result, patch, mail), ''].join(
      '\n',
    );
    return [{ patch: patch.index, fileName: fileName(patch), text }];
  });
}

export function deservesReply(patch: PatchResult): boolean {
  return charged(patch).length > 0 || nfcRefuted(patch);
}

function fileName(patch: PatchResult): string {
  const words = patch.subject.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const slug = words.join('-').slice(0, 52).replace(/-$/, '');
  const number = String(patch.index).padStart(4, '0');
  return slug === '' ? `${number}.eml` : `${number}-${slug}.eml`;
}

function headerLines(mail: ReviewMail, options: DraftOptions): string[] {
  const reviewer = parseAddresses(options.reviewer ?? '').slice(0, 1);
  const to = uniqueAddresses(parseAddresses(mail.from), []);
  const others = [...parseAddresses(mail.to), ...parseAddresses(mail.cc)];
  const cc = uniqueAddresses(others, [...to, ...reviewer]);
  const id = mail.messageId === null ? [] : [mail.messageId];
  const subject = /^re:/i.test(mail.subject) ? mail.subject : `Re: ${mail.subject}`;
  return [
    ...addressField('From', reviewer),
    ...addressField('To', to.length === 0 ? cc : to),
    ...addressField('Cc', to.length === 0 ? [] : cc),
    textField('Subject', subject),
    ...idField('In-Reply-To', id),
    ...idField('References', [...mail.references.slice(-20), ...id]),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=UTF-8',
    'Content-Transfer-Encoding: 8bit',
  ];
}

interface Comment {
  /** Beneath which line of the mail; null: before all quotes. */
  readonly at: number | null;
  readonly anchor: Anchor | null;
  readonly lines: readonly string[];
}

function bodyLines(result: CheckResult, patch: PatchResult, mail: ReviewMail): string[] {
  const diff = readMailDiff(mail.body);
  const comments = commentsOn(patch, diff);
  const lines: string[] = [attribution(mail), ...quoteAndComment(diff, comments)];
  return [...lines, '', ...closing(result)];
}

function attribution(mail: ReviewMail): string {
  const author = parseAddresses(mail.from)[0];
  const name = firstChars(plain(author?.name || author?.email || 'the author'), 60);
  const date = /^(?:\w{3}, *)?(\d{1,2}) +(\w{3})\w* +(\d{4})/.exec(mail.date ?? '');
  return date === null ? `${name} wrote:` : `On ${date[2]} ${date[1]}, ${date[3]}, ${name} wrote:`;
}

function commentsOn(patch: PatchResult, diff: MailDiff): Comment[] {
  const comments: Comment[] = [];
  if (nfcRefuted(patch)) {
    // What breaks is said where it breaks; beneath the claim it would only be said twice.
    const broken = charged(patch).length > 0;
    const why = broken ? 'the behaviour differs, see below' : patch.nfc.why;
    const outcomes = patch.deltas.filter(d => d.kind === 'outcome');
    const shown = broken ? [] : outcomes.length > 0 ? outcomes : patch.deltas;
    comments.push({ at: claimLine(diff), anchor: null, lines: nfcWords(why, shown) });
  }
  for (const violation of charged(patch)) {
    const anchor = anchorFor(diff, violation.site, violation.counterexample);
    comments.push({ at: anchor?.at ?? null, anchor, lines: violationWords(violation) });
  }
  return comments.sort((a, b) => (a.at ?? -1) - (b.at ?? -1));
}

const contextBefore = 12;

/**
 * Quotes what a comment is about, the mail's lines in the mail's order, each comment beneath its
 * line.
 */
function quoteAndComment(diff: MailDiff, comments: readonly Comment[]): string[] {
  const lines: string[] = [];
  let quoted = -1;
  for (const comment of comments) {
    if (comment.at !== null && comment.at > quoted) {
      for (const range of rangesFor(diff, comment, quoted)) {
        for (let i = range[0]; i <= range[1]; i++) lines.push(quote(diff.lines[i] ?? ''));
        quoted = range[1];
      }
    }
    lines.push('', ...comment.lines, '');
  }
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

/** File head, hunk head and the lines up to the comment, without what is quoted already. */
function rangesFor(diff: MailDiff, comment: Comment, quoted: number): [number, number][] {
  const at = comment.at ?? 0;
  const hunk = comment.anchor?.hunk;
  if (hunk === undefined) {
    // A claim: the paragraph that it ends.
    let from = at;
    while (from > quoted + 1 && from > at - 4 && (diff.lines[from - 1] ?? '') !== '') from--;
    return [[from, at]];
  }
  const ranges: [number, number][] = [];
  const head = diff.heads.get(hunk.file);
  if (head !== undefined && head > quoted) ranges.push([head, head]);
  if (hunk.at > quoted) ranges.push([hunk.at, hunk.at]);
  const from = Math.max(hunk.at + 1, quoted + 1, at - contextBefore);
  return from > at ? ranges : [...ranges, [from, at]];
}

/**
 * A line of the mail as it is, or nothing of it: controls that a terminal acts on, or bytes that
 * were lost, are not passed on.
 */
function quote(line: string): string {
  const isWhole = !line.includes('\ufffd');
  return isWhole && inert(line) === line.replaceAll('\t', ' ') ? `> ${line}` : '> [...]';
}

function closing(result: CheckResult): string[] {
  const words = reproduceWords(result).map(plain);
  const lines = wrap(
    `(From a simulated MMU, mmudelta ${plain(result.tool.version)}: ${plain(machineText(result))}, so the model may be what is wrong here. To see it again:)`,
    mailWidth,
  );
  const command: string[] = [];
  let line = '   ';
  for (const word of words) {
    if (line.trim() !== '' && line.length + 1 + word.length > mailWidth - 2) {
      command.push(`${line} \\`);
      line = '     ';
    }
    line += ` ${word}`;
  }
  return [...lines, '', ...command, line];
}
