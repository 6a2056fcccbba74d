import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Predicate,
  parseQuestion,
  QuestionError,
  questionText,
} from '../../../src/harness/ask/question.ts';

const start = 'who holds root-reference';

describe('questions', () => {
  test.each([
    ['at f', { helper: 'f', line: null }, null],
    ['at f()', { helper: 'f', line: null }, null],
    ['at f:12', { helper: 'f', line: 12 }, null],
    ['while root.invalid', null, { kind: 'invalid' }],
    [
      'at f() : 3 while root.count>=2',
      { helper: 'f', line: 3 },
      { kind: 'count', comparison: '>=', value: 2 },
    ],
    ['while mmu_lock held', null, { kind: 'mmu-lock', mode: 'any' }],
    ['while mmu_lock held for read', null, { kind: 'mmu-lock', mode: 'read' }],
    ['while a root is on the list', null, { kind: 'any-listed' }],
  ])('%s', (rest, place, predicate) => {
    expect(parseQuestion(`${start} ${rest}`)).toEqual({ verb: 'holds', place, predicate });
  });

  test('and binds closer than or, not closest', () => {
    const { predicate } = parseQuestion(
      `${start} while not root.invalid and root.listed or root.loaded`,
    );
    expect(predicate).toEqual({
      kind: 'or',
      left: {
        kind: 'and',
        left: { kind: 'not', of: { kind: 'invalid' } },
        right: { kind: 'listed' },
      },
      right: { kind: 'loaded' },
    });
  });

  test.each([
    ['', 1, '"who"'],
    ['who', 4, 'holds, takes, puts'],
    [start, 25, '"at HELPER"'],
    [`${start} at 5`, 29, 'the name of a function'],
    [`${start} at f:x`, 31, 'a line number'],
    [`${start} while root.count = 2`, 42, 'no word'],
    [`${start} while (root.invalid`, 45, '")"'],
    [`${start} while root.invalid root.listed`, 45, 'the end of the question'],
    [`${start} while ${'('.repeat(300)}root.invalid`, 0, 'less nested'],
    [`${start} while ${'not '.repeat(300)}root.invalid`, 0, 'less nested'],
    ['x'.repeat(5000), 2000, 'too long'],
  ])('%s is refused', (text, column, why) => {
    let error: unknown = null;
    try {
      parseQuestion(text);
    } catch (e) {
      error = e;
    }
    expect(error).toBeInstanceOf(QuestionError);
    expect((error as QuestionError).message).toContain(why);
    if (column > 0) expect((error as QuestionError).column).toBe(column);
  });

  const { predicate } = fc.letrec<{ predicate: Predicate }>(tie => ({
    predicate: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<Predicate>(
        { kind: 'invalid' },
        { kind: 'scheduled' },
        { kind: 'loaded' },
        { kind: 'listed' },
        { kind: 'any-listed' },
        { kind: 'mmu-lock', mode: 'write' },
        { kind: 'count', comparison: '!=', value: 7 },
      ),
      fc.record({ kind: fc.constant('not' as const), of: tie('predicate') }),
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        left: tie('predicate'),
        right: tie('predicate'),
      }),
    ),
  }));

  test('what is printed reads back as the same', () => {
    fc.assert(
      fc.property(predicate, p => {
        const q = { verb: 'puts' as const, place: { helper: 'f', line: 4 }, predicate: p };
        const text = questionText(q);
        fc.pre(text.length < 2_000);
        expect(parseQuestion(text)).toEqual(q);
      }),
    );
  });
});
