import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { exitStatus } from '../../src/result.ts';
import { samples } from './samples/all.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../docs/schema/check.json', import.meta.url), 'utf8'),
) as object;
const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);

describe('docs/schema/check.json', () => {
  test.each(Object.entries(samples))('describes the sample %s', (_name, sample) => {
    validate(sample);
    expect(validate.errors ?? []).toEqual([]);
  });

  test.each([
    ['a key that is not there', { ...samples['equivalent'], verdict: undefined }],
    ['a key that nobody knows', { ...samples['equivalent'], extra: 1 }],
    ['another schema version', { ...samples['equivalent'], schema: 'mmudelta/2' }],
    ['a verdict that is none', { ...samples['equivalent'], verdict: 'fine' }],
  ])('refuses %s', (_name, sample) => {
    expect(validate(JSON.parse(JSON.stringify(sample)))).toBe(false);
  });
});

test.each([
  ['equivalent', 0],
  ['changed', 0],
  ['broken', 1],
  ['twelve', 1],
  ['inconclusive', 3],
  ['failed', 2],
])('the sample %s exits %i', (name, status) => {
  const sample = samples[name];
  if (!sample) throw new Error(name);
  expect(exitStatus(sample)).toBe(status);
});
