/** A topic as a page of text. Every word of it is the program's own. */
import type { Invariant } from '../../harness/invariants/invariant.ts';
import type { Scenario } from '../../harness/scenarios/scenario.ts';
import { wrap, wrapUnder } from '../../report/layout.ts';
import type { CodeEntry, WordEntry } from './entry.ts';
import type { CodeArea, Topic } from './topics.ts';

const where: Readonly<Record<CodeArea, string>> = {
  intake: 'a diagnostic of reading mails and trees (docs/intake.md)',
  C: 'a diagnostic of the C front end',
  lifting: 'a reason why C has no model; what depends on it is inconclusive',
  check: 'said of a check; as a reason it makes a patch inconclusive',
  litmus: 'a problem of mmudelta litmus',
};

export function topicPage(topic: Topic, width: number): string {
  const lines = pageLines(topic, width);
  return `${lines.join('\n')}\n`;
}

function pageLines(topic: Topic, width: number): string[] {
  switch (topic.kind) {
    case 'invariant':
      return invariantPage(topic.invariant, width);
    case 'scenario':
      return scenarioPage(topic.scenario, width);
    case 'word':
      return wordPage(topic.word, width);
    case 'code':
      return codePage(topic.entry, topic.area, width);
  }
}

const numbered = (lines: readonly string[], width: number): string[] =>
  lines.flatMap((line, i) => wrapUnder(`  ${i + 1}. `, line, width));

function invariantPage(invariant: Invariant, width: number): string[] {
  const { id, scope, says, why, source, example } = invariant;
  const kind = scope === 'protocol' ? 'a rule of the MMU' : 'holds for any kernel code';
  return [
    `${id}: invariant, ${kind}`,
    '',
    ...wrap(says, width),
    '',
    ...wrapUnder('why      ', why, width),
    ...wrapUnder('source   ', source, width),
    '',
    'a run that breaks it',
    ...numbered(example, width),
  ];
}

function wordPage({ word, kind, means, rules, example }: WordEntry, width: number): string[] {
  return [
    `${word}: ${kind}`,
    '',
    ...wrap(means, width),
    '',
    ...rules.flatMap(rule => wrapUnder('- ', rule, width)),
    '',
    'as a report says it',
    ...example.map(line => `  ${line}`),
  ];
}

function scenarioPage(s: Scenario, width: number): string[] {
  const { paging, accessedDirty, quirk, vcpus, smm } = s.axes;
  const axes = `${paging}, A/D bits ${accessedDirty ? 'on' : 'off'}, quirk ${quirk}, ${vcpus} vCPU${vcpus === 1 ? '' : 's'}${smm ? ', SMM' : ''}`;
  const defines = Object.entries(s.defines).map(([name, value]) => `  ${name} ${value}`);
  const column = Math.max(...s.threads.map(t => t.id.length)) + 2;
  return [
    `${s.id}: scenario`,
    '',
    ...wrap(`${s.title}. ${s.why}`, width),
    '',
    ...wrapUnder('source   ', s.source, width),
    ...wrapUnder('axes     ', axes, width),
    `size     ${s.size}`,
    '',
    'threads',
    ...s.threads.flatMap(t => wrapUnder(`  ${t.id.padEnd(column)}`, `${t.op} (${t.entry})`, width)),
    '',
    'entry points',
    ...s.entryPoints.map(e => `  ${e}()`),
    ...(defines.length > 0 ? ['', 'bounds', ...defines] : []),
  ];
}

const sentence = (text: string): string => {
  const start = /^[a-z]+ /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.:!?)]$/.test(start) ? start : `${start}.`;
};

function codePage({ code, means, todo }: CodeEntry, area: CodeArea, width: number): string[] {
  return [
    `${code}: ${where[area]}`,
    '',
    ...wrap(sentence(means), width),
    ...(todo === null ? [] : ['', ...wrapUnder('what to do   ', todo, width)]),
  ];
}
