import type { Command } from 'commander';
import type { Scenario } from '../../harness/scenarios/scenario.ts';
import { inert } from '../../report/inert.ts';
import { painter } from '../../report/layout.ts';
import { traceText } from '../../report/trace-text.ts';
import { topicPage } from '../explain/page.ts';
import { findTopic, nearestTopics } from '../explain/topics.ts';
import { emit, exitStatus, pageWidth } from '../output.ts';

export function registerExplain(program: Command): void {
  program
    .command('explain')
    .description('explain an invariant, a scenario, a verdict, or a code of a report')
    .argument('<id>', 'as the report spells it')
    .addHelpText(
      'after',
      '\nExamples:\n  mmudelta explain gifted-reference\n  mmudelta explain inconclusive\n  mmudelta explain unreached-statement',
    )
    .action(async (id: string) => {
      process.exitCode = await explain(id);
    });
}

async function explain(id: string): Promise<number> {
  const topic = findTopic(id);
  if (topic === null) {
    const near = nearestTopics(id).join(', ');
    process.stderr.write(
      `mmudelta: nothing is called ${inert(id.slice(0, 80))}\n  the nearest ids: ${near}\n`,
    );
    return exitStatus.badInput;
  }
  const page = topicPage(topic, pageWidth());
  emit(topic.kind === 'scenario' ? `${page}\n${await exampleText(topic.scenario)}` : page, null);
  return exitStatus.good;
}

async function exampleText(scenario: Scenario): Promise<string> {
  // The engine takes time to load, which the other pages do not have.
  const { exampleRun } = await import('../explain/example-run.ts');
  const run = exampleRun(scenario);
  if (!run.ok) return `no example run: ${inert(run.why)}\n`;
  const lines = traceText(run.trace, pageWidth(), painter(false));
  return ['a run of it on the embedded tree, uninterrupted', ...lines, ''].join('\n');
}
