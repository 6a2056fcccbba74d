import { inert } from '../../report/inert.ts';
import { charged, counted, headline, nfcRefuted } from '../../report/summary.ts';
import { textReport } from '../../report/text.ts';
import type { CheckResult } from '../../result.ts';
import type { Checker } from '../checker.ts';
import { outgoing, parseUpdates } from './outgoing.ts';
import { type HookSettings, type Repository, readSettings } from './repository.ts';

export interface HookInput {
  readonly repository: Repository;
  /** The remote's name, or its URL where it has none. */
  readonly remote: string;
  /** What git wrote to the hook. */
  readonly updates: string;
}

export interface HookPage {
  readonly say: (text: string) => void;
  readonly color: boolean;
  readonly width: number;
}

/** 0 lets the push go, 1 stops it. Our own failures stop nobody, unless configured strict. */
export async function runHook(input: HookInput, check: Checker, page: HookPage): Promise<0 | 1> {
  const { repository, remote } = input;
  const settings = readSettings(repository.cwd);
  if (!settings.enabled) return 0;
  const found = outgoing(repository.cwd, remote, parseUpdates(input.updates), settings);
  if (found.kind === 'nothing') {
    page.say(`mmudelta: ${inert(found.why)}; nothing to check`);
    return 0;
  }
  page.say(`mmudelta: checking ${counted(found.commits, 'outgoing MMU commit')}`);
  let status: 0 | 1 = 0;
  for (const range of found.ranges) {
    if ((await checkRange(repository, range, settings, check, page)) === 1) status = 1;
  }
  if (status === 1) {
    page.say('mmudelta: the push is stopped; `git push --no-verify` sends it all the same');
  }
  return status;
}

async function checkRange(
  repository: Repository,
  range: string,
  settings: HookSettings,
  check: Checker,
  page: HookPage,
): Promise<0 | 1> {
  const timeout = settings.timeoutSeconds === null ? {} : { timeout: settings.timeoutSeconds };
  let result: CheckResult;
  try {
    ({ result } = await check(undefined, { tree: repository.top, range, ...timeout }));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    page.say(`mmudelta: warning: the check itself failed: ${inert(message)}`);
    return settings.strict ? 1 : 0;
  }
  const bad = result.patches.some(patch => charged(patch).length > 0 || nfcRefuted(patch));
  if (bad || result.verdict === 'broken') {
    page.say(textReport(result, { ...page, verbose: false, mails: [] }).output);
    return 1;
  }
  const { word, text } = headline(result);
  if (word === 'error' || word === 'inconclusive') {
    page.say(`mmudelta: warning: ${word}: ${text}`);
    return settings.strict ? 1 : 0;
  }
  page.say(`mmudelta: ${word}: ${text}`);
  return 0;
}
