import { existsSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { type Format, isFormat, reporters } from '../../src/report/formats.ts';
import { readReviewMail } from '../../src/report/mail/review-mail.ts';
import type { ReportOptions } from '../../src/report/report.ts';
import { defaultOptions } from '../../src/report/report.ts';
import { sarifReport } from '../../src/report/sarif.ts';
import { exitStatus } from '../../src/result.ts';
import { samples } from './samples/all.ts';
import { rawMails } from './samples/mail.ts';

const endings: Readonly<Record<Format, string>> = {
  text: 'txt',
  json: 'json',
  sarif: 'sarif',
  html: 'html',
  mail: 'mbox',
  junit: 'xml',
};

function report(format: string, name: string, options: Partial<ReportOptions> = {}): string {
  const sample = samples[name];
  if (!isFormat(format) || !sample) throw new Error(`${format} ${name}`);
  const mails = sample.patches.map(p => readReviewMail(p.index, rawMails['8bit'] ?? ''));
  return reporters[format](sample, { ...defaultOptions, mails, ...options }).output;
}

const everyReport = (Object.keys(reporters) as Format[]).flatMap(format =>
  Object.keys(samples).map(name => [format, name] as const),
);

/** A reader of a changed golden file learns nothing from a second large one. */
const golden = everyReport.filter(
  ([format, name]) =>
    name !== 'hostile' && !(name === 'twelve' && ['html', 'json', 'sarif'].includes(format)),
);

test.each([...golden, ['text', 'hostile'] as const])(
  '%s of %s is as it was',
  async (format, name) => {
    const file = `../golden/report/${name}.${endings[format]}`;
    await expect(report(format, name)).toMatchFileSnapshot(file);
  },
);

test.each(everyReport)('%s of %s has nothing a terminal acts on', (format, name) => {
  expect(report(format, name, { verbose: true })).not.toMatch(
    /[^\n\t\P{Cc}]|\p{Cf}|\p{Zl}|\p{Zp}|\p{Cs}|\nBcc/u,
  );
});

test.each(everyReport)('%s of %s gives its exit status', (format, name) => {
  const sample = samples[name]!;
  expect(reporters[format](sample, defaultOptions).exitStatus).toBe(exitStatus(sample));
});

describe('text', () => {
  test.each(
    Object.keys(samples).flatMap(name => [40, 60, 80, 132].map(width => [name, width] as const)),
  )('%s fits %i columns', (name, width) => {
    // What a shell has to read back as it stands is not cut: one long word may stick out.
    const lines = report('text', name, { width, verbose: true }).split('\n');
    const over = lines.filter(line => line.length > width && !line.includes("$'"));
    expect(over).toEqual([]);
  });

  test('says the answer in the first line', () => {
    const first = (name: string): string => report('text', name).split('\n')[0] ?? '';
    expect(first('broken')).toBe('broken: patch 2/2 breaks spte-outlives-memslot, quirk-read-once');
    expect(first('equivalent')).toMatch(/^equivalent: no difference/);
    expect(first('inconclusive')).toMatch(/^inconclusive: patch 1\/1/);
    expect(first('failed')).toMatch(/^error: hunk 2 of patch 1/);
  });

  test('colours change nothing but the colours', () => {
    const esc = String.fromCharCode(27);
    const colored = report('text', 'broken', { color: true });
    expect(colored).toContain(`${esc}[31mbroken`);
    expect(colored.replaceAll(new RegExp(`${esc}\\[[0-9]+m`, 'g'), '')).toBe(
      report('text', 'broken'),
    );
  });

  test('says times only when asked', () => {
    expect(report('text', 'broken')).not.toMatch(/\d ms/);
    expect(report('text', 'broken', { verbose: true })).toMatch(/412 ms/);
  });

  test.each(Object.keys(samples))(
    '%s says base, machine, coverage and how to get it again',
    name => {
      const text = report('text', name);
      for (const word of ['base', 'machine', 'again'])
        expect(text).toMatch(new RegExp(`^${word} `, 'm'));
      if ((samples[name]?.patches.length ?? 0) > 0) expect(text).toMatch(/^scenarios /m);
    },
  );
});

describe('json', () => {
  test.each(Object.keys(samples))('%s reads back as it was', name => {
    expect(JSON.parse(report('json', name, { verbose: true }))).toEqual(
      JSON.parse(JSON.stringify(samples[name])),
    );
  });

  test('holds no times unless asked', () => {
    expect(report('json', 'broken')).not.toContain('412');
  });
});

describe('sarif', () => {
  const schemaFile = process.env['SARIF_SCHEMA'] ?? '';

  test.skipIf(!existsSync(schemaFile)).each(Object.keys(samples))('%s is SARIF 2.1.0', name => {
    const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false });
    addFormats.default(ajv);
    const schema = JSON.parse(readFileSync(schemaFile, 'utf8')) as Record<string, unknown>;
    delete schema['$schema'];
    delete schema['id'];
    const validate = ajv.compile(schema);
    validate(JSON.parse(report('sarif', name)));
    expect(validate.errors ?? []).toEqual([]);
  });

  interface SarifRun {
    tool: { driver: { rules: { id: string; properties: { tags: string[] } }[] } };
    results: {
      ruleId: string;
      locations: { physicalLocation: { artifactLocation: { uri: string } } }[];
      partialFingerprints: Record<string, string>;
      codeFlows?: { threadFlows: { locations: { executionOrder: number }[] }[] }[];
    }[];
  }

  function sarifRun(name: string): SarifRun {
    const log = JSON.parse(report('sarif', name)) as { runs: SarifRun[] };
    return log.runs[0]!;
  }

  test.each(Object.keys(samples))('%s: every result has its rule and one place', name => {
    const found = sarifRun(name);
    const rules = found.tool.driver.rules.map(r => r.id);
    for (const result of found.results) {
      expect(rules).toContain(result.ruleId);
      expect(result.locations).toHaveLength(1);
      const uri = result.locations[0]?.physicalLocation.artifactLocation.uri ?? '';
      expect(uri).not.toMatch(/^\/|\.\.|:|[\s<>"]/);
    }
    const prints = found.results.map(r => r.partialFingerprints['mmudeltaIdentity/v1']);
    expect(new Set(prints).size).toBe(prints.length);
    expect(found.tool.driver.rules.every(r => r.properties.tags.length <= 20)).toBe(true);
  });

  test('code flows keep the order of the schedule over all threads', () => {
    const flows = sarifRun('broken').results[0]?.codeFlows?.[0]?.threadFlows ?? [];
    expect(flows).toHaveLength(3);
    const orders = flows.flatMap(f => f.locations.map(l => l.executionOrder));
    expect(orders.sort((a, b) => a - b)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
  });

  test('fingerprints do not depend on lines', () => {
    const moved = structuredClone(samples['broken']!) as unknown as {
      patches: { violations: { site: { line: number } | null }[] }[];
    };
    for (const p of moved.patches) for (const v of p.violations) if (v.site) v.site.line += 100;
    const prints = (text: string): string[] => text.match(/"mmudeltaIdentity.*/g) ?? [];
    const after = sarifReport(moved as never, defaultOptions).output;
    expect(prints(after)).toEqual(prints(report('sarif', 'broken')));
  });
});

describe('junit', () => {
  test.each(Object.keys(samples))('%s is well-formed', name => {
    const text = report('junit', name);
    const open: string[] = [];
    for (const [, close, tag = '', self] of text.matchAll(
      /<(\/?)([a-z]+)(?:"[^"]*"|[^>"])*?(\/?)>/g,
    )) {
      if (close) expect(open.pop()).toBe(tag);
      else if (!self) open.push(tag);
    }
    expect(open).toEqual([]);
    expect(text.replaceAll(/&(?:lt|gt|amp|quot|apos);/g, '')).not.toContain('&');
  });

  test('counts what fails', () => {
    expect(report('junit', 'broken')).toContain('tests="11" failures="4" errors="0" skipped="1"');
    expect(report('junit', 'failed')).toContain('errors="1"');
  });
});
