import { describe, expect, it } from 'vitest';
import { note, oneSided } from '../../src/check/one-sided.ts';
import type { SideCondition, SideModels } from '../../src/harness/side.ts';

const file = 'arch/x86/kvm/mmu/mmu.c';
const asks = (key: string, line: number): SideCondition => ({
  key,
  asks: key,
  decides: true,
  file,
  line,
});
const side = (functions: Record<string, SideCondition[]>): SideModels =>
  ({ conditions: new Map(Object.entries(functions)) }) as unknown as SideModels;
const lines = (...numbers: number[]) => ({
  added: new Map([[file, new Set(numbers)]]),
  removed: new Map([[file, new Set(numbers)]]),
});

describe('conditions that came out one way', () => {
  const before = side({ f: [asks('a', 10), asks('b', 10)] });
  const after = side({ f: [asks('a', 10)] });
  const seen = (bits: Record<string, number>) => new Map(Object.entries(bits));

  it.each([
    [0, 'b, which changes, is never asked in any execution (before the patch)'],
    [1, 'b, which changes, never comes out false in any execution (before the patch)'],
    [2, 'b, which changes, never comes out true in any execution (before the patch)'],
  ])('a removed operand, seen as %i', (bits, message) => {
    const decided = { before: seen({ 'f#0': 3, 'f#1': bits }), after: seen({ 'f#0': 1 }) };
    expect(oneSided(['f'], before, after, decided, lines(10))).toEqual([
      { message, file, line: 10 },
    ]);
  });

  it('says nothing of one that came out both ways, nor of operands that stay', () => {
    const decided = { before: seen({ 'f#0': 1, 'f#1': 3 }), after: seen({ 'f#0': 1 }) };
    expect(oneSided(['f'], before, after, decided, lines(10))).toEqual([]);
  });

  it('follows a condition into another helper', () => {
    const moved = side({ f: [asks('a', 10)], g: [asks('b', 30)] });
    const decided = { before: new Map(), after: new Map() };
    expect(oneSided(['f', 'g'], before, moved, decided, lines(10, 30))).toEqual([]);
  });

  it('finds the new one among several that ask the same by its line', () => {
    const twice = side({ f: [asks('a', 10), asks('b', 10), asks('b', 12)] });
    const decided = {
      before: new Map(),
      after: seen({ 'f#0': 3, 'f#1': 1, 'f#2': 2 }),
    };
    expect(oneSided(['f'], before, twice, decided, lines(12)).map(o => o.line)).toEqual([12]);
  });

  it('puts the runs of all scenarios together', () => {
    const all = new Map<string, number>();
    note(all, { 'f#0': 1 });
    note(all, { 'f#0': 2, 'f#1': 1 });
    expect(Object.fromEntries(all)).toEqual({ 'f#0': 3, 'f#1': 1 });
  });
});
