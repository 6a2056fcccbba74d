/** Codes of reading mails and trees; docs/intake.md has the same table, and a test holds the two together. */
import type { CodeEntry } from './entry.ts';

export const intakeCodes: readonly CodeEntry[] = [
  { code: 'bad-range', means: '--range is no range of commits', todo: 'name it as A..B' },
  {
    code: 'base-commit-unknown',
    means: 'the mails name a base that the repository lacks',
    todo: 'fetch it, or trust the rule that was used instead',
  },
  { code: 'base-ignored', means: '--base with a plain folder', todo: 'use a git repository' },
  {
    code: 'base-rejected',
    means: 'a better rule named a base on which fewer patches apply',
    todo: 'check the base that was used',
  },
  {
    code: 'diffstat-differs',
    means: 'the mail holds fewer lines than its diffstat says (error), or more (warning)',
    todo: 'get the original mail',
  },
  {
    code: 'duplicate-patch',
    means: 'two mails claim one place; the first counts',
    todo: '--series N, or remove one',
  },
  { code: 'empty-input', means: 'nothing there', todo: null },
  {
    code: 'foreign-repository',
    means: 'git does not trust a repository of another user',
    todo: 'git config --global --add safe.directory DIR',
  },
  {
    code: 'format-flowed',
    means: 'a format=flowed mail was unwrapped',
    todo: 'nothing, if the patch applies',
  },
  { code: 'git-not-found', means: 'no git in PATH', todo: 'install it' },
  {
    code: 'git-rejects',
    means: 'git cannot read the diff although its lines add up',
    todo: 'get the original mail',
  },
  { code: 'input-too-large', means: 'more than 2 GB', todo: 'cut it' },
  {
    code: 'long-hunk',
    means: 'a hunk goes on after the lines that its header counts',
    todo: 'get the original mail',
  },
  { code: 'mail-too-large', means: 'one mail of more than 32 MB', todo: null },
  {
    code: 'malformed-file-header',
    means: 'a file header that names no files, or a hunk without one',
    todo: 'get the original mail',
  },
  {
    code: 'malformed-hunk-header',
    means: 'an @@ line that is none',
    todo: 'get the original mail',
  },
  {
    code: 'malformed-hunk-line',
    means: 'a line without a mark, or one too many: a wrapped line, mostly',
    todo: 'get the original mail',
  },
  {
    code: 'missing-patch',
    means: 'some of 1..n are not in the input',
    todo: 'get the whole thread',
  },
  { code: 'no-diff', means: 'a mail marked as a patch has no diff', todo: null },
  { code: 'no-head', means: 'the repository has no commit checked out', todo: '--base REV' },
  {
    code: 'no-patches',
    means: 'mails, but no patch among them (a lone cover letter, say)',
    todo: 'get the whole thread',
  },
  { code: 'no-such-input', means: 'no such file or folder', todo: null },
  { code: 'no-such-revision', means: 'the repository has no such commit', todo: 'fetch it' },
  { code: 'no-such-series', means: '--series N with an N too high', todo: 'see mmudelta series' },
  { code: 'no-such-tree', means: '--tree is no folder', todo: null },
  { code: 'not-a-mail', means: 'neither mail nor diff', todo: null },
  {
    code: 'not-a-repository',
    means: 'a revision or range of a plain folder',
    todo: 'use a git repository',
  },
  {
    code: 'not-reconstructed',
    means: 'a damaged copy fits nowhere in the tree, or in more than one way',
    todo: 'get the original mail, or the right tree',
  },
  {
    code: 'patch-does-not-apply',
    means: 'which hunk, what it expected, and what stands there',
    todo: 'name the right base',
  },
  { code: 'patch-replaced', means: 'a minor version took the place of a patch', todo: null },
  {
    code: 'readers-disagree',
    means: 'three readers count different lines in one diff',
    todo: 'please report the mail',
  },
  {
    code: 'reconstructed',
    means: 'a damaged copy was repaired against the tree',
    todo: 'read the result with that in mind',
  },
  {
    code: 'short-hunk',
    means: 'a hunk has fewer lines than its header counts',
    todo: 'get the original mail',
  },
  { code: 'system-error', means: 'a file cannot be read or written', todo: null },
  { code: 'too-large', means: 'more than 5,000 files or 2,000,000 lines in one patch', todo: null },
  {
    code: 'unsafe-path',
    means: 'a path leads out of the tree or into .git',
    todo: 'do not apply this patch anywhere',
  },
  { code: 'usage', means: 'options that do not fit together', todo: 'mmudelta --help' },
  {
    code: 'work-tree-differs',
    means: 'uncommitted changes in files of the series',
    todo: 'commit them, or ignore this',
  },
];
