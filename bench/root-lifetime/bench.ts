/** Time to verdict and size, side by side; see README.md. */
import { runOurs, type Verdict } from './ours.ts';
import { isInstalled, runCbmc, runSpin } from './peers.ts';

/** Atomic actions of the shortest counterexamples TLC finds in its model of the same mistakes. */
const TLC_STATES: Readonly<Record<string, number>> = { BUG_PUT_FIRST: 17, BUG_NO_RECHECK: 19 };
const CBMC_VCPUS = 2;

function cell(verdict: Verdict | null): string {
  if (verdict === null) return 'not installed';
  const { ms, states, violated, moves } = verdict;
  const size = states === null ? '' : `, ${states} states`;
  const answer = violated ? `broken${moves === null ? '' : ` after ${moves} moves`}` : 'holds';
  return `${answer} in ${(ms / 1000).toFixed(2)} s${size}`;
}

function line(
  name: string,
  ours: Verdict,
  spin: Verdict | null,
  cbmc: Verdict | null,
  bug: string | null,
): string {
  const expected = bug !== null;
  for (const verdict of [ours, spin, cbmc]) {
    if (verdict !== null && verdict.violated !== expected)
      throw new Error(`${name}: the verdict is wrong`);
  }
  const ratio = spin === null ? '' : ` | ours/SPIN ${(ours.ms / spin.ms).toFixed(2)}`;
  const tlc = bug === null ? '' : ` | TLC ${TLC_STATES[bug]} states`;
  return `${name.padEnd(22)} ours: ${cell(ours)} | SPIN: ${cell(spin)} | CBMC: ${cell(cbmc)}${ratio}${tlc}`;
}

export function rootLifetime(print: (text: string) => void): void {
  const hasSpin = isInstalled('spin') && isInstalled('gcc');
  const hasCbmc = isInstalled('cbmc');
  print('root-lifetime: one root, N vCPUs, one invalidator; compile time included');
  const both = (name: string, vcpus: number, bug: string | null): void => {
    const ours = runOurs(vcpus, bug);
    const spin = hasSpin ? runSpin(vcpus, bug) : null;
    const cbmc = hasCbmc && vcpus <= CBMC_VCPUS ? runCbmc(vcpus, bug) : null;
    print(line(name, ours, spin, cbmc, bug));
  };
  for (const vcpus of [2, 3, 4, 5]) both(`N = ${vcpus}`, vcpus, null);
  for (const bug of Object.keys(TLC_STATES)) both(bug.toLowerCase().replaceAll('_', '-'), 2, bug);
}
