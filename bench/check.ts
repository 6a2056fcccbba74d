/** A check as a user runs it, on the embedded tree. */
import { fileURLToPath } from 'node:url';
import { runCheck } from '../src/cli/run-check.ts';
import { measured, stopwatch } from './yardstick.ts';

const series = (name: string): string =>
  fileURLToPath(new URL(`../patches/${name}/series.mbox`, import.meta.url));

/** Equal models and equal code first: nothing should be searched twice, or at all. */
const cases = ['comment-only', 'rename-helper', 'request-outside-section'];

export async function wholeCheck(
  print: (text: string) => void,
  yardstickMs: number,
): Promise<void> {
  for (const name of cases) {
    const stop = stopwatch();
    const { result } = await runCheck(series(name), { jobs: 1 });
    const spent = stop();
    const states = result.patches.flatMap(p => p.scenarios).reduce((sum, s) => sum + s.states, 0);
    print(
      `check of ${name}: ${measured(spent, yardstickMs)}, ${result.verdict}, ${states} states on both sides`,
    );
  }
}
