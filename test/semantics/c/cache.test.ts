import { describe, expect, test } from 'vitest';
import type { LoadedUnit } from '../../../src/semantics/c/front.ts';
import { FrontCache } from '../../../src/semantics/c/front.ts';
import { load } from './sources.ts';

const files = {
  'include/a.h':
    '#ifndef A\n#define A\n#include "b.h"\nint a = WIDTH;\n#define FROM_A(x) x + WIDTH\n#endif\n',
  'include/b.h':
    'typedef int T;\n#define COUNT __COUNTER__\nstatic inline int b(T x) { return x; }\n',
  'include/sub/c.h': '#if __has_include("d.h")\nint with_d;\n#endif\nint c = COUNT;\n',
};
const main =
  '#define WIDTH 4\n#include "a.h"\n#include "sub/c.h"\nT f(void) { return FROM_A(1); }\n';

function everything(loaded: LoadedUnit): unknown {
  for (const e of loaded.unit.externals) if (e.kind === 'function') e.body();
  return {
    tokens: loaded.unit.tokens.map(t => ({ ...t })),
    externals: JSON.stringify(loaded.unit.externals),
    macros: [...loaded.macros.keys()].sort(),
    files: [...loaded.filesRead].sort(),
    diagnostics: loaded.diagnostics,
  };
}

/** Another state of the tree: its main file, and files that differ. */
const states: readonly (readonly [string, string, Record<string, string>])[] = [
  ['nothing changed', main, {}],
  ['a body changed', main.replace('FROM_A(1)', 'FROM_A(2)'), {}],
  ['a macro that a header uses', main.replace('WIDTH 4', 'WIDTH 8'), {}],
  ['the same macro, written elsewhere', `\n\n${main.replace('WIDTH 4', 'WIDTH  4')}`, {}],
  ['a macro that was no macro', `#define T long\n${main}`, {}],
  ['a guard that was set', `#define A\n${main}`, {}],
  ['a header', main, { 'include/a.h': files['include/a.h'].replace('int a', 'long a') }],
  ['a header of a header', main, { 'include/b.h': `${files['include/b.h']}int new_b;\n` }],
  ['a header that now hides another', main, { 'b.h': 'int other_b;' }],
  ['a file that is now there', main, { 'include/sub/d.h': '' }],
  ['the counter', `int first = __COUNTER__;\n${main}`, {}],
  ['fewer headers', main.replace('#include "a.h"\n', ''), {}],
  ['another order', main.replace('#include "a.h"\n', '').concat('#include "a.h"\n'), {}],
];

describe('a cache changes nothing but the time', () => {
  test.each(states)('%s', (_, text, changed) => {
    const cache = new FrontCache();
    load(main, files, { cache });
    const again = load(text, { ...files, ...changed }, { cache });
    expect(everything(again)).toEqual(everything(load(text, { ...files, ...changed })));
    // And back again, past what the other state left behind.
    const back = load(main, files, { cache });
    expect(everything(back)).toEqual(everything(load(main, files)));
  });

  test('declarations before the first difference are the same objects', () => {
    const cache = new FrontCache();
    const before = load(main, files, { cache });
    const after = load(`${main}int more;`, files, { cache });
    expect(after.unit.externals[0]).toBe(before.unit.externals[0]);
    expect(after.unit.externals.length).toBe(before.unit.externals.length + 1);
  });

  test.each([
    ['an override', { overrides: '#define WIDTH 9' }],
    ['another value of it', { overrides: '#define WIDTH 10' }],
    ['a locked name', { shims: '#define A 1' }],
    ['the same with a value that matters', { shims: '#define A 0\n#define b c' }],
    ['an opaque name', { opaque: new Set(['FROM_A']) }],
    ['configuration', { config: new Map([['CONFIG_X', 'y']]) }],
    ['conditional overrides', { overrides: '#ifdef WIDTH\n#define T long\n#endif' }],
  ])('options matter: %s', (_, options) => {
    const cache = new FrontCache();
    const withConfig = {
      ...files,
      'include/sub/c.h': `${files['include/sub/c.h']}#ifdef CONFIG_X\nint x;\n#endif\n`,
    };
    load(main, withConfig, { cache });
    load(main, withConfig, { cache, overrides: '#define WIDTH 7' });
    const loaded = load(main, withConfig, { cache, ...options });
    expect(everything(loaded)).toEqual(everything(load(main, withConfig, options)));
  });

  test('headers with diagnostics are read again', () => {
    const cache = new FrontCache();
    const broken = { 'include/a.h': '#error broken\n' };
    const first = load('#include "a.h"', broken, { cache });
    expect(first.diagnostics.length).toBe(1);
    expect(load('#include "a.h"', broken, { cache }).diagnostics).toEqual(first.diagnostics);
  });
});
