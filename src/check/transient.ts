/** A violation one patch introduces and a later one removes is transient: a bisection could land on it. */
import type { PatchResult } from '../result.ts';

export function settleTransients(patches: readonly PatchResult[]): PatchResult[] {
  return patches.map((patch, k) => ({
    ...patch,
    violations: patch.violations.map(v => {
      if (v.status !== 'introduced') return v;
      const fixer = patches
        .slice(k + 1)
        .find(p =>
          p.violations.some(
            w => w.status === 'fixed' && w.identity === v.identity && w.scenario === v.scenario,
          ),
        );
      return fixer === undefined ? v : { ...v, status: 'transient' as const, fixedBy: fixer.index };
    }),
  }));
}
