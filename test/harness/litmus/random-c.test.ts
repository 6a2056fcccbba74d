import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runLitmus } from '../../../src/harness/litmus/run.ts';
import { digits } from './cases.ts';
import { kernelOutcomes, kernelText } from './reference-c.ts';

const place = fc.constantFrom('x', 'y');
const access = fc.oneof(
  fc
    .tuple(fc.constantFrom('W', 'w'), place, fc.constantFrom('1', '2'))
    .map(parts => parts.join('')),
  fc.tuple(fc.constantFrom('R', 'r'), place).map(parts => parts.join('')),
);
const some = fc.array(access, { minLength: 1, maxLength: 2 });
const section = fc.oneof(
  { weight: 3, arbitrary: some },
  { weight: 2, arbitrary: some.map(steps => ['L', ...steps, 'U']) },
  { weight: 2, arbitrary: some.map(steps => ['(', ...steps, ')']) },
  { weight: 1, arbitrary: fc.constant(['F']) },
);
const thread = fc.array(section, { minLength: 1, maxLength: 2 }).map(parts => parts.flat());
const updater = fc.tuple(some, fc.constantFrom(['G'], ['F']), some).map(parts => parts.flat());
const program = fc
  .tuple(updater, thread, fc.array(thread, { maxLength: 1 }))
  .map(([a, b, rest]) => [a, b, ...rest]);

const models = ['tso', 'sc'] as const;

test.each(models)(
  '%s: locks and RCU as a second implementation has them',
  memory => {
    fc.assert(
      fc.property(program, code => {
        const expected = [...kernelOutcomes(code, ['x', 'y'], memory)].sort();
        const text = kernelText(code, ['x', 'y']);
        for (const reduce of [true, false]) {
          const result = runLitmus(text, { memory, maxStates: 200_000, reduce });
          expect(digits(result.states).sort()).toEqual(expected);
        }
      }),
      { numRuns: 200, seed: 11 },
    );
  },
  60_000,
);
