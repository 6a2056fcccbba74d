/** A result as herd prints it, without its times and hashes: the same result gives the same bytes. */
import type { LitmusResult } from './run.ts';

const EXPECTATION = { exists: 'Allowed', forall: 'Required', '~exists': 'Forbidden' } as const;

export function litmusText(result: LitmusResult): string {
  const { quantifier, condition, name, positive, negative } = result;
  // Witnesses count for the whole condition, the observation for what it quantifies.
  const [good, bad] = quantifier === '~exists' ? [negative, positive] : [positive, negative];
  const lines = [`Test ${name} ${quantifier === null ? 'Required' : EXPECTATION[quantifier]}`];
  lines.push(`States ${result.states.length}`, ...result.states);
  if (condition !== null && quantifier !== null) {
    lines.push(result.ok === true ? 'Ok' : 'No', 'Witnesses', `Positive: ${good} Negative: ${bad}`);
    lines.push(`Condition ${quantifier} (${condition})`);
    lines.push(`Observation ${name} ${result.observation} ${positive} ${negative}`);
  }
  for (const { code, message } of result.problems)
    lines.push(`Warning ${name}: ${message} [${code}]`);
  if (!result.exhaustive) lines.push(`Warning ${name}: there may be more states`);
  return `${lines.join('\n')}\n\n`;
}
