/** Why a patch could not be judged, as data. */
import type { Touched } from '../diff/touched.ts';
import type { InconclusiveReason } from '../result.ts';

export const reason = (
  code: string,
  message: string,
  file: string | null = null,
  line: number | null = null,
): InconclusiveReason => ({ code, message, file, line });

/** Initialisers and build-time constants outside functions are not compared by the models. */
export function globalReasons(touched: Touched): InconclusiveReason[] {
  return touched.entities
    .filter(e => e.kind === 'global' && e.change !== 'renamed')
    .map(e =>
      reason(
        'global-changed',
        `the definition of ${e.name} changes, which the models do not compare`,
        e.file,
        e.after?.first ?? null,
      ),
    );
}

export function unique(reasons: readonly InconclusiveReason[]): InconclusiveReason[] {
  const seen = new Set<string>();
  return reasons.filter(r => {
    const key = `${r.code} ${r.message} ${r.file}:${r.line}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
