import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Format, reporters } from '../../src/report/formats.ts';
import { inert, shellQuote } from '../../src/report/inert.ts';
import { textWidth, truncate, wrap } from '../../src/report/layout.ts';
import { ranges } from '../../src/report/summary.ts';
import type { CheckResult, Trace } from '../../src/result.ts';
import { trace } from './samples/broken.ts';
import { twelve } from './samples/others.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    '',
    ' ',
    '<',
    '\u001b[31m',
    '\u202e',
    '../../x',
    '-by: x',
    'From x',
    '{0}',
    '[a](b)',
    '漢字漢字',
  ),
);
const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.option(value, { nil: null });
const count = fc.nat({ max: 1e7 });
const small = fc.integer({ min: 1, max: 9 });
const list = <T>(value: fc.Arbitrary<T>, maxLength = 4): fc.Arbitrary<T[]> =>
  fc.array(value, { maxLength });
const word = <T extends string>(...words: T[]): fc.Arbitrary<T> => fc.constantFrom(...words);

const geometry = fc.record({
  levels: small,
  entriesPerTable: small,
  overrides: list(fc.record({ name: text, value: text }), 2),
});
const memory = word('tso', 'sc');
const step = fc.record({
  thread: fc.integer({ min: -1, max: 4 }),
  kind: word('step', 'choice', 'hardware', 'callback', 'store'),
  label: text,
  helper: orNull(text),
  file: orNull(text),
  line: orNull(small),
  source: orNull(text),
  events: list(
    fc.record({
      kind: word(
        'lock',
        'unlock',
        'rcu',
        'spte',
        'flush',
        'request',
        'alloc',
        'free',
        'refcount',
        'list',
        'guest',
        'yield',
        'check',
        'warn',
      ),
      text,
    }),
    3,
  ),
  choice: orNull(count),
  state: list(fc.record({ title: text, rows: list(fc.record({ name: text, value: text }), 3) }), 2),
});
const schedule: fc.Arbitrary<Trace> = fc.record({
  scenario: text,
  side: fc.record({ patch: small, which: word('before', 'after') }),
  threads: list(fc.record({ id: fc.nat(4), name: text, role: text }), 6),
  steps: list(step, 12),
  violation: orNull(fc.record({ invariant: text, text, thread: orNull(fc.nat(4)) })),
  replay: fc.record({ schedule: list(count), memory, geometry, axes: list(text) }),
  notes: list(text, 2),
});
const patch = fc.record({
  index: small,
  total: small,
  subject: text,
  messageId: orNull(text),
  author: text,
  helpers: list(
    fc.record({
      name: text,
      file: text,
      change: word('modified', 'added', 'removed', 'renamed'),
      reach: word('direct', 'macro', 'type', 'callee'),
    }),
  ),
  verdict: word('equivalent', 'changed', 'broken', 'inconclusive', 'untouched'),
  nfc: fc.record({ claimed: fc.boolean(), holds: orNull(fc.boolean()), why: orNull(text) }),
  violations: list(
    fc.record({
      invariant: text,
      status: word('introduced', 'pre-existing', 'fixed', 'transient'),
      fixedBy: orNull(small),
      scenario: text,
      site: orNull(fc.record({ helper: text, file: text, line: small })),
      summary: text,
      identity: text,
      counterexample: orNull(schedule),
    }),
    3,
  ),
  deltas: list(
    fc.record({
      kind: word('outcome', 'protocol', 'cost'),
      scenario: text,
      thread: orNull(text),
      helper: orNull(text),
      summary: text,
      before: orNull(text),
      after: orNull(text),
      witness: orNull(schedule),
    }),
    2,
  ),
  scenarios: list(
    fc.record({
      id: text,
      axes: list(text, 2),
      ran: fc.boolean(),
      exhaustive: fc.boolean(),
      states: count,
      transitions: count,
      ms: orNull(count),
      bounds: fc.record({
        threads: small,
        preemptions: orNull(count),
        states: orNull(count),
        yields: orNull(count),
        timeoutSeconds: orNull(count),
      }),
      why: orNull(text),
    }),
  ),
  inconclusive: list(
    fc.record({ code: text, message: text, file: orNull(text), line: orNull(small) }),
    2,
  ),
});
const anyResult: fc.Arbitrary<CheckResult> = fc.record({
  schema: fc.constant('mmudelta/1' as const),
  tool: fc.record({ version: text, arguments: list(text) }),
  tree: fc.record({
    path: text,
    embedded: fc.boolean(),
    kernelVersion: orNull(text),
    base: orNull(text),
    baseRule: text,
  }),
  memory,
  geometry,
  seed: count,
  series: fc.record({
    subject: text,
    version: orNull(text),
    total: count,
    coverLetter: orNull(text),
    missing: list(small),
    reconstructed: fc.boolean(),
  }),
  verdict: word('equivalent', 'changed', 'broken', 'inconclusive', 'untouched'),
  patches: list(patch, 3),
  diagnostics: list(
    fc.record({
      severity: word('error', 'warning', 'note'),
      code: text,
      message: text,
      patch: orNull(small),
      file: orNull(text),
      line: orNull(small),
    }),
    2,
  ),
});

const mailOf = (result: CheckResult) =>
  result.patches.map(p => ({
    index: p.index,
    messageId: p.messageId,
    subject: p.subject,
    from: p.author,
    to: p.subject,
    cc: p.author,
    date: p.subject,
    references: [p.subject],
    body: `${p.subject}\nno functional change\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+${p.author.replaceAll('\n', ' ')}\n`,
  }));

describe('whatever a result holds', () => {
  test.each(Object.keys(reporters) as Format[])('%s shows it and does nothing', format => {
    fc.assert(
      fc.property(anyResult, fc.boolean(), (result, verbose) => {
        const options = { color: false, width: 80, verbose, mails: mailOf(result) };
        const { output, exitStatus } = reporters[format](result, options);
        expect(output).not.toMatch(/[^\n\t\P{Cc}]|\p{Cf}|\p{Zl}|\p{Zp}|\p{Cs}/u);
        expect([0, 1, 2, 3]).toContain(exitStatus);
        expect(reporters[format](result, options).output).toBe(output);
      }),
      { numRuns: 60 },
    );
  });

  test('the schema describes it', () => {
    const file = new URL('../../docs/schema/check.json', import.meta.url);
    const schema = JSON.parse(readFileSync(file, 'utf8')) as object;
    const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema);
    fc.assert(
      fc.property(anyResult, result => {
        validate(result);
        expect(validate.errors ?? []).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

test('a quoted argument comes back from a shell as it was', async () => {
  const { execFileSync } = await import('node:child_process');
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 8 }), words => {
      const clean = words.map(w => w.replaceAll('\0', ''));
      const script = `printf '%s\\0' x ${clean.map(shellQuote).join(' ')}`;
      expect(inert(script)).toBe(script);
      const out = execFileSync('bash', ['-c', script], { encoding: 'utf8' });
      expect(out.split('\0').slice(1, -1)).toEqual(clean);
    }),
    { numRuns: 25 },
  );
});

test('wrapping keeps every character and the width', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 40 }), (raw, width) => {
      const line = inert(raw);
      const lines = wrap(line, width);
      for (const each of lines) expect(textWidth(each)).toBeLessThanOrEqual(width);
      expect(lines.join('').replaceAll(' ', '')).toBe(line.replaceAll(' ', ''));
      expect(textWidth(truncate(line, width))).toBeLessThanOrEqual(width);
    }),
  );
});

test.each([
  [[], ''],
  [[3], '3'],
  [[1, 2], '1, 2'],
  [[7, 1, 2, 3, 3], '1-3, 7'],
])('ranges of %j are %s', (numbers, expected) => {
  expect(ranges(numbers)).toBe(expected);
});

test('reports of a long series with long schedules take less than 0.3 s each', () => {
  const steps = Array.from({ length: 200 }, (_, i) => trace.steps[i % trace.steps.length]!);
  const long = { ...trace, steps };
  const patches = twelve.patches.map(p => ({
    ...p,
    violations: p.violations.map(v => ({ ...v, counterexample: long })),
  }));
  for (const [format, reporter] of Object.entries(reporters)) {
    const started = performance.now();
    reporter(
      { ...twelve, patches },
      { color: true, width: 80, verbose: true, mails: mailOf(twelve) },
    );
    expect(performance.now() - started, format).toBeLessThan(300);
  }
});
