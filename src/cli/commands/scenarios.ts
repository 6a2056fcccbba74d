import { type Command, Option } from 'commander';
import { findScenario, scenarios } from '../../harness/scenarios/all.ts';
import { type Scenario, scenarioText } from '../../harness/scenarios/describe.ts';
import { emit, exitStatus } from '../output.ts';

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
  const chosen: readonly Scenario[] =
    id === undefined ? scenarios : [findScenario(id)].filter(s => s !== null);
  if (chosen.length === 0) {
    process.stderr.write(`mmudelta: no scenario has that name; mmudelta scenarios lists them\n`);
    return exitStatus.badInput;
  }
  if (format === 'json') emit(`${JSON.stringify(chosen, null, 2)}\n`, null);
  else if (id === undefined)
    emit(`${chosen.map(s => `${s.id.padEnd(32)} ${s.title}`).join('\n')}\n`, null);
  else emit(scenarioText(chosen[0] as Scenario), null);
  return exitStatus.good;
}
