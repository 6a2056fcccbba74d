import { type Command, Option } from 'commander';
import { invariants } from '../../harness/invariants/all.ts';
import type { Invariant } from '../../harness/invariants/invariant.ts';
import { inertJson } from '../../report/json.ts';
import { wrapUnder } from '../../report/layout.ts';
import { emit, exitStatus, pageWidth } from '../output.ts';

export function registerInvariants(program: Command): void {
  program
    .command('invariants')
    .description('list what must hold: rules of the MMU, and of any kernel code')
    .addOption(
      new Option('--format <format>', 'how to say it').choices(['text', 'json']).default('text'),
    )
    .option('-o, --output <file>', 'write it there')
    .addHelpText('after', '\nExample:\n  mmudelta invariants --format json')
    .action((options: { format: 'text' | 'json'; output?: string }) => {
      const text = options.format === 'json' ? invariantsJson() : invariantsText(pageWidth());
      emit(text, options.output ?? null);
      process.exitCode = exitStatus.good;
    });
}

/** docs/schema/invariants.json */
function invariantsJson(): string {
  return `${inertJson({ schema: 'mmudelta-invariants/1', invariants })}\n`;
}

function invariantsText(width: number): string {
  const longest = Math.max(...invariants.map(i => i.id.length));
  const lines = (scope: Invariant['scope']): string[] =>
    invariants
      .filter(i => i.scope === scope)
      .flatMap(i => wrapUnder(`  ${i.id.padEnd(longest)}  `, i.says, width));
  return [
    'Rules of the MMU',
    ...lines('protocol'),
    '',
    'Rules of any kernel code',
    ...lines('always'),
    '',
    'mmudelta explain ID says why, and shows a run that breaks the rule.',
    '',
  ].join('\n');
}
