import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { Checker } from '../../../src/cli/checker.ts';
import { registerCompletion } from '../../../src/cli/commands/completion.ts';
import { registerHook } from '../../../src/cli/commands/hook.ts';
import { registerReview } from '../../../src/cli/commands/review.ts';
import type { CheckResult } from '../../../src/result.ts';
import { broken } from '../samples/broken.ts';
import { equivalent, inconclusive } from '../samples/others.ts';

/** The commands with a check that goes by what is written in the mail or in the commit subjects. */
const check: Checker = async (mbox, options) => {
  const text =
    options.range === undefined
      ? readFileSync(mbox === '-' || mbox === undefined ? 0 : mbox, 'latin1')
      : execFileSync('git', ['log', '--format=%s', options.range], {
          cwd: options.tree,
          encoding: 'utf8',
        });
  process.stderr.write(`checked: ${text.trim().split('\n').slice(0, 9).join(', ')}\n`);
  const tests: [string, CheckResult][] = [
    ['BREAKS', broken],
    ['quirk', broken],
    ['UNDECIDED', inconclusive],
  ];
  if (text.includes('CRASH')) throw new Error('out of memory');
  const result = tests.find(([word]) => text.includes(word))?.[1] ?? equivalent;
  return { result, mails: [{ index: 2, raw: Buffer.from(text, 'latin1').toString('utf8') }] };
};

const program = new Command('mmudelta');
registerHook(program, check);
registerReview(program, check);
registerCompletion(program);
await program.parseAsync();
