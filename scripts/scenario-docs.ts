/** Writes the sections of docs/scenarios.md from the definitions of the scenarios: `npx tsx scripts/scenario-docs.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { scenarios } from '../src/harness/scenarios/all.ts';
import type { Scenario } from '../src/harness/scenarios/scenario.ts';
import { baseId } from '../src/harness/scenarios/variants.ts';

const file = fileURLToPath(new URL('../docs/scenarios.md', import.meta.url));

/** Said at the top for all, or of no interest to a reader. */
const USUAL = ['MMD_LEVELS=2'];

const sentence = (text: string): string => `${text.replace(/\.$/, '')}.`;

function section(s: Scenario, ids: ReadonlySet<string>): string {
  const bounds = Object.entries(s.defines)
    .map(([name, value]) => `${name}=${value}`)
    .filter(text => !USUAL.includes(text))
    .map(text => `\`${text}\``);
  const facts = [
    `Source: ${sentence(s.source)}`,
    `Size: ${[
      s.size,
      ...(ids.has(`${s.id}-2`) ? ['also with two vCPUs'] : []),
      ...(ids.has(`${s.id}-boundaries`) ? ['also at the boundaries'] : []),
      ...(ids.has(`legacy-${s.id}`) ? ['also with the TDP MMU off'] : []),
    ].join('; ')}.`,
    ...(bounds.length === 0 ? [] : [`Bounds: ${bounds.join(', ')}.`]),
  ];
  return [
    `## ${s.id}`,
    '',
    `${sentence(s.title)} ${sentence(s.why)}`,
    '',
    ...s.threads.map(t => `- ${t.id}: ${t.op}`),
    '',
    facts.join(' '),
    '',
  ].join('\n');
}

/** The page with its introduction as it is. */
export function scenarioPage(page: string): string {
  const ids = new Set(scenarios.map(s => s.id));
  // Variants are told of at the top of the page.
  const plain = scenarios.filter(s => baseId(s.id) === s.id).sort((a, b) => (a.id < b.id ? -1 : 1));
  const introduction = page.slice(0, page.indexOf('\n## ') + 1);
  return `${introduction}${plain.map(s => section(s, ids)).join('\n')}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(file, scenarioPage(readFileSync(file, 'utf8')));
