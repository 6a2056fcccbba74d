import { describe, expect, it } from 'vitest';
import { scanC } from '../../src/diff/scan-c.ts';
import { tokensEqual } from '../../src/diff/tokens.ts';
import { touchedBy } from '../../src/diff/touched.ts';
import type { FileChange, Patch, TreeSide } from '../../src/diff/types.ts';

function side(number: number, files: Readonly<Record<string, string>>): TreeSide {
  return {
    number,
    read: path => files[path] ?? null,
    exists: path => path in files,
    hash: path => (path in files ? `${path} ${files[path]}` : null),
    changedPaths: [],
  };
}

function touch(before: Record<string, string>, after: Record<string, string>) {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const files = paths.map(path => ({
    oldPath: path in before ? path : null,
    newPath: path in after ? path : null,
  }));
  const patch = { files: files as readonly unknown[] as FileChange[] } as unknown as Patch;
  return touchedBy(patch, side(0, before), side(1, after));
}

const names = (text: string) => scanC(text).entities.map(({ kind, name }) => `${kind} ${name}`);

describe('what a C file defines', () => {
  it.each([
    ['int f(void)\n{\n\treturn 0;\n}\n', ['function f']],
    ['static inline struct foo *f(int a,\n\t\t\t      int b)\n{\n}\n', ['function f']],
    ['void f(void);\nextern int x;\nstruct s;\n', ['global x']],
    ['static int x = 1;\nint a[3] = { 1, 2 };\n', ['global x', 'global a']],
    ['int x __read_mostly;\n', ['global x']],
    ['static const struct ops o = {\n\t.f = f,\n};\n', ['global o']],
    ['struct s {\n\tint a;\n};\n', ['type struct s']],
    ['struct __packed s {\n\tint a;\n} __aligned(8);\n', ['type struct s']],
    ['enum {\n\tA,\n\tB,\n};\n', ['type enum {A}']],
    ['typedef int (*fn)(int);\ntypedef struct { int a; } t;\n', ['type fn', 'type t']],
    [
      '#define A 1\n#define F(x) \\\n\tdo { g(x); \\\n\t} while (0)\nint y;\n',
      ['macro A', 'macro F', 'global y'],
    ],
    ['static int FNAME(walk)(struct w *w)\n{\n}\n', ['function FNAME(walk)']],
    ['EXPORT_SYMBOL_GPL(f);\nDEFINE_MUTEX(lock);\n', ['global lock']],
    ['static void __printf(1, 2) f(const char *s, ...)\n{\n}\n', ['function f']],
    [
      '#ifdef X\nint f(int a)\n{\n#else\nint f(void)\n{\n#endif\n\treturn 1;\n}\nint z;\n',
      ['function f', 'global z'],
    ],
    [
      'int f(void)\n{\n#ifdef X\n\tif (a) {\n#else\n\tif (b) {\n#endif\n\t}\n}\nint g(void)\n{\n}\n',
      ['function f', 'function g'],
    ],
    ['char c = \'{\';\nchar *s = "}{;";\n/* { */ int q;\n', ['global c', 'global s', 'global q']],
    ['int (*hook)(void) = f;\n', ['global hook']],
    ['', []],
  ])('%j', (text, expected) => expect(names(text)).toEqual(expected));

  it('gives the lines of each', () => {
    const text = '#include "x.h"\n\nint f(void)\n{\n\treturn 0;\n}\n\n#define A \\\n\t1\n';
    expect(scanC(text).entities).toMatchObject([
      { name: 'f', firstLine: 3, lastLine: 6 },
      { name: 'A', firstLine: 8, lastLine: 9 },
    ]);
  });

  it.each(['{', '}', '((', '"', "'", '/*', '#define', 'int f(', 'struct {'.repeat(2000)])(
    'survives %.20j',
    text => expect(() => scanC(text)).not.toThrow(),
  );
});

describe('tokens', () => {
  it.each([
    ['int a; /* old words */', 'int a; // new words', true],
    ['int  a;', 'int\n\ta;', true],
    ['a - -b', 'a--b', false],
    ['#define A 1\nb', '#define A 1 b', false],
    ['#define A \\\n 1\nb', '#define A 1\nb', true],
    ['s = "a b";', 's = "a  b";', false],
    ['s = "/* no comment */";', 's = "";', false],
    ['x = 1;', 'x = 2;', false],
    ['x = 0x1f;', 'x = 0x1 f;', false],
  ])('%j and %j: %s', (left, right, equal) => expect(tokensEqual(left, right)).toBe(equal));
});

describe('what a patch touches', () => {
  const f = (name: string, body: string) => `static void ${name}(int a)\n{\n\t${body}\n}\n`;
  const long = 'take(a); look(a, 1); give(a); if (a) { more(a); } else { less(a, 2); }';

  it('is modified, added and removed functions, macros, types and globals', () => {
    const { entities } = touch(
      {
        'a.c': `#define M 1\nstruct s { int x; };\nint g = 1;\n${f('one', 'x();')}${f('two', 'y();')}`,
      },
      {
        'a.c': `#define M 2\nstruct s { int y; };\nint g = 2;\n${f('one', 'z();')}${f('three', long)}`,
      },
    );
    expect(entities.map(({ kind, name, change }) => `${change} ${kind} ${name}`)).toEqual([
      'modified macro M',
      'modified type struct s',
      'modified global g',
      'modified function one',
      'removed function two',
      'added function three',
    ]);
  });

  it('sees a renamed function by its body', () => {
    const { entities } = touch(
      { 'a.c': f('old_name', long) },
      { 'a.c': f('new_name', long.replace('more', 'much_more')) },
    );
    expect(entities).toMatchObject([
      { change: 'renamed', name: 'new_name', from: { name: 'old_name', file: 'a.c' } },
    ]);
  });

  it('sees a function that moved to another file', () => {
    const { entities } = touch(
      { 'a.c': f('same', long), 'b.c': '' },
      { 'a.c': '', 'b.c': f('same', long) },
    );
    expect(entities).toMatchObject([
      { change: 'modified', name: 'same', file: 'b.c', from: { name: 'same', file: 'a.c' } },
    ]);
  });

  it('is nothing when only comments and blanks differ', () => {
    const { entities, files } = touch(
      { 'a.c': `/* why */\n${f('one', 'x();')}` },
      { 'a.c': `/* why not */\n${f('one', '  x( ) ;')}` },
    );
    expect(entities).toEqual([]);
    expect(files).toMatchObject([{ tokensEqual: true, outside: false }]);
  });

  it('says that something outside of all definitions differs', () => {
    const { entities, files } = touch({ 'a.c': '#include "x.h"\n' }, { 'a.c': '#include "y.h"\n' });
    expect(entities).toEqual([]);
    expect(files).toMatchObject([{ tokensEqual: false, outside: true }]);
  });

  it('keeps two definitions of one name apart', () => {
    const text = (value: number) =>
      `#ifdef X\nint f(void)\n{\n\treturn 1;\n}\n#else\nint f(void)\n{\n\treturn ${value};\n}\n#endif\n`;
    const { entities } = touch({ 'a.c': text(2) }, { 'a.c': text(3) });
    expect(entities).toMatchObject([{ name: 'f', before: { first: 7 } }]);
  });
});
