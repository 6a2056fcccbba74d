import { describe, expect, it } from 'vitest';
import { conditionsOf } from '../../../src/semantics/ir/conditions.ts';
import { prepare } from '../../kernel/gcc/differential.ts';

const text = `
struct page { int level; int invalid; };
int present(struct page *p) { return p->level > 0; }
int one(struct page *p, int shared) {
	if (p->invalid && present(p))
		return 1;
	while (p->level > 2 || shared)
		p->level--;
	return shared ? 3 : !p->invalid;
}
_Bool answer(struct page *p) { return present(p); }
int other(int flag, struct page *q) { return present(q) && !flag ? q->level : 0; }
`;
const { lifter } = prepare({ reader: { read: () => null }, files: [], driver: text, cases: [] });
const conditions = (name: string) => {
  const model = lifter.function(name);
  return model === null ? [] : conditionsOf(model);
};

describe('operands of tests', () => {
  it('are listed in source order, down to what is asked', () => {
    expect(conditions('one').map(c => c.asks)).toEqual([
      'p.invalid',
      'present()',
      'p.level',
      'shared',
      'shared',
      'p.invalid',
    ]);
  });

  it('mean the same under other names of locals', () => {
    const [, present] = conditions('one');
    const [same, flag] = conditions('other');
    expect(same?.key).toBe(present?.key);
    expect(flag?.key).toBe(conditions('one')[3]?.key);
    expect(flag?.key).not.toBe(same?.key);
  });

  it('an answer is one that somebody else decides by', () => {
    expect(conditions('answer').map(c => [c.asks, c.decides])).toEqual([['present()', false]]);
  });

  it('a value that nobody asks is none', () => {
    expect(conditions('present')).toEqual([]);
  });
});
