import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FrontOptions, LoadedUnit } from '../../../src/semantics/c/front.ts';
import { FrontCache, loadUnits } from '../../../src/semantics/c/front.ts';
import {
  cacheFolder,
  loadHeaderCache,
  saveHeaderCache,
} from '../../../src/semantics/c/header-cache-file.ts';
import { load, memoryReader } from './sources.ts';

const files = {
  'include/a.h':
    '#ifndef A\n#define A\n#include "b.h"\nint a = WIDTH;\n#define FROM_A(x, ...) x + "é"\n#endif\n',
  'include/b.h':
    'typedef int T;\n#undef GONE\n#if __has_include("c.h")\n#endif\nint b = __COUNTER__;\n',
};
const main =
  '#define WIDTH 4\n#define GONE\n#include "a.h"\nT f(void) { return FROM_A(\'\\n\'); }\n';
const options: FrontOptions = { config: new Map(), overrides: '', opaque: new Set() };

function everything(loaded: LoadedUnit): unknown {
  return {
    tokens: loaded.unit.tokens.map(t => ({ ...t })),
    externals: JSON.stringify(loaded.unit.externals),
    macros: [...loaded.macros.keys()].sort(),
    files: [...loaded.filesRead].sort(),
    diagnostics: loaded.diagnostics,
  };
}

function exported(): Uint8Array {
  const cache = new FrontCache();
  load(main, files, { cache });
  const bytes = cache.exportHeaders(options);
  if (bytes === null) throw new Error('not exported');
  return bytes;
}

/** A reader that counts, and knows Git's ids. */
function countingReader(tree: Readonly<Record<string, string>>) {
  const read: string[] = [];
  const hash = (path: string) => {
    const text = tree[path];
    if (text === undefined) return null;
    const bytes = Buffer.from(text);
    return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
  };
  const reader = {
    read: (path: string) => {
      read.push(path);
      return tree[path] ?? null;
    },
    hash,
  };
  return { reader, read };
}

describe('headers kept as bytes', () => {
  test('give the same unit as reading them', () => {
    const cache = new FrontCache();
    expect(cache.importHeaders(options, exported())).toBe(true);
    expect(everything(load(main, files, { cache }))).toEqual(everything(load(main, files)));
    expect(cache.hasNewHeaders(options)).toBe(false);
  });

  test('are not even opened when the reader knows ids', () => {
    const cache = new FrontCache();
    cache.importHeaders(options, exported());
    const { reader, read } = countingReader({ ...files, 'main.c': main });
    const loaded = loadUnits(reader, ['main.c'], { ...options, cache });
    expect(everything(loaded)).toEqual(everything(load(main, files)));
    expect(read).not.toContain('include/b.h');
  });

  test.each([
    ['another header', main, { 'include/b.h': 'typedef long T;' }],
    ['another macro before it', main.replace('WIDTH 4', 'WIDTH 5'), {}],
    ['a file that was not there', main, { 'include/c.h': '' }],
  ])('are not used after a change: %s', (_, text, changed) => {
    const cache = new FrontCache();
    cache.importHeaders(options, exported());
    const tree = { ...files, ...changed };
    expect(everything(load(text, tree, { cache }))).toEqual(everything(load(text, tree)));
    expect(cache.hasNewHeaders(options)).toBe(true);
  });

  test('are refused when damaged anywhere', () => {
    const bytes = exported();
    const whole = fc.nat({ max: bytes.length - 1 });
    fc.assert(
      fc.property(whole, fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, flip, cut) => {
        const damaged = Uint8Array.from(cut ? bytes.subarray(0, at) : bytes);
        if (!cut) damaged[at] = (damaged[at] as number) ^ flip;
        expect(new FrontCache().importHeaders(options, damaged)).toBe(false);
      }),
    );
  });

  test('are refused when well sealed but senseless', () => {
    const bytes = Buffer.from(exported());
    const start = bytes.indexOf('\n') + 1 + 20;
    fc.assert(
      fc.property(
        fc.nat({ max: Math.floor((bytes.length - start) / 4) - 1 }),
        fc.integer(),
        (word, value) => {
          const changed = Buffer.from(bytes);
          changed.writeInt32LE(value, start + word * 4);
          createHash('sha1')
            .update(changed.subarray(start))
            .digest()
            .copy(changed, start - 20);
          const cache = new FrontCache();
          cache.importHeaders(options, changed);
          // Whatever was taken, it is held against the tree and does no harm.
          load(main, files, { cache });
        },
      ),
    );
  });
});

describe('files', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mmudelta-cache-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('are written once, read again, and told apart by label and options', () => {
    const cache = new FrontCache();
    loadUnits(memoryReader({ ...files, 'main.c': main }), ['main.c'], { ...options, cache });
    const inside = join(folder, 'new', 'folder');
    expect(saveHeaderCache(inside, '6.12', cache, options)).toBe(true);
    expect(readdirSync(inside).length).toBe(1);
    const fresh = new FrontCache();
    expect(loadHeaderCache(inside, '6.12', fresh, options)).toBe(true);
    expect(loadHeaderCache(inside, '6.1', fresh, options)).toBe(false);
    const others = { ...options, overrides: '#define WIDTH 3' };
    expect(loadHeaderCache(inside, '6.12', fresh, others)).toBe(false);
  });

  test('that cannot be read or written are no error', () => {
    const cache = new FrontCache();
    load(main, files, { cache });
    writeFileSync(join(folder, 'file'), '');
    expect(saveHeaderCache(join(folder, 'file', 'x'), 'a', cache, options)).toBe(false);
    expect(loadHeaderCache(join(folder, 'nowhere'), 'a', cache, options)).toBe(false);
  });

  test('do not pile up', () => {
    const cache = new FrontCache();
    load(main, files, { cache });
    for (let i = 0; i < 12; i++) {
      expect(saveHeaderCache(folder, `tree ${i}`, cache, options)).toBe(true);
      for (const name of readdirSync(folder)) utimesSync(join(folder, name), i, i);
    }
    expect(readdirSync(folder).length).toBe(8);
  });

  test('go where XDG says', () => {
    const before = process.env['XDG_CACHE_HOME'];
    process.env['XDG_CACHE_HOME'] = '/somewhere';
    expect(cacheFolder()).toBe('/somewhere/mmudelta');
    delete process.env['XDG_CACHE_HOME'];
    expect(cacheFolder()).toMatch(/\.cache\/mmudelta$/);
    if (before !== undefined) process.env['XDG_CACHE_HOME'] = before;
  });
});
