import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { inert } from '../../report/inert.ts';
import { b4Report } from '../../report/mail/b4.ts';
import { type Draft, draftReplies } from '../../report/mail/draft.ts';
import { readReviewMail } from '../../report/mail/review-mail.ts';
import { defaultOptions } from '../../report/report.ts';
import { headline, inputNotes } from '../../report/summary.ts';
import { exitStatus as statusOf } from '../../result.ts';
import type { Checked, Checker, CheckerOptions } from '../checker.ts';
import { askGit } from '../hook/repository.ts';
import { emit, exitStatus } from '../output.ts';
import { addIntakeOptions } from './series.ts';

interface ReviewOptions extends CheckerOptions {
  readonly out?: string;
  readonly b4: boolean;
  readonly force: boolean;
}

const examples = `
Examples:
  mmudelta review series.mbox --tree ~/linux --out drafts
  git send-email --dry-run drafts/*.eml
  git config b4.review-perpatch-check-cmd 'mmudelta review - --b4 --tree .'`;

export function registerReview(program: Command, check: Checker): void {
  const command = program
    .command('review')
    .description('draft replies to the patches that deserve one, one .eml each');
  addIntakeOptions(command)
    .option('--out <dir>', 'folder for the drafts')
    .option('--force', 'replace drafts that are there', false)
    .option('--b4', 'read one mail, write a check result for b4 as JSON', false)
    .addHelpText('after', examples)
    .action(async (mbox: string | undefined, options: ReviewOptions) => {
      process.exitCode = await runReview(mbox, options, check);
    });
}

async function runReview(
  mbox: string | undefined,
  options: ReviewOptions,
  check: Checker,
): Promise<number> {
  const { out, b4, force } = options;
  if (!b4 && out === undefined) {
    process.stderr.write('mmudelta: say where the drafts go: --out DIR\n');
    return exitStatus.badInput;
  }
  const checked = await check(mbox, options);
  if (b4 || out === undefined) {
    // b4 takes any other status for a failure of the tool.
    emit(b4Report(checked.result, defaultOptions), null);
    return exitStatus.good;
  }
  const { word, text } = headline(checked.result);
  process.stdout.write(`${word}: ${text}\n`);
  for (const note of inputNotes(checked.result)) process.stderr.write(`mmudelta: ${note}\n`);
  if (!writeDrafts(out, drafts(checked), force)) return exitStatus.badInput;
  return statusOf(checked.result);
}

function drafts({ result, mails }: Checked): Draft[] {
  const read = mails.map(({ index, raw }) =>
    readReviewMail(index, Buffer.from(raw, 'utf8').toString('latin1')),
  );
  return draftReplies(result, read, { reviewer: reviewerOfGit() });
}

function reviewerOfGit(): string | null {
  const value = (key: string): string => (askGit('.', ['config', '--get', key]) ?? '').trim();
  const email = value('user.email');
  return email === '' ? null : `"${value('user.name').replace(/["\\]/g, '')}" <${email}>`;
}

/** A draft may have been edited since: it is only replaced when that is asked for. */
function writeDrafts(dir: string, made: readonly Draft[], force: boolean): boolean {
  if (made.length === 0) {
    process.stdout.write('no patch needs a reply\n');
    return true;
  }
  mkdirSync(dir, { recursive: true });
  for (const draft of made) {
    const file = join(dir, draft.fileName);
    try {
      writeFileSync(file, draft.text, { flag: force ? 'w' : 'wx' });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const why = code === 'EEXIST' ? 'is there already; --force replaces it' : `${code}`;
      process.stderr.write(`mmudelta: ${inert(file)}: ${why}\n`);
      return false;
    }
    process.stdout.write(`${inert(file)}\n`);
  }
  return true;
}
