import { describe, expect, it } from 'vitest';
import { unseenChanges } from '../../src/check/unseen.ts';
import type { SideModels } from '../../src/harness/side.ts';

const side = (
  calls: Record<string, string[]>,
  callers: Record<string, string[]> = {},
): SideModels =>
  ({
    standInCalls: new Map(Object.entries(calls)),
    replacedCallers: new Map(Object.entries(callers)),
    files: new Map(),
  }) as unknown as SideModels;

describe('what stand-ins keep from being seen', () => {
  it('an argument that the stand-in does not look at', () => {
    const [was, is] = [side({ f: ['flush x'] }), side({ f: ['flush y'] })];
    expect(unseenChanges(['f'], was, is).map(r => [r.code, r.message])).toEqual([
      [
        'stand-in-argument',
        'flush() is called with other arguments, which its stand-in does not look at',
      ],
    ]);
  });

  it('a call that only moved to another helper is the same call', () => {
    const [was, is] = [side({ f: ['flush x'] }), side({ g: ['flush x'] })];
    expect(unseenChanges(['f', 'g'], was, is)).toEqual([]);
  });

  it('a caller that a stand-in runs instead of', () => {
    const is = side({}, { f: ['account_shadowed'] });
    expect(unseenChanges(['f'], side({}), is).map(r => r.code)).toEqual(['stand-in-caller']);
    expect(unseenChanges(['g'], side({}), is)).toEqual([]);
  });
});
