import { describe, expect, test } from 'vitest';
import { type Conflicts, createConflicts } from '../../../src/semantics/kernel/conflicts.ts';

const LEVEL = 0x0f;
const INVALID = 0x10;
const PLACE = 0;
const SITE = 7;

function fresh(): Conflicts {
  const conflicts = createConflicts(Int32Array.of(0, 1), 2, () => 'role');
  conflicts.enabled = true;
  return conflicts;
}

/** Thread 0 reads some bits of the place, thread 1 changes some, nobody holds a lock. */
function met(read: number, changed: number): Conflicts {
  const conflicts = fresh();
  conflicts.access(PLACE, 0, false, true, SITE, read);
  conflicts.access(PLACE, 1, true, true, SITE, changed);
  conflicts.access(PLACE, 0, false, true, SITE, read);
  return conflicts;
}

describe('a write conflicts through the bits that it changes', () => {
  test('with a read of these bits', () => {
    expect(met(INVALID, INVALID).needsPoint(PLACE, false, INVALID)).toBe(true);
  });
  test('with a read of the whole word', () => {
    expect(met(-1, INVALID).needsPoint(PLACE, false, -1)).toBe(true);
  });
  test('not with a read of other bits', () => {
    const conflicts = met(LEVEL, INVALID);
    expect(conflicts.needsPoint(PLACE, false, LEVEL)).toBe(false);
    expect(conflicts.needsPoint(PLACE, false, INVALID)).toBe(true);
  });
  test('with nothing when it writes what is there, unless it orders by being made', () => {
    expect(met(-1, 0).needsPoint(PLACE, false, -1)).toBe(false);
    const conflicts = met(-1, 0);
    conflicts.ordersBy(PLACE);
    expect(conflicts.needsPoint(PLACE, false, -1)).toBe(true);
  });
  test('with other writes, whatever they are going to change', () => {
    expect(met(LEVEL, INVALID).needsPoint(PLACE, true, LEVEL)).toBe(true);
  });
});

test('bits that change later are something new to learn', () => {
  const conflicts = met(-1, INVALID);
  conflicts.settle();
  conflicts.access(PLACE, 1, true, true, SITE, INVALID);
  expect(conflicts.changed).toBe(false);
  conflicts.access(PLACE, 1, true, true, SITE, LEVEL);
  expect(conflicts.changed).toBe(true);
});

test('a freed object has changed altogether', () => {
  const conflicts = met(LEVEL, INVALID);
  conflicts.freed(PLACE, PLACE + 1, 1, false);
  expect(conflicts.needsPoint(PLACE, false, LEVEL)).toBe(true);
});

test('what was learned of bits goes to the next program', () => {
  const next = fresh();
  next.adopt(met(LEVEL, INVALID).facts());
  expect(next.needsPoint(PLACE, false, LEVEL)).toBe(false);
  expect(next.needsPoint(PLACE, false, INVALID)).toBe(true);
});
