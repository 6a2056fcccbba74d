import { describe, expect, test } from 'vitest';
import { loadUnit } from '../../../src/semantics/c/front.ts';
import { type EqualSide, equalFunctions } from '../../../src/semantics/equal/equal.ts';
import { whyNotEqual } from '../../../src/semantics/equal/prove.ts';
import { fingerprintModel } from '../../../src/semantics/ir/fingerprint.ts';
import { Lifter } from '../../../src/semantics/lift/lift.ts';
import { other, type Pair, prelude, same } from './cases.ts';

function lifted(text: string): Lifter {
  const types = 'typedef _Bool bool;\n#define true 1\n#define false 0\n';
  const loaded = loadUnit({ read: path => (path === 'a.c' ? types + prelude + text : '') }, 'a.c', {
    config: new Map(),
    overrides: '',
    opaque: new Set(),
  });
  expect(loaded.diagnostics).toEqual([]);
  return new Lifter(loaded.unit);
}

function sideOf(lifter: Lifter): EqualSide {
  const names = [...lifter.unit.functions.keys()];
  return {
    model: name => lifter.function(name),
    isStatic: name => lifter.unit.functions.get(name)?.spec.storage.includes('static') ?? false,
    callers: name => names.filter(n => lifter.function(n)?.callees.includes(name) ?? false),
  };
}

/** Functions that differ and make a difference. */
function different({ before, after }: Pair): string[] {
  const [was, is] = [lifted(before), lifted(after)];
  const print = (lifter: Lifter, name: string): string => {
    const model = lifter.function(name);
    return model === null ? '' : fingerprintModel(model);
  };
  const names = [...new Set([...was.unit.functions.keys(), ...is.unit.functions.keys()])];
  const changed = names.filter(n => print(was, n) !== print(is, n));
  expect(changed).not.toEqual([]);
  const equal = equalFunctions(changed, sideOf(was), sideOf(is));
  return changed.filter(n => !equal.has(n));
}

describe('the same in other words', () => {
  test.each(same)('$what', pair => {
    expect(different(pair)).toEqual([]);
    expect(different({ ...pair, before: pair.after, after: pair.before })).toEqual([]);
  });
});

describe('something else', () => {
  test.each(other)('$what', pair => {
    expect(different(pair)).toContain('f');
    expect(different({ ...pair, before: pair.after, after: pair.before })).toContain('f');
  });
});

test('a helper that others call as well is not settled by those that are equal', () => {
  const helper = 'static int level(struct root *r) { return r->level; }';
  const changed = 'static int level(struct root *r) { return r->level + 1; }';
  const body = 'void g(struct root *r) { see(level(r)); }';
  expect(
    different({
      what: '',
      before: `${helper} void f(struct root *r) { see(r->level); } ${body}`,
      after: `${changed} void f(struct root *r) { see(level(r) - 1 + 1); } ${body}`,
    }),
  ).toContain('level');
});

test('what cannot be compared is said', () => {
  const text =
    'void f(struct vm *vm) { struct root *r __attribute__((cleanup(done))) = vm->first; see(1); }';
  const model = lifted(`void done(struct root **r) { seen = (*r)->level; } ${text}`).function('f');
  if (model === null) throw new Error('f is not there');
  const none = (): null => null;
  expect(whyNotEqual({ before: model, after: model, inlineBefore: none, inlineAfter: none })).toBe(
    'a cleanup',
  );
});
