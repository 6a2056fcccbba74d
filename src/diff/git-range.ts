import { errorDiagnostic, failure, type Result, success } from '../diagnostic.ts';
import { git } from './git.ts';
import { listMailsOf, type MailRef } from './mail-source.ts';
import { openSourceTree } from './source-tree.ts';

/** The commits of `A..B` as mails, oldest first, with the commit before them as base. */
export function readRange(range: {
  readonly tree: string;
  readonly commits: string;
}): Result<readonly MailRef[]> {
  const opened = openSourceTree(range.tree);
  if (!opened.ok) return opened;
  const tree = opened.value;
  if (tree.kind !== 'git') {
    return failure(errorDiagnostic('not-a-repository', `${range.tree} is no git repository`));
  }
  const { commits } = range;
  if (commits.startsWith('-') || !commits.includes('..') || commits.includes('\0')) {
    return failure(errorDiagnostic('bad-range', `not a range of commits: ${commits}`));
  }
  const [from = '', to = ''] = commits.split(/\.{2,3}/);
  const base = git(['merge-base', '--end-of-options', from || 'HEAD', to || 'HEAD'], {
    cwd: tree.dir,
  });
  const format = [
    'format-patch',
    '--stdout',
    '--no-signature',
    '--full-index',
    '--binary',
    '-M',
    '--no-cover-letter',
  ];
  const options = [
    '--no-color',
    '--no-ext-diff',
    '--no-textconv',
    '--subject-prefix=PATCH',
    '--src-prefix=a/',
    '--dst-prefix=b/',
  ];
  const settings = ['-c', 'format.attach=false', '-c', 'diff.noprefix=false'];
  const baseId = base.stdout.toString('latin1').trim();
  const withBase = base.status === 0 ? [`--base=${baseId}`] : [];
  const args = [...settings, ...format, ...options, ...withBase];
  const run = git([...args, '--end-of-options', commits], { cwd: tree.dir });
  if (run.status !== 0) {
    const text = `git cannot list ${commits}: ${run.stderr.trim().split('\n')[0] ?? ''}`;
    return failure(errorDiagnostic('bad-range', text));
  }
  if (run.stdout.length === 0) {
    return failure(errorDiagnostic('empty-input', `${commits} has no commits`));
  }
  return success(listMailsOf(commits, run.stdout));
}
