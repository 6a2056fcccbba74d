import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { exampleRun } from '../../src/cli/explain/example-run.ts';
import { intakeCodes } from '../../src/cli/explain/intake-codes.ts';
import { topicPage } from '../../src/cli/explain/page.ts';
import { findTopic, nearestTopics, topics } from '../../src/cli/explain/topics.ts';
import { findScenario } from '../../src/harness/scenarios/all.ts';
import { baseId } from '../../src/harness/scenarios/variants.ts';
import { textWidth } from '../../src/report/layout.ts';
import { codesInSource } from './codes-in-source.ts';

const root = new URL('../../', import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const inSource = codesInSource(fileURLToPath(new URL('src', root)));

/** An errno of ours, which is shown as `system-error`. */
const notShown = new Set(['missing-object']);

describe('explain', () => {
  test('every code that the sources give has a page', () => {
    expect(inSource.size).toBeGreaterThan(80);
    const missing = [...inSource].filter(([c]) => !notShown.has(c) && findTopic(c) === null);
    expect(missing).toEqual([]);
  });

  test('no page is about a code that nothing gives', () => {
    // What a place without a reason gets.
    const elsewhere = new Set(['unsupported']);
    const idle = topics.filter(
      t => t.kind === 'code' && !inSource.has(t.id) && !elsewhere.has(t.id),
    );
    expect(idle.map(t => t.id)).toEqual([]);
  });

  test('ids are said once', () => {
    const ids = topics.map(t => t.id);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });

  test('the table of the intake says the same', () => {
    const rows = text('docs/intake.md').match(/^\| `[a-z-]+` \|.*$/gm) ?? [];
    const plain = rows.map(row => row.replaceAll('`', ''));
    const own = intakeCodes.map(e => `| ${e.code} | ${e.means} | ${e.todo ?? ''} |`);
    const squeeze = (row: string): string => row.replaceAll(/ +/g, ' ');
    for (const row of own) expect(plain.map(squeeze)).toContain(squeeze(row));
  });

  test.each(topics.map(t => [t.id, t] as const))('%s has a page of 80 columns', (id, topic) => {
    const page = topicPage(topic, 80);
    expect(page.startsWith(`${id}: `)).toBe(true);
    expect(page.split('\n').filter(line => textWidth(line) > 80)).toEqual([]);
    if (topic.kind === 'invariant') {
      expect(page).toMatch(/^source {3}\S/m);
      expect(page).toMatch(/^ {2}1\. \S/m);
    }
    const documented = { invariant: 'invariants', scenario: 'scenarios', word: 'codes' } as const;
    if (topic.kind !== 'code')
      expect(text(`docs/${documented[topic.kind]}.md`)).toContain(baseId(id));
    else
      expect(text(topic.area === 'intake' ? 'docs/intake.md' : 'docs/codes.md')).toContain(
        `\`${id}\``,
      );
  });

  test.each([
    ['gifted-refrence', 'gifted-reference'],
    ['gifted', 'gifted-reference'],
    ['Broken', 'broken'],
    ['unmapp', 'unmap'],
    ['syntax', 'c/syntax'],
  ])('%s is near %s', (wrong, right) => {
    expect(findTopic(wrong)).toBeNull();
    expect(nearestTopics(wrong)).toContain(right);
  });

  test('a name of any length has neighbours', () => {
    expect(nearestTopics('')).toHaveLength(3);
    expect(nearestTopics('x'.repeat(100_000))).toHaveLength(3);
  });
});

describe('a run of a scenario', () => {
  test('shows every thread', () => {
    const scenario = findScenario('unmap');
    if (scenario === null) throw new Error('no scenario unmap');
    const run = exampleRun(scenario);
    if (!run.ok) throw new Error(run.why);
    const threads = new Set(run.trace.steps.map(s => s.thread));
    expect([...threads].sort()).toEqual(scenario.threads.map((_, i) => i));
    expect(run.trace.violation).toBeNull();
  });

  test('says what the embedded tree lacks', () => {
    const scenario = findScenario('nested-unmap');
    if (scenario === null) throw new Error('no scenario nested-unmap');
    expect(exampleRun(scenario)).toMatchObject({ ok: false, why: expect.stringContaining('no ') });
  });
});
