/** From findings to the five verdicts. */
import type { Diagnostic } from '../diagnostic.ts';
import type { NfcClaim, PatchResult, Verdict } from '../result.ts';
import type { PatchComparison } from './patch.ts';

export function patchVerdict(
  claimed: boolean,
  c: PatchComparison,
): { verdict: Verdict; nfc: NfcClaim } {
  const verdict = verdictOf(c);
  return { verdict, nfc: { claimed, ...nfcOf(verdict, c) } };
}

function verdictOf(c: PatchComparison): Verdict {
  if (c.untouched) return 'untouched';
  if (c.violations.some(v => v.status === 'introduced')) return 'broken';
  if (
    c.inconclusive.length > 0 &&
    c.deltas.length === 0 &&
    !c.violations.some(v => v.status === 'fixed')
  )
    return 'inconclusive';
  if (c.deltas.length > 0 || c.violations.some(v => v.status === 'fixed')) return 'changed';
  return 'equivalent';
}

function nfcOf(verdict: Verdict, c: PatchComparison): Omit<NfcClaim, 'claimed'> {
  switch (verdict) {
    case 'untouched':
      return { holds: true, why: 'no token that the MMU is built from differs' };
    case 'broken':
      return { holds: false, why: 'it breaks an invariant' };
    case 'inconclusive':
      return { holds: null, why: 'it could not be decided, see the reasons' };
    case 'equivalent':
      return {
        holds: true,
        why:
          c.changed.size === 0
            ? 'the code means the same'
            : 'same outcomes, same order of visible events, same violations',
      };
    case 'changed': {
      const outcomes = c.deltas.some(d => d.kind === 'outcome');
      const fixed = c.violations.some(v => v.status === 'fixed');
      if (outcomes || fixed)
        return {
          holds: false,
          why: outcomes
            ? 'the possible outcomes differ'
            : 'a violation that was possible before no longer is',
        };
      if (c.inconclusive.length > 0)
        return {
          holds: null,
          why: 'the outcomes seen are the same, but not everything could be seen',
        };
      return { holds: true, why: 'same outcomes; only the order of visible events differs' };
    }
  }
}

const WORST: readonly Verdict[] = ['broken', 'inconclusive', 'changed', 'equivalent', 'untouched'];

export function seriesVerdict(
  patches: readonly PatchResult[],
  diagnostics: readonly Diagnostic[],
): Verdict {
  const verdicts = patches.map(p => p.verdict);
  if (diagnostics.some(d => d.severity === 'error') && !verdicts.includes('broken'))
    return 'inconclusive';
  return WORST.find(v => verdicts.includes(v)) ?? 'untouched';
}
