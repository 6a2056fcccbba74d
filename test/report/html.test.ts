import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { barsOf } from '../../src/report/html/bars.ts';
import { html } from '../../src/report/html/escape.ts';
import { htmlReport } from '../../src/report/html/page.ts';
import { embeddedJson, stateData } from '../../src/report/html/state-data.ts';
import { style } from '../../src/report/html/style.ts';
import { defaultOptions } from '../../src/report/report.ts';
import type { CheckResult, Trace } from '../../src/result.ts';
import { exitStatus } from '../../src/result.ts';
import { samples } from './samples/all.ts';
import { trace } from './samples/broken.ts';
import { hostileText } from './samples/hostile.ts';

function pageOf(sample: CheckResult): string {
  return htmlReport(sample, { ...defaultOptions, verbose: true }).output;
}

const ownTags =
  'html head meta title style body a p header h1 h2 h3 h4 span main table thead tbody tr th td caption small br pre div article section details summary ul li code dl dt dd i b button input output script'.split(
    ' ',
  );
const ownAttributes =
  /^(lang|class|charset|http-equiv|content|name|href|scope|id|title|role|type|min|max|value|open|tabindex|aria-[a-z]+|data-[a-z]+)$/;

describe('the page', () => {
  test.each(Object.entries(samples))('%s is small, whole and inert', (_name, sample) => {
    const page = pageOf(sample);
    expect(page.length).toBeLessThan(2_000_000);
    expect(page).not.toMatch(/[^\n\P{Cc}]|\p{Cf}|\p{Cs}/u);
    const tags = [...page.matchAll(/<([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*>/g)];
    expect(tags.length).toBe(page.match(/<[a-z]/g)?.length);
    const attributes = tags.flatMap(t => [...(t[2] ?? '').matchAll(/([a-z-]+)(?:="[^"]*")?/g)]);
    for (const [, name] of tags) expect(ownTags).toContain(name);
    for (const [, name] of attributes) expect(name).toMatch(ownAttributes);
    expect(page).not.toMatch(/@import|url\(/);
    expect(htmlReport(sample, defaultOptions).exitStatus).toBe(exitStatus(sample));
  });

  test('stays under 2 MB when schedules are long', () => {
    const long: Trace = {
      ...trace,
      steps: Array.from({ length: 40 }, () => trace.steps).flat(),
    };
    const big = structuredClone(samples['twelve']!) as unknown as {
      patches: { violations: { counterexample: Trace | null }[] }[];
    };
    for (const patch of big.patches) {
      for (const v of patch.violations) v.counterexample = long;
      patch.violations = [...patch.violations, ...patch.violations, ...patch.violations];
    }
    const page = pageOf(big as never);
    expect(page.length).toBeLessThan(2_000_000);
    expect(page).toContain('is left out of this page');
  });
});

test('holes of a template are text', () => {
  const made = html`<a title="${hostileText}">${hostileText}</a>`.markup;
  expect(made.match(/</g)).toHaveLength(2);
  expect(made.match(/"/g)).toHaveLength(2);
  expect(embeddedJson(hostileText)).not.toMatch(/[<>&]/);
});

test('state is kept as changes and gives every state back', () => {
  const data = stateData(trace);
  const now = new Map<number, number>();
  trace.steps.forEach((step, at) => {
    for (const [row, value] of data.steps[at] ?? []) {
      if (value < 0) now.delete(row);
      else now.set(row, value);
    }
    const expected = step.state.flatMap(s => s.rows.map(r => `${s.title}|${r.name}|${r.value}`));
    const seen = [...now].map(
      ([row, value]) => `${data.rows[row]?.join('|')}|${data.values[value]}`,
    );
    expect(seen.sort()).toEqual(expected.sort());
  });
});

test('bars cover what is between lock and unlock, enter and exit', () => {
  const show = (thread: number): unknown[] =>
    barsOf(trace, thread).map(b => [b.kind, b.from + 1, b.to + 1, b.closed]);
  expect(show(0)).toEqual([['write', 5, 9, true]]);
  expect(show(1)).toEqual([['rcu', 1, 3, true]]);
  expect(show(2)).toEqual([]);
});

describe('colours', () => {
  const schemes = [...style.matchAll(/--bg:#[^}]*/g)].map(match => {
    const pairs = [...match[0].matchAll(/--([a-z0-9]+):(#[0-9a-f]+)/g)];
    return Object.fromEntries(pairs.map(([, name, value]) => [name, value])) as Record<
      string,
      string
    >;
  });

  function luminance(color: string): number {
    const digits = color.slice(1);
    const hex = digits.length === 3 ? digits.replace(/./g, '$&$&') : digits;
    const [r = 0, g = 0, b = 0] = [0, 2, 4].map(i => {
      const part = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  function contrast(one: string, other: string): number {
    const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  }

  const text = [
    'fg',
    'soft',
    'red',
    'amber',
    'blue',
    'green',
    't0',
    't1',
    't2',
    't3',
    't4',
    't5',
    't6',
    't7',
  ];
  const onOwnGround = ['red', 'amber', 'blue', 'green'];

  test.each([0, 1, 2])('scheme %i keeps 4.5:1', number => {
    const scheme = schemes[number]!;
    for (const name of text) {
      for (const ground of ['bg', 'panel']) {
        const ratio = contrast(scheme[name]!, scheme[ground]!);
        expect(ratio, `${name} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
    for (const name of onOwnGround) {
      const ratio = contrast(scheme[name]!, scheme[`${name}bg`]!);
      expect(ratio, `${name} on its ground`).toBeGreaterThanOrEqual(4.5);
    }
    for (const name of ['fg', 'soft', 't0', 't1', 't2', 't3', 't4', 't5', 't6', 't7', 'red']) {
      expect(
        contrast(scheme[name]!, scheme['bluebg']!),
        `${name} on a chosen step`,
      ).toBeGreaterThanOrEqual(4.5);
    }
  });
});

const executable = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

describe.skipIf(!existsSync(executable))('in Chromium', () => {
  let browser: Browser;
  let dir: string;
  const shots = process.env['SCREENSHOTS'];

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'mmudelta-html-'));
    browser = await chromium.launch({ executablePath: executable, args: ['--no-sandbox'] });
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  interface Opened {
    page: Page;
    problems: string[];
    close(): Promise<void>;
  }

  interface Look {
    scheme?: 'light' | 'dark';
    width?: number;
    script?: boolean;
  }

  async function open(name: string, look: Look = {}): Promise<Opened> {
    const file = join(dir, `${name}.html`);
    writeFileSync(file, pageOf(samples[name]!));
    const context = await browser.newContext({
      colorScheme: look.scheme ?? 'light',
      viewport: { width: look.width ?? 1280, height: 900 },
      javaScriptEnabled: look.script ?? true,
      offline: true,
    });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('console', message => problems.push(message.text()));
    page.on('pageerror', error => problems.push(String(error)));
    page.on('request', request => {
      if (!request.url().startsWith('file:')) problems.push(request.url());
    });
    page.on('dialog', dialog => problems.push(dialog.message()));
    await page.goto(pathToFileURL(file).href);
    if (shots) {
      mkdirSync(shots, { recursive: true });
      const parts = [name, look.scheme ?? 'light', look.width ?? 1280];
      await page.screenshot({ path: join(shots, `${parts.join('-')}.png`), fullPage: true });
      const schedule = page.locator('[data-trace]').first();
      if ((look.script ?? true) && (await schedule.isVisible())) {
        await schedule.evaluate(e => e.scrollIntoView());
        await page.getByRole('slider').first().fill('7');
        await page.screenshot({ path: join(shots, `${parts.join('-')}-schedule.png`) });
      }
    }
    return { page, problems, close: () => context.close() };
  }

  test.each(Object.keys(samples))('%s opens without a complaint', async name => {
    const { page, problems, close } = await open(name);
    expect(await page.locator('h1').count()).toBe(1);
    expect(await page.evaluate(() => Reflect.get(globalThis, 'owned'))).toBeUndefined();
    expect(problems).toEqual([]);
    await close();
  });

  test('steps with buttons, slider, keys and clicks', async () => {
    const { page, problems, close } = await open('broken');
    const current = (): Promise<string | null> =>
      page.locator('[aria-current=step]').first().textContent();
    await page.getByRole('button', { name: 'First step' }).click();
    expect(await current()).toBe('1');
    await page.getByRole('button', { name: 'Next step' }).click();
    expect(await current()).toBe('2');
    await page.getByRole('button', { name: 'Last step' }).click();
    expect(await current()).toBe('15');
    await page.getByRole('slider').fill('4');
    expect(await current()).toBe('4');
    await page.locator('tr[data-step="6"] td.what').click();
    expect(await current()).toBe('7');
    await page.keyboard.press('ArrowDown');
    expect(await current()).toBe('8');
    await page.keyboard.press('k');
    await page.keyboard.press('Home');
    expect(await current()).toBe('1');
    await page.keyboard.press('End');
    expect(await current()).toBe('15');
    await page.keyboard.press('ArrowDown');
    expect(await current()).toBe('15');
    expect(problems).toEqual([]);
    await close();
  });

  test('shows where each thread stands and what a step changed', async () => {
    const { page, close } = await open('broken');
    await page.getByRole('slider').fill('7');
    const state = page.locator('.state').first();
    expect(await state.locator('tr.diff').allTextContents()).toEqual([
      'root Ainvalid, 2 references (was: valid, 2 references)',
    ]);
    expect(await state.locator('[data-thread="2"] dd').textContent()).toBe('not started');
    expect(await state.locator('.acts dd').textContent()).toContain('kvm_tdp_mmu_invalidate_roots');
    await close();
  });

  test.each([320, 375, 1280])('does not scroll sideways at %i pixels', async width => {
    for (const name of ['broken', 'hostile']) {
      const { page, close } = await open(name, { width, scheme: 'dark' });
      const over = await page.evaluate(() => {
        const root = (
          globalThis as unknown as {
            document: { documentElement: { scrollWidth: number; clientWidth: number } };
          }
        ).document.documentElement;
        return root.scrollWidth - root.clientWidth;
      });
      expect(over, name).toBeLessThanOrEqual(0);
      await close();
    }
  });

  test('is complete without its script', async () => {
    const { page, close } = await open('broken', { script: false });
    expect(await page.locator('tr[data-step]').count()).toBe(15);
    expect(await page.locator('.controls').first().isVisible()).toBe(false);
    await close();
  });

  test('every control has a name and can be reached', async () => {
    const { page, close } = await open('broken');
    const nameless = await page
      .locator('button, input, summary, a')
      .evaluateAll(all => all.filter(e => !(e.getAttribute('aria-label') ?? e.textContent)).length);
    expect(nameless).toBe(0);
    const seen = new Set<string>();
    for (let i = 0; i < 14; i++) {
      await page.keyboard.press('Tab');
      seen.add(String(await page.evaluate('document.activeElement.tagName')));
    }
    expect([...seen]).toEqual(expect.arrayContaining(['A', 'BUTTON', 'INPUT', 'SUMMARY']));
    await close();
  });

  test('prints every schedule', async () => {
    const { page, close } = await open('twelve');
    await page.emulateMedia({ media: 'print' });
    const pdf = await page.pdf();
    expect(pdf.length).toBeGreaterThan(10_000);
    expect(await page.locator('.controls').first().isVisible()).toBe(false);
    await close();
  });
});
