import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { defaultLimits } from '../../../src/semantics/c/diagnostic.ts';
import { lexFile } from '../../../src/semantics/c/lex.ts';
import { hasGcc } from '../../kernel/c/gcc-oracle.ts';
import { codes, load, preprocessed } from './sources.ts';

/** Name, source, expected text. */
const expansions: readonly (readonly [string, string, string])[] = [
  ['object-like', '#define A 1\nA B A', '1 B 1'],
  ['function-like', '#define F(x, y) x + y\nF(1, (2, 3))', '1 + (2, 3)'],
  ['name without arguments stays', '#define F(x) x\nF F(F)', 'F F'],
  ['no expansion of itself', '#define f(x) x + f(x)\nf(f(1))', '1 + f(1) + f(1 + f(1))'],
  ['mutual recursion ends', '#define a b\n#define b a\na b', 'a b'],
  ['stringify', '#define S(x) #x\nS( a  "b\\n" \'"\' )', '"a \\"b\\\\n\\" \'\\"\'"'],
  [
    'stringify is raw, its user is not',
    '#define S(x) T(x)\n#define T(x) #x\n#define A 1\nS(A) T(A)',
    '"1" "A"',
  ],
  ['paste', '#define C(a, b) a##b\nC(x, 1) C(, y) C(z, ) C(<, <=)', 'x1 y z <<='],
  ['paste makes macro names', '#define AB 7\n#define C(a, b) a##b\nC(A, B)', '7'],
  ['rest arguments', '#define P(f, ...) p(f, __VA_ARGS__)\nP(1, 2, 3)', 'p(1, 2, 3)'],
  ['GNU comma', '#define P(f, a...) p(f, ## a)\nP(1) P(1, 2)', 'p(1) p(1, 2)'],
  ['__VA_OPT__', '#define P(f, ...) p(f __VA_OPT__(,) __VA_ARGS__)\nP(1) P(1, 2)', 'p(1) p(1 , 2)'],
  ['arguments over lines', '#define F(x, y) y x\nF(1,\n2)', '2 1'],
  ['name from a body, arguments from after it', '#define F(x) [x]\n#define G F\nG(1)', '[1]'],
  [
    'directives among arguments',
    '#define F(x) [x]\nF(1\n#ifdef NO\n2\n#else\n3\n#endif\n)',
    '[1 3]',
  ],
  ['__LINE__ and __COUNTER__', '#define L __LINE__\nL __COUNTER__\n__COUNTER__ L', '2 0 1 3'],
  ['_Pragma leaves nothing', 'a _Pragma("x") b', 'a b'],
  ['undef', '#define A 1\n#undef A\nA', 'A'],
  ['line splice', '#define A 1 \\\n 2\nA', '1 2'],
  ['comments', 'a/* x\n */b // c\nd', 'a b d'],
  ['digraph of numbers', '0x1.8p+3 1e-5f .5 1..2', '0x1.8p+3 1e-5f .5 1..2'],
];

const conditions: readonly (readonly [string, boolean])[] = [
  ['1', true],
  ['0x10 == 16 && 010 == 8', true],
  ['defined(A) && !defined B', true],
  ['A + 1 == 3', true],
  ['UNKNOWN', false],
  ['-1 > 0u', true],
  ['-1 < 0', true],
  ['(1 ? 2 : 1 / 0) == 2', true],
  ['0 && 1 / 0', false],
  ["'a' == 97 && '\\n' == 10 && '\\x41' == 'A'", true],
  ['18446744073709551615u + 1 == 0', true],
  ['1 << 63 < 0', true],
  ['-8 >> 1 == -4', true],
  ['F(2) == 4', true],
  ['__has_include("there.h") && !__has_include(<nowhere.h>)', true],
  ['__has_attribute(__fallthrough__) && !__has_attribute(__counted_by__)', true],
  ['VIA_MACRO', true],
];

describe('macro expansion', () => {
  test.each(expansions)('%s', (_, source, expected) => {
    expect(preprocessed(source)).toBe(expected);
  });

  test.skipIf(!hasGcc()).each(expansions)('%s: gcc -E says the same', (_, source, expected) => {
    const text = execFileSync('gcc', ['-E', '-w', '-undef', '-nostdinc', '-'], { input: source });
    const lexed = lexFile(text.toString(), '<gcc>', defaultLimits);
    const theirs = lexed.parts
      .filter(p => p.name === '')
      .flatMap(p => lexed.tokens.slice(p.from, p.to).map(t => t.text));
    expect(lexFile(expected, '<ours>', defaultLimits).tokens.map(t => t.text)).toEqual(theirs);
  });

  test('overrides win, whatever the tree defines', () => {
    const source = '#undef A\n#define A 2\n#ifndef A\n#error lost\n#endif\nint a = A;';
    expect(preprocessed(source, {}, { overrides: '#define A 1' })).toBe('int a = 1;');
    expect(load(source, {}, { overrides: '#define A 1' }).diagnostics).toEqual([]);
  });

  test('opaque names are not expanded but count as defined, and work in #if', () => {
    const source = '#define OP(x) 1\n#if OP(2)\n#ifdef OP\nOP(z)\n#endif\n#endif';
    expect(preprocessed(source, {}, { opaque: new Set(['OP']) })).toBe('OP(z)');
  });

  test('tokens know where they were written', () => {
    const source = '#define IN(x) x + 1\n#define OUT(x) IN(x) * y\nint a =\n  OUT(b,\n';
    const fixed = `${source.slice(0, -2)}\n);\n`;
    const seen = load(fixed).unit.tokens.map(t => `${t.text} ${t.line} ${t.macro ?? '-'}`);
    expect(seen).toEqual([
      'int 3 -',
      'a 3 -',
      '= 3 -',
      'b 4 -',
      '+ 4 OUT',
      '1 4 OUT',
      '* 4 OUT',
      'y 4 OUT',
      '; 5 -',
    ]);
  });
});

describe('conditions', () => {
  test.each(conditions)('%s', (condition, expected) => {
    const prelude = '#define A 2\n#define F(x) (x * 2)\n#define VIA_MACRO defined(A)\n';
    const loaded = load(`${prelude}#if ${condition}\nyes\n#else\nno\n#endif`, { 'there.h': '' });
    expect(loaded.unit.tokens.map(t => t.text)).toEqual([expected ? 'yes' : 'no']);
  });

  test('groups: the first that holds, once', () => {
    const source =
      '#if 0\na\n#elif 1\nb\n#elif 1\nc\n#else\nd\n#endif\n#ifdef X\n#if 1/0\n#endif\n#endif';
    const loaded = load(source);
    expect(loaded.unit.tokens.map(t => t.text)).toEqual(['b']);
    expect(codes(loaded).filter(c => !c.startsWith('c/syntax'))).toEqual([]);
  });
});

describe('includes', () => {
  test('beside the includer, then the include folders, then generic headers', () => {
    const files = {
      'lib/a.h': '#include "b.h"\n#include <linux/c.h>\n#include <asm/d.h>',
      'lib/b.h': 'int b;',
      'include/b.h': 'int wrong;',
      'include/linux/c.h': 'int c;',
      'include/asm-generic/d.h': 'int d;',
    };
    expect(preprocessed('#include "lib/a.h"', files)).toBe('int b; int c; int d;');
  });

  test('guards, pragma once and repeated inclusion', () => {
    const files = {
      'g.h': '#ifndef G\n#define G\nint g;\n#endif',
      'o.h': '#pragma once\nint o;',
      'r.h': 'int NAME;',
    };
    const main = ['g.h', 'g.h', 'o.h', 'o.h'].map(f => `#include "${f}"\n`).join('');
    const twice = '#define NAME x\n#include "r.h"\n#undef NAME\n#define NAME y\n#include "r.h"\n';
    expect(preprocessed(main + twice, files)).toBe('int g; int o; int x; int y;');
  });

  test('computed include, file names with parent folders', () => {
    const files = { 'k/x.h': '#include "../y.h"', 'y.h': 'int y;' };
    expect(preprocessed('#define H "k/x.h"\n#include H', files)).toBe('int y;');
  });
});

describe('what is wrong is said, with its place', () => {
  test.each([
    ['missing file', '\n#include "no.h"', 'c/include-missing main.c:2'],
    ['path out of the tree', '#include "../../etc/passwd"', 'c/include-missing main.c:1'],
    ['#error', '\n\n#error no way', 'c/error-directive main.c:3'],
    ['unterminated conditional', '#if 1\nint a;', 'c/conditional main.c:1'],
    ['stray #endif', 'int a;\n#endif', 'c/conditional main.c:2'],
    ['unterminated arguments', '#define F(x) x\nF(1', 'c/macro-arguments main.c:2'],
    ['too many arguments', '#define F(x) x\nint a = 1 F(1, 2);', 'c/macro-arguments main.c:2'],
    ['bad #if', '#if 1 +\n#endif', 'c/condition main.c:1'],
    ['division by zero', '#if 1 / 0\n#endif', 'c/condition main.c:1'],
    ['bad #define', '#define 3 x', 'c/define main.c:1'],
    ['# without a parameter', '#define F(x) #y', 'c/define main.c:1'],
    ['unknown directive', '#frobnicate', 'c/directive main.c:1'],
  ])('%s', (_, source, expected) => {
    expect(codes(load(source))).toContain(expected);
  });
});
