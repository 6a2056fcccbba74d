import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { propositionText } from '../../../src/harness/litmus/condition.ts';
import { LitmusSyntaxError } from '../../../src/harness/litmus/litmus-test.ts';
import { parseLitmus } from '../../../src/harness/litmus/parse.ts';
import { type LitmusResult, runLitmus } from '../../../src/harness/litmus/run.ts';

const run = (text: string): LitmusResult => runLitmus(text, { memory: 'tso', maxStates: 10_000 });
const one = (instructions: string, tail: string, initial = ''): string =>
  `X86 t\n{ ${initial} }\n P0 ;\n${instructions
    .split('/')
    .map(each => `${each.trim()} ;`)
    .join('\n')}\n${tail}\n`;
const one64 = (instructions: string, tail: string, initial = ''): string =>
  one(instructions, tail, initial).replace('X86', 'X86_64');

describe('what instructions do', () => {
  test.each([
    ['Intel order', one('MOV EAX,$2 / MOV [x],EAX', 'exists (0:EAX=2 /\\ x=2)'), '0:EAX=2; [x]=2;'],
    ['without a dollar', one('mov [x], 3', 'exists (x=3)'), '[x]=3;'],
    [
      "AT&T's order",
      one('movl $4,%eax / movl %eax,(x)', 'exists (0:EAX=4 /\\ x=4)'),
      '0:EAX=4; [x]=4;',
    ],
    ['an initial register', one('MOV [x],EBX', 'exists (x=7)', '0:EBX=7'), '[x]=7;'],
    ['an address in a register', one('MOV [ECX],$5', 'exists (x=5)', '0:ECX=x'), '[x]=5;'],
    ['an address as a value', one('MOV EAX,ECX', 'exists (0:EAX=x)', '0:ECX=x'), '0:EAX=x;'],
    [
      'exchange',
      one('MOV EAX,$1 / XCHG [x],EAX', 'exists (0:EAX=9 /\\ x=1)', 'x=9'),
      '0:EAX=9; [x]=1;',
    ],
    [
      'exchange add',
      one('MOV EAX,$2 / LOCK XADD [x],EAX', 'exists (0:EAX=9 /\\ x=11)', 'x=9'),
      '0:EAX=9; [x]=11;',
    ],
    [
      'cmpxchg that succeeds',
      one('MOV EAX,$9 / MOV EBX,$1 / LOCK CMPXCHG [x],EBX', 'exists (0:EAX=9 /\\ x=1)', 'x=9'),
      '0:EAX=9; [x]=1;',
    ],
    [
      'cmpxchg that fails',
      one('MOV EAX,$8 / MOV EBX,$1 / LOCK CMPXCHG [x],EBX', 'exists (0:EAX=9 /\\ x=9)', 'x=9'),
      '0:EAX=9; [x]=9;',
    ],
    [
      'arithmetic',
      one('ADD [x],$3 / SUB [x],$1 / INC [x] / DEC [x] / NEG [x]', 'exists (x=-2)'),
      '[x]=-2;',
    ],
    [
      'logic',
      one('MOV EAX,$6 / AND EAX,$3 / OR EAX,$8 / XOR EAX,$1 / NOT EAX', 'exists (0:EAX=-12)'),
      '0:EAX=-12;',
    ],
    ['a jump not taken', one('CMP [x],$1 / JE L / MOV [y],$1 / L:', 'exists (y=1)'), '[y]=1;'],
    [
      'a jump taken',
      one('CMP [x],$0 / JE L / MOV [y],$1 / L: MOV [z],$1', 'exists (y=0 /\\ z=1)'),
      '[y]=0; [z]=1;',
    ],
    ['a loop', one('L: INC [x] / CMP [x],$3 / JNE L', 'exists (x=3)'), '[x]=3;'],
    ['64 bits', one64('movq $-1,(x) / movq (x),%rax', 'exists (0:rax=-1)'), '0:rax=-1;'],
    [
      'the lower half clears the upper',
      one64('movq $-1,%rax / movl $1,%eax', 'exists (0:rax=1)'),
      '0:rax=1;',
    ],
    [
      'a byte leaves the rest',
      one64('movl $0x101,%eax / movb $2,%al', 'exists (0:rax=258)'),
      '0:rax=258;',
    ],
    ['setcc', one64('cmpl $1,(x) / setne %al', 'exists (0:rax=1)'), '0:rax=1;'],
    ['relative to rip', one64('movl $1,x(%rip)', 'exists (x=1)'), '[x]=1;'],
  ])('%s', (_name, text, state) => {
    const result = run(text);
    expect(result.states).toEqual([state]);
    expect(result.observation).toBe('Always');
  });
});

describe('what cannot be read is said', () => {
  test.each([
    ['', 'the first word names the architecture'],
    ['PPC t\n{}\n P0 ;\n nop ;\n', 'the first word names the architecture'],
    ['X86 t', 'no initial state'],
    ['X86 t {', '{ without its }'],
    ['X86 t {} (* oops', 'a comment does not end'],
    ['X86 t {}\n', 'no thread'],
    [one('FXSAVE [x]', ''), 'FXSAVE [x] is not modelled'],
    [one('LOCK MOV [x],$1', ''), 'is not modelled'],
    [one('MOV EAX', ''), 'is not modelled'],
    [one('MOV [x],$1', 'exists (x=1'), 'expected )'],
    [one('MOV [x],$1', 'exists (x)'), 'expected ='],
    [one('MOV [x],$1', `exists ${'('.repeat(9_000)}x=1`), 'nested too deeply'],
    [one('MOV [x],$1', `exists ${'x=1 => '.repeat(9_000)}x=1`), 'more than 20000 words'],
    [one('MOV [x],$1', 'sometimes (x=1)'), 'expected a condition'],
    ['C t\n{}\nP0(int *x) { frobnicate(x); }\nexists (x=1)', 'frobnicate'],
    ['C t\n{}\nP0(int *x) { WRITE_ONCE(*x, 1) }\nexists (x=1)', 'no C that can be read'],
    ['C t\n{}\nP0(int *x) { while (1', '{ without its }'],
    ['C t\n{}\nP1(int *x) { }\nexists (x=1)', 'threads are P0, P1'],
  ])('%j', (text, message) => {
    expect(() => run(text)).toThrow(LitmusSyntaxError);
    expect(() => run(text)).toThrow(message);
  });

  test('no text at all breaks the reader', () => {
    const words = [
      'X86',
      'C',
      'P0',
      '{',
      '}',
      '(',
      ')',
      ';',
      '|',
      'exists',
      'x',
      '=',
      '1',
      '(*',
      '*)',
      '\n',
      ' ',
      '[',
      ']',
      '"',
      '~',
      '/\\',
      ',',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 40 }), parts => {
        try {
          parseLitmus(`X86 t {} P0 ; ${parts.join(' ')}`);
        } catch (error) {
          expect(error).toBeInstanceOf(LitmusSyntaxError);
        }
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  test('a long line is read in time', () => {
    const text = `X86 t\n{ ${'a'.repeat(50_000)}=${'('.repeat(20_000)} }\n P0 ;\n MOV [x],$1 ;\nexists (${'x=1 /\\ '.repeat(2_000)}true)\n`;
    const started = performance.now();
    expect(() => parseLitmus(text)).not.toThrow(RangeError);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('the format', () => {
  test('comments, descriptions and annotations are skipped', () => {
    const text = `X86 t "a {test}"\n"more"\nCycle=Fre\n(* a (* nested *) { comment *)\n{ x=1; (* one *) };\n P0 (* first *) ;\n MOV EAX,[x] ;\nexists (* what *) (0:EAX=1) << trailing { stuff >>\n`;
    expect(run(text).states).toEqual(['0:EAX=1;']);
  });

  test('filter and locations', () => {
    const text =
      'C t\n{ int a[2] = {1,2}; }\nP0(int *a, int *x) { int r = a[1]; WRITE_ONCE(*x, r); }\nlocations [a[0]; 0:r]\nfilter (x=2)\nforall (x=2)\n';
    expect(run(text).states).toEqual(['0:r=2; [a[0]]=1; [x]=2;']);
  });

  test.each([
    ['0:EAX=1 /\\ (x=1 \\/ y=2)', '0:EAX=1 /\\ ([x]=1 \\/ [y]=2)'],
    ['(0:EAX=1 /\\ x=1) \\/ y=0x10', '0:EAX=1 /\\ [x]=1 \\/ [y]=16'],
    ['~(x=1) /\\ x!=2', 'not ([x]=1) /\\ not ([x]=2)'],
    ['x=1 => y=&x', '[x]=1 => [y]=x'],
    ['P0:EAX=0:EBX', '0:EAX=0:EBX'],
  ])('%s', (source, shown) => {
    const { condition } = parseLitmus(one('MOV [x],$1', `exists (${source})`));
    expect(condition === null ? '' : propositionText(condition.proposition)).toBe(shown);
  });
});
