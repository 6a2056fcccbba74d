import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BinaryOp, Expr, Stmt } from '../../../src/semantics/c/ast.ts';
import { printBlock } from './print-c.ts';
import { load } from './sources.ts';

const at = 0;
const binaryOps: BinaryOp[] = [
  '||',
  '&&',
  '|',
  '^',
  '&',
  '==',
  '!=',
  '<',
  '>',
  '<=',
  '>=',
  '<<',
  '>>',
  '+',
  '-',
  '*',
  '/',
  '%',
];
const name = fc.constantFrom('a', 'b', 'spte', 'x1');
const leaf: fc.Arbitrary<Expr> = fc.oneof(
  name.map((n): Expr => ({ kind: 'ident', at, name: n })),
  fc.constantFrom('0', '1ULL', '0x7f').map((text): Expr => ({ kind: 'number', at, text })),
  fc.constant<Expr>({ kind: 'char', at, text: "'\\n'" }),
  fc.constant<Expr>({ kind: 'string', at, parts: ['"a"', '"\\"b"'] }),
);

const trees = fc.letrec<{ expr: Expr; stmt: Stmt }>(tie => ({
  expr: fc.oneof(
    { maxDepth: 5, depthIdentifier: 'e' },
    leaf,
    fc.record({
      kind: fc.constant('binary' as const),
      at: fc.constant(at),
      op: fc.constantFrom(...binaryOps),
      left: tie('expr'),
      right: tie('expr'),
    }),
    fc.record({
      kind: fc.constant('unary' as const),
      at: fc.constant(at),
      op: fc.constantFrom(
        '-' as const,
        '!' as const,
        '~' as const,
        '*' as const,
        '&' as const,
        '+' as const,
      ),
      expr: tie('expr'),
    }),
    fc.record({
      kind: fc.constantFrom('prefix' as const, 'postfix' as const),
      at: fc.constant(at),
      op: fc.constantFrom('++' as const, '--' as const),
      expr: tie('expr'),
    }),
    fc.record({
      kind: fc.constant('assign' as const),
      at: fc.constant(at),
      op: fc.constantFrom('=' as const, '|=' as const, '>>=' as const),
      left: tie('expr'),
      right: tie('expr'),
    }),
    fc
      .tuple(tie('expr'), fc.option(tie('expr')), tie('expr'))
      .map(([test, then, otherwise]): Expr => ({ kind: 'cond', at, test, then, otherwise })),
    fc.record({
      kind: fc.constant('comma' as const),
      at: fc.constant(at),
      left: tie('expr'),
      right: tie('expr'),
    }),
    fc.record({
      kind: fc.constant('call' as const),
      at: fc.constant(at),
      callee: name.map((n): Expr => ({ kind: 'ident', at, name: n })),
      args: fc.array(tie('expr'), { maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant('index' as const),
      at: fc.constant(at),
      base: leaf,
      index: tie('expr'),
    }),
    fc.record({
      kind: fc.constant('member' as const),
      at: fc.constant(at),
      base: name.map((n): Expr => ({ kind: 'ident', at, name: n })),
      name,
      arrow: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('sizeof-expr' as const),
      at: fc.constant(at),
      expr: tie('expr'),
    }),
    fc.array(tie('stmt'), { maxLength: 2 }).map(
      (items): Expr => ({
        kind: 'statement-expr',
        at,
        block: { kind: 'block', at, end: at, items },
      }),
    ),
  ) as fc.Arbitrary<Expr>,
  stmt: fc.oneof(
    { maxDepth: 4, depthIdentifier: 's' },
    tie('expr').map((expr): Stmt => ({ kind: 'expr', at, expr })),
    fc.constantFrom<Stmt>(
      { kind: 'empty', at },
      { kind: 'break', at },
      { kind: 'goto', at, name: 'out' },
    ),
    fc.option(tie('expr')).map((value): Stmt => ({ kind: 'return', at, value })),
    fc
      .array(tie('stmt'), { maxLength: 3 })
      .map((items): Stmt => ({ kind: 'block', at, end: at, items })),
    fc
      .tuple(tie('expr'), tie('stmt'))
      .map(([test, body]): Stmt => ({ kind: 'while', at, test, body })),
    fc
      .tuple(tie('expr'), tie('stmt'))
      .map(([test, body]): Stmt => ({ kind: 'do', at, test, body })),
    fc
      .tuple(tie('expr'), tie('stmt'))
      .map(([value, body]): Stmt => ({ kind: 'switch', at, value, body })),
    fc
      .tuple(tie('expr'), tie('stmt'))
      .map(([from, body]): Stmt => ({ kind: 'case', at, from, to: null, body })),
    fc
      .tuple(fc.option(tie('expr')), fc.option(tie('expr')), fc.option(tie('expr')), tie('stmt'))
      .map(([init, test, step, body]): Stmt => ({ kind: 'for', at, init, test, step, body })),
    // The branches are blocks, so that an else belongs where it was put.
    fc.tuple(tie('expr'), tie('stmt'), fc.option(tie('stmt'))).map(([test, yes, no]): Stmt => {
      const inBlock = (s: Stmt): Stmt => ({ kind: 'block', at, end: at, items: [s] });
      const then = inBlock(yes);
      return { kind: 'if', at, test, then, otherwise: no === null ? null : inBlock(no) };
    }),
  ) as fc.Arbitrary<Stmt>,
}));

test('print, parse, print: the same text', () => {
  fc.assert(
    fc.property(fc.array(trees.stmt, { maxLength: 4 }), items => {
      const text = printBlock({ kind: 'block', at, end: at, items });
      const loaded = load(`void f(void) ${text}`);
      const [f] = loaded.unit.externals;
      expect(loaded.diagnostics).toEqual([]);
      expect(f?.kind === 'function' ? printBlock(f.body()) : null).toBe(text);
    }),
    { numRuns: 1_000 },
  );
});

test('arbitrary tokens never crash, and are read to the end', () => {
  const words = fc.constantFrom(
    'int',
    'a',
    'T',
    'typedef',
    'struct',
    '{',
    '}',
    '(',
    ')',
    ';',
    ',',
    '=',
    '*',
    '[',
    ']',
    '"s"',
    '1',
    'if',
    'else',
    'for',
    'case',
    ':',
    '?',
    '...',
    '__attribute__',
    '((',
    '))',
    'sizeof',
    'enum',
    '.',
    '->',
    '&&',
    '#',
    '##',
    '\n',
    '\n#define F(x) x\n',
    '\n#if 1\n',
    '\n#else\n',
    '\n#endif\n',
    'F',
    'F(',
    '_Generic',
    'typeof',
    '\\',
    "'",
    'asm',
    '__extension__',
    '\n#undef F\n',
    '__VA_ARGS__',
    '__LINE__',
    '_Pragma(',
    'goto',
    'default',
    '\n#include "main.c"\n',
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 60 }), found => {
      const loaded = load(found.join(' '));
      for (const e of loaded.unit.externals) {
        if (e.kind !== 'function') continue;
        try {
          e.body();
        } catch (error) {
          expect(String(error)).toContain('main.c:');
        }
      }
      for (const d of loaded.diagnostics) expect(d.code).toMatch(/^c\/[a-z-]+$/);
    }),
    { numRuns: 3_000 },
  );
});
