import type { Finding, Searched } from '../harness/ask/answer.ts';
import { inert } from '../report/inert.ts';
import { painter, wrapUnder } from '../report/layout.ts';
import { traceText } from '../report/trace-text.ts';

/** docs/schema/ask.json */
export interface AskData {
  readonly schema: 'mmudelta-ask/1';
  readonly tool: { readonly version: string };
  readonly tree: {
    readonly path: string;
    readonly embedded: boolean;
    readonly kernelVersion: string | null;
    readonly base: string | null;
  };
  /** In its standard form. */
  readonly question: string;
  readonly answer: 'somebody' | 'nobody' | 'unknown';
  readonly exhaustive: boolean;
  readonly unknown: string | null;
  readonly findings: readonly Finding[];
  readonly scenarios: readonly Searched[];
  readonly bounds: {
    readonly states: number;
    readonly memory: 'sc';
    readonly levels: number;
    readonly entriesPerTable: number;
  };
}

export function askText(data: AskData, width: number): string {
  const { tree } = data;
  const where = tree.embedded ? 'the embedded tree' : inert(tree.path);
  const lines = [
    data.question,
    `tree  ${where}${tree.kernelVersion === null ? '' : `, Linux ${inert(tree.kernelVersion)}`}`,
    '',
    ...wrapUnder('', verdict(data), width),
  ];
  data.findings.forEach((f, i) => {
    lines.push('', ...findingLines(f, i + 1, width));
  });
  lines.push('', ...boundLines(data, width));
  return `${lines.join('\n')}\n`;
}

function verdict(data: AskData): string {
  if (data.answer === 'unknown') return `Could not tell, because ${inert(data.unknown ?? '')}.`;
  if (data.answer === 'nobody') return 'Nobody, exhaustively within the bounds below.';
  const n = data.findings.length;
  const who = n === 1 ? 'One answer' : `${n} answers`;
  return data.exhaustive
    ? `${who}, and nobody else within the bounds below.`
    : `${who}; there may be more, since not everything was searched.`;
}

function findingLines(f: Finding, n: number, width: number): string[] {
  const calls = (names: readonly string[], word: string): string =>
    names.map(name => `${inert(name)}()`).join(word);
  const lines = wrapUnder(
    `${n}. `,
    `${inert(f.role)}: ${inert(f.how)}${f.itself ? ' (runs it)' : ''}`,
    width,
  );
  if (f.takenBy.length > 0)
    lines.push(...wrapUnder('   taken by ', calls(f.takenBy, ' in '), width));
  else if (f.standsIn.length > 0 || f.role === 'vcpu')
    lines.push('   taken before the scenario begins');
  if (f.standsIn.length > 0)
    lines.push(...wrapUnder('   now in   ', calls(f.standsIn, ' in '), width));
  lines.push(`   scenario ${f.scenario}, ${f.witness.steps.length} steps`, '');
  return [...lines, ...traceText(f.witness, width, painter(false))];
}

function boundLines(data: AskData, width: number): string[] {
  const { bounds } = data;
  const said = (s: Searched): string => {
    const how = s.why ?? (s.exhaustive ? 'all schedules' : 'not all schedules');
    return `${s.id}: ${s.states} states, ${inert(how)}${s.reached ? '' : '; never gets there'}`;
  };
  return [
    'searched',
    ...data.scenarios.flatMap(s => wrapUnder('  ', said(s), width)),
    ...wrapUnder(
      '',
      `bounds: one vCPU or as the scenario says, ${bounds.entriesPerTable} entries a table, at most ${bounds.states} states a scenario, sequential consistency`,
      width,
    ),
  ];
}
