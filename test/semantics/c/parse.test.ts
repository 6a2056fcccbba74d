import { describe, expect, test } from 'vitest';
import type { Stmt } from '../../../src/semantics/c/ast.ts';
import { parseAllBodies } from '../../../src/semantics/c/parse.ts';
import { codes, load, reprinted } from './sources.ts';

const declarations: readonly (readonly [string, string])[] = [
  ['unsigned long int a;', 'unsigned long int a;'],
  ['int *a[3], (*b)[3], **c;', 'int *a[3], (*b)[3], **c;'],
  ['int (*f(int a))(long), g(void), h();', 'int (*f(int a))(long ), g(void), h(void);'],
  ['char s[] = "a" "b";', 'char s[] = "a" "b";'],
  ['typedef int T; T a; struct T { T T; } b;', 'typedef int T;\nT a;\nstruct T { T T; } b;'],
  [
    'struct s { int a:3, :4; union { int b; }; };',
    'struct s { int a : 3; int : 4; union { int b; } ; } ;',
  ],
  ['enum e { A, B = 2, C, } x;', 'enum e { A, B = 2, C } x;'],
  [
    'typeof(1 + 2) a; typeof(int *) b; __auto_type c = 1;',
    'typeof((1 + 2)) a;\ntypeof(int *) b;\n__auto_type c = 1;',
  ],
  ['int a[] = { [0 ... 2] = 1, [3] = 2 };', 'int a[] = { [0 ... 2] = 1, [3] = 2 };'],
  ['struct s a = { .b.c[1] = 2, d: 3, { 4 } };', 'struct s a = { .b.c[1] = 2, .d = 3, { 4 } };'],
  ['int f(int, ...);', 'int f(int , ...);'],
  ['const volatile int *const a;', 'const volatile int *a;'],
];

const expressions: readonly (readonly [string, string])[] = [
  ['a + b * c - d', '((a + (b * c)) - d)'],
  ['a = b = c', '(a = (b = c))'],
  ['a ? b : c ? d : e', '(a ? b : (c ? d : e))'],
  ['a ?: b', '(a ? : b)'],
  ['(T)x', '((T) x)'],
  ['(T)(x)', '((T) x)'],
  ['(v)(x)', 'v(x)'],
  ['(T)-x', '((T) (- x))'],
  ['(v)-x', '(v - x)'],
  ['(T *)&x', '((T *) (& x))'],
  ['!x--', '(! (x --))'],
  ['-x->y[1].z(2)++', '(- (x->y[1].z(2) ++))'],
  ['sizeof(T)', 'sizeof(T)'],
  ['sizeof(v)', '(sizeof v)'],
  ['sizeof v + 1', '((sizeof v) + 1)'],
  ['sizeof (T){ 1 }', '(sizeof ((T) { 1 }))'],
  ['(T){ .a = 1 }.a', '((T) { .a = 1 }).a'],
  ['({ int a = 1; a; })', '({ int a = 1; a; })'],
  ['f(T, struct s *, v)', 'f(T, struct s *, v)'],
  ['container_of(p, struct s, m.n[2])', 'container_of(p, struct s, m.n[2])'],
  ['__builtin_offsetof(struct s, a.b[1])', '__builtin_offsetof(struct s, a.b[1])'],
  ['_Generic(v, int: 1, T *: 2, default: 3)', '_Generic(v, int: 1, T *: 2, default: 3)'],
  ['__builtin_types_compatible_p(T, int)', '__builtin_types_compatible_p(T, int)'],
  ['&&out', '(&&out)'],
  ['a, b', '(a, b)'],
  [
    'a << b < c == d & e ^ f | g && h || i',
    '((((((((a << b) < c) == d) & e) ^ f) | g) && h) || i)',
  ],
  ['a - b - c', '((a - b) - c)'],
  ['*p++', '(* (p ++))'],
  ['__extension__ (x)', 'x'],
];

const statements: readonly (readonly [string, string])[] = [
  ['if (a) if (b) c; else d;', 'if (a) if (b) c; else d;'],
  ['if (a) b; else if (c) d; else e;', 'if (a) b; else if (c) d; else e;'],
  ['for (int i = 0; i < 3; i++) ;', 'for (int i = 0; (i < 3); (i ++)) ;'],
  ['for (;;) break;', 'for (; ; ) break;'],
  ['do a(); while (b);', 'do a(); while (b);'],
  ['switch (a) { case 1 ... 3: b(); default: ; }', 'switch (a) { case 1 ... 3: b(); default: ; }'],
  ['again: a(); goto again;', 'again: a(); goto again;'],
  ['goto *p;', 'goto *p;'],
  ['__label__ x; x: ;', '; x: ;'],
  ['T *p;', 'T *p;'],
  ['v *p;', '(v * p);'],
  ['T T; T * p;', 'T T; (T * p);'],
  ['{ int T; T * p; } T *p;', '{ int T; (T * p); } T *p;'],
  [
    'asm volatile goto ("x" : : "r" (a) : : out); out: ;',
    'asm goto ("x" : : "r" ( a ) : : out); out: ;',
  ],
  ['__attribute__((fallthrough));', ';'],
  ['T: ;', 'T: ;'],
  ['out: int a;', 'out: int a;'],
];

describe('declarations', () => {
  test.each(declarations)('%s', (source, expected) => {
    expect(reprinted(source)).toBe(expected);
  });
});

describe('expressions and statements', () => {
  const body = (text: string) => {
    const loaded = load(`typedef unsigned long T; int f(int v) { ${text} }`);
    expect(loaded.diagnostics).toEqual([]);
    return reprinted(`typedef unsigned long T; int f(int v) { ${text} }`).split('\n')[1];
  };
  test.each(expressions)('%s', (source, expected) => {
    expect(body(`${source};`)).toBe(`int f(int v) { ${expected}; }`);
  });
  test.each(statements)('%s', (source, expected) => {
    expect(body(source)).toBe(`int f(int v) { ${expected} }`);
  });
});

describe('scopes', () => {
  test('a parameter hides a typedef in the body', () => {
    const text = 'typedef int T; void f(int T) { T * 2; } void g(T T) { T * 2; }';
    expect(reprinted(text)).toContain('void f(int T) { (T * 2); }\nvoid g(T T) { (T * 2); }');
  });

  test('a body knows only the typedefs before it, whenever it is read', () => {
    const { unit } = load('void f(void) { a * b; } typedef int a; void g(void) { a * b; }');
    const kinds = unit.externals.flatMap(e => (e.kind === 'function' ? e.body().items : []));
    expect(kinds.map((s: Stmt) => s.kind)).toEqual(['expr', 'declaration']);
  });

  test('the same body object is returned each time', () => {
    const [f] = load('void f(void) { }').unit.externals;
    if (f?.kind !== 'function') throw new Error('no function');
    const first = f.body();
    expect(f.body()).toBe(first);
  });
});

describe('attributes', () => {
  test('cleanup is kept with its arguments, wherever it stands', () => {
    const source =
      'int a __attribute__((cleanup(put), __unused__)) = 1; __attribute__((packed)) int b;';
    const { unit } = load(source);
    const named = unit.externals.flatMap(e => {
      if (e.kind !== 'declaration') return [];
      const all = [...e.spec.attributes, ...e.items.flatMap(i => i.declarator.attributes)];
      return all.map(
        a =>
          `${a.name}:${unit.tokens
            .slice(a.from, a.to)
            .map(t => t.text)
            .join('')}`,
      );
    });
    expect(named).toEqual(['cleanup:put', 'unused:', 'packed:']);
  });

  test.each([
    'struct __attribute__((packed)) s { int a __attribute__((aligned(8))); } __attribute__((aligned(4)));',
    'int f(void) __attribute__((noreturn)) asm("g");',
    'int *__attribute__((x)) p;',
    'typedef int (__attribute__((ms_abi)) *fn)(void);',
    'static __attribute__((x)) inline int f(void) { return 1; }',
    'int __attribute__((x)) f(int a __attribute__((unused)), int) { return 1; }',
    '_Noreturn void f(void); _Static_assert(1, "x"); __thread int t; asm("nop");;',
    'struct { _Static_assert(1, ""); int a; } x; struct empty { };',
    'int f(a) ; enum e { A __attribute__((deprecated)) = 1 };',
  ])('%s', source => {
    const loaded = load(source.replace('int f(a) ;', ''));
    expect([...loaded.diagnostics, ...parseAllBodies(loaded.unit.externals)]).toEqual([]);
  });
});

describe('syntax errors', () => {
  test('are placed, and the next declaration is read', () => {
    const loaded = load('int a;\nint b = ;\nint c;\nint (d;\nint e;');
    expect(codes(loaded)).toEqual(['c/syntax main.c:2', 'c/syntax main.c:4']);
    expect(loaded.diagnostics[0]?.message).toBe("expected an expression, found ';'");
    expect(loaded.unit.externals.length).toBe(3);
  });

  test('in bodies come when the body is asked for', () => {
    const loaded = load('void f(void) { if a; }\nvoid g(void) { }');
    expect(loaded.diagnostics).toEqual([]);
    const found = parseAllBodies(loaded.unit.externals);
    expect(found).toEqual([
      { code: 'c/syntax', message: "expected '(', found 'a'", file: 'main.c', line: 1 },
    ]);
  });

  test.each([
    'int f(',
    'struct s {',
    'int a = {',
    'int a = (',
    'enum {',
    'void f(void) {',
    'a b c',
    '}',
    '"',
    '\\',
  ])('a truncated or senseless unit is an error: %s', source => {
    const loaded = load(source);
    expect(loaded.diagnostics.length).toBeGreaterThan(0);
  });
});
