import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runLitmus } from '../../../src/harness/litmus/run.ts';
import { digits, x86 } from './cases.ts';
import { outcomes } from './reference.ts';

const place = fc.constantFrom('x', 'y', 'z');
const value = fc.constantFrom('1', '2');
const step = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(place, value).map(([p, v]) => `W${p}${v}`) },
  { weight: 4, arbitrary: place.map(p => `R${p}`) },
  { weight: 1, arbitrary: fc.constant('F') },
  { weight: 1, arbitrary: fc.tuple(place, value).map(([p, v]) => `X${p}${v}`) },
  { weight: 1, arbitrary: place.map(p => `I${p}`) },
);
const thread = fc
  .array(step, { minLength: 1, maxLength: 4 })
  .filter(steps => steps.filter(each => /[RX]/.test(each)).length <= 3)
  .map(steps => steps.join(' '));
const program = fc
  .array(thread, { minLength: 2, maxLength: 3 })
  .map(threads => threads.join(' | '));

const models = ['tso', 'sc'] as const;

test.each(models)(
  '%s: random programs have the outcomes of a second implementation, reduced or not',
  memory => {
    fc.assert(
      fc.property(program, source => {
        const places = ['x', 'y', 'z'];
        const expected = [...outcomes(source, places, memory)].sort();
        const { text } = x86('random', source, places.join(' '), '');
        for (const reduce of [true, false]) {
          const result = runLitmus(text, { memory, maxStates: 200_000, reduce });
          expect(digits(result.states).sort()).toEqual(expected);
        }
      }),
      { numRuns: 250, seed: 42 },
    );
  },
  60_000,
);
