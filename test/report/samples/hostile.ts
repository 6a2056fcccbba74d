import type { CheckResult } from '../../../src/result.ts';
import { broken } from './broken.ts';

/** Every way out that a string from a mail or a tree might try. */
export const hostileText = [
  '\u001b[2J\u001b]0;owned\u0007',
  '\u009b31m',
  '\u202e\u2066\u200b',
  '<script>window.owned=1</script><img src=x onerror="window.owned=1">',
  '</script><!--',
  ']]>',
  '"onload="window.owned=1',
  '\r\nBcc: victim@example.org\r\n\r\nSigned-off-by: x\n',
  '%s%n$' + '{x}`id`$(id)',
  'javascript:window.owned=1',
  '\u0000\u0001\ud800\ufffe',
].join(' ');

/** Keys whose values are a closed set of words: no attacker chooses these. */
const closed = new Set([
  'schema',
  'memory',
  'verdict',
  'status',
  'kind',
  'change',
  'reach',
  'severity',
  'which',
]);

function poison(value: unknown, key: string): unknown {
  if (typeof value === 'string') return closed.has(key) ? value : `${hostileText} ${value}`;
  if (Array.isArray(value)) return value.map(item => poison(item, key));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, poison(v, k)]));
  }
  return value;
}

/** `broken`, with every free string made hostile. */
export const hostile = poison(broken, '') as CheckResult;
