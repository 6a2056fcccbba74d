import { type Command, Option } from 'commander';
import { findScenario, scenarios } from '../../harness/scenarios/all.ts';
import type { Scenario } from '../../harness/scenarios/scenario.ts';
import { topicPage } from '../explain/page.ts';
import { emit, exitStatus, pageWidth } from '../output.ts';

export function registerScenarios(program: Command): void {
  program
    .command('scenarios')
    .description('list the scenarios: who runs against whom')
    .argument('[id]', 'show this one in full')
    .addOption(
      new Option('--format <format>', 'how to say it').choices(['text', 'json']).default('text'),
    )
    .addHelpText('after', '\nExample:\n  mmudelta scenarios memslot-delete')
    .action((id: string | undefined, options: { format: 'text' | 'json' }) => {
      process.exitCode = show(id, options.format);
    });
}

function show(id: string | undefined, format: 'text' | 'json'): number {
  if (id === undefined) {
    const list = scenarios.map(s => `${s.id.padEnd(32)} ${s.title}`).join('\n');
    emit(`${format === 'json' ? JSON.stringify(scenarios, null, 2) : list}\n`, null);
    return exitStatus.good;
  }
  const scenario: Scenario | null = findScenario(id);
  if (scenario === null) {
    process.stderr.write(`mmudelta: no scenario has that name; mmudelta scenarios lists them\n`);
    return exitStatus.badInput;
  }
  if (format === 'json') emit(`${JSON.stringify([scenario], null, 2)}\n`, null);
  else emit(topicPage({ kind: 'scenario', id, scenario }, pageWidth()), null);
  return exitStatus.good;
}
