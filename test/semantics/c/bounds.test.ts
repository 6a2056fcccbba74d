import { describe, expect, test } from 'vitest';
import { defaultLimits } from '../../../src/semantics/c/diagnostic.ts';
import { parseAllBodies } from '../../../src/semantics/c/parse.ts';
import { codes, load } from './sources.ts';

const many = (text: string, count: number) => text.repeat(count);

function doubling(levels: number): string {
  const lines = ['#define M0 x x'];
  for (let i = 1; i < levels; i++) lines.push(`#define M${i} M${i - 1} M${i - 1}`);
  return `${lines.join('\n')}\nint a = M${levels - 1};\n`;
}

function nestedCalls(levels: number): string {
  return `#define F(x) x\nint a = ${many('F(', levels)}1${many(')', levels)};`;
}

function chainOfMacros(levels: number): string {
  const lines = ['#define C0(x) x'];
  for (let i = 1; i < levels; i++) lines.push(`#define C${i}(x) C${i - 1}(x)`);
  return `${lines.join('\n')}\nint a = C${levels - 1}(1);\n`;
}

/** Every one of these ends quickly, with this diagnostic. */
const bombs: readonly (readonly [string, string, string])[] = [
  ['file that includes itself', '#include "main.c"', 'c/include-depth'],
  ['macros that double', doubling(60), 'c/macro-size'],
  ['macro uses nested in arguments', nestedCalls(500), 'c/macro-depth'],
  ['macros nested in bodies', chainOfMacros(5_000), 'c/macro-depth'],
  ['line of 10 MB', `int a;${many(' ', 10_000_000)}`, 'c/file-too-long'],
  ['long line', `int a;${many(' ', 600_000)}`, 'c/line-too-long'],
  ['parentheses', `int a = ${many('(', 20_000)}1${many(')', 20_000)};`, 'c/nesting'],
  ['unary operators', `int a = ${many('! ', 20_000)}1;`, 'c/nesting'],
  ['casts', `int a = ${many('(int)', 20_000)}1;`, 'c/nesting'],
  ['operands', `int a = ${many('1+', 20_000)}1;`, 'c/nesting'],
  ['commas', `int a = (${many('1,', 20_000)}1);`, 'c/nesting'],
  ['assignments', `int a = (${many('b=', 20_000)}1);`, 'c/nesting'],
  ['conditionals', `int a = ${many('b?1:', 20_000)}1;`, 'c/nesting'],
  ['subscripts', `int a = b${many('[1]', 20_000)};`, 'c/nesting'],
  ['nested subscripts', `int a = ${many('b[', 20_000)}1${many(']', 20_000)};`, 'c/nesting'],
  ['initialisers', `int a[] = ${many('{', 20_000)}1${many('}', 20_000)};`, 'c/nesting'],
  ['declarators', `int ${many('(', 20_000)}a${many(')', 20_000)};`, 'c/nesting'],
  ['array declarators', `int a${many('[1]', 20_000)};`, 'c/nesting'],
  ['structs', `${many('struct { ', 20_000)}int a;${many('} b;', 20_000)}`, 'c/nesting'],
  ['typeofs', `${many('typeof(', 20_000)}int${many(')', 20_000)} b;`, 'c/nesting'],
  ['parameters', `int ${many('f(int ', 20_000)}${many(')', 20_000)};`, 'c/nesting'],
  ['extensions', `int a = ${many('__extension__ ', 20_000)} b;`, 'c/nesting'],
  ['sizeofs', `int a = ${many('sizeof ', 20_000)} b;`, 'c/nesting'],
  ['#if parentheses', `#if ${many('(', 20_000)}1${many(')', 20_000)}\n#endif`, 'c/condition'],
  ['#if operators', `#if ${many('!', 20_000)}1\n#endif`, 'c/condition'],
  ['#if conditionals', `#if ${many('1 ? 1 : ', 20_000)}1\n#endif`, 'c/condition'],
];

const bodyBombs: readonly (readonly [string, string])[] = [
  ['blocks', many('{', 20_000) + many('}', 20_000)],
  ['ifs', `${many('if (a) ', 20_000)};`],
  ['else ifs', `${many('if (a) ; else ', 20_000)};`],
  ['loops', `${many('for (;;) ', 20_000)};`],
  ['whiles', `${many('while (a) ', 20_000)};`],
  ['dos', `${many('do ', 20_000)};${many(' while (a);', 20_000)}`],
  ['labels', `${Array.from({ length: 20_000 }, (_, i) => `l${i}: `).join('')};`],
  ['cases', `switch (a) { ${many('case 1: ', 20_000)}; }`],
  ['statement expressions', `${many('({ ', 20_000)}1;${many(' })', 20_000)};`],
  ['calls', `${many('f(', 20_000)}${many(')', 20_000)};`],
];

describe('hostile input ends in a diagnostic', () => {
  test.each(bombs)('%s', (_, source, code) => {
    const started = performance.now();
    const loaded = load(source);
    expect(codes(loaded).some(c => c.startsWith(code))).toBe(true);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test.each(bodyBombs)('in a body: %s', (_, text) => {
    const loaded = load(`void f(void) { ${text} }`);
    expect(parseAllBodies(loaded.unit.externals).map(d => d.code)).toEqual(['c/nesting']);
  });

  test('headers that include one another again and again', () => {
    const files: Record<string, string> = {};
    for (let i = 0; i < 60; i++) {
      files[`h${i}.h`] = `#include "h${i + 1}.h"\n#include "h${i + 1}.h"\n`;
    }
    files['h60.h'] = '';
    expect(codes(load('#include "h0.h"\n', files))[0]).toMatch(/^c\/include-count /);
  });

  test('directives in headers that are read again and again', () => {
    // The counter keeps the header from being remembered.
    const files = { 'd.h': `${many('#undef X\n', 5_000)}int a = __COUNTER__;` };
    const limits = { ...defaultLimits, maxDirectives: 100_000 };
    const loaded = load(many('#include "d.h"\n', 1_000), files, { limits });
    expect(codes(loaded)[0]).toMatch(/^c\/directive-count d\.h:/);
  });

  test.each([
    ['that make tokens', doubling(18).replace(/int a = (M\d+);/, (_, m) => many(`${m} `, 60_000))],
    ['that make none', `${doubling(18).replace('x x', '')}${many('M17 ', 60_000)}`],
  ])('many macro uses %s', (_, source) => {
    const started = performance.now();
    const found = codes(load(source));
    expect(found.some(c => /^c\/(unit-too-long|macro-size) /.test(c))).toBe(true);
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  test.each([
    ['attributes', '__attribute__((;'],
    ['bodies', 'int f(void) {;'],
    ['parentheses', 'asm(;'],
  ])('errors that each look at the whole unit: %s', (_, text) => {
    const started = performance.now();
    const loaded = load(many(`${text}\n`, 100_000));
    expect(loaded.diagnostics.length).toBeLessThanOrEqual(defaultLimits.maxDiagnostics);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('comments on one line', () => {
    const started = performance.now();
    expect(load(many(`${many('/**/', 100_000)}\n`, 15)).diagnostics).toEqual([]);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test('a deep but bounded body is read, on the stack there is', () => {
    const depth = 150;
    const source = `int f(int a) { return ${many('(', depth)}a${many(')', depth)}; }`;
    expect(parseAllBodies(load(source).unit.externals)).toEqual([]);
  });

  test('the number of tokens is bounded', () => {
    const limits = { ...defaultLimits, maxTokens: 1_000 };
    const loaded = load(many('int a;\n', 1_000), {}, { limits });
    expect(codes(loaded)).toEqual(['c/unit-too-long main.c:0']);
  });

  test('the number of diagnostics is bounded', () => {
    expect(load(many('#error x\n', 10_000)).diagnostics.length).toBe(defaultLimits.maxDiagnostics);
    expect(load(many(');\n', 10_000)).diagnostics.length).toBe(defaultLimits.maxDiagnostics);
  });

  test('after a bound was hit inside a macro, the macro works again', () => {
    const bomb = load(doubling(60));
    expect(bomb.diagnostics.length).toBe(1);
    expect(load(doubling(3)).unit.tokens.length).toBe(3 + 8 + 1);
  });
});
