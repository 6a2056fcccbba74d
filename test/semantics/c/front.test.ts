import { describe, expect, test } from 'vitest';
import { configDefines, kvmConfig, parseConfig } from '../../../src/semantics/c/config.ts';
import { parseAllBodies } from '../../../src/semantics/c/parse.ts';
import { codes, load } from './sources.ts';

const tree = `
struct kvm { int a; union { struct { long mmu_seq; } in; int plain; }; };
struct kvm *get(struct kvm *kvm, int x, ...);
static inline int put(void) { return 0; }
#define both(a, b) ((a) + (b))
#define flag 1
`;

function has(condition: string): boolean {
  const text = `#if ${condition}\nint yes;\n#else\nint no;\n#endif`;
  const loaded = load(tree, {}, { extraUnits: [{ name: 'driver', text }] });
  expect(loaded.diagnostics).toEqual([]);
  return loaded.unit.tokens.some(t => t.text === 'yes');
}

describe('units beside the tree', () => {
  test.each([
    ['MMUDELTA_HAS(get) && MMUDELTA_HAS(put) && MMUDELTA_HAS(both) && MMUDELTA_HAS(flag)', true],
    ['MMUDELTA_HAS(kvm) || MMUDELTA_HAS(nothing)', false],
    ['MMUDELTA_HAS_FIELD(kvm, a) && MMUDELTA_HAS_FIELD(kvm, plain)', true],
    ['MMUDELTA_HAS_FIELD(kvm, mmu_seq) || MMUDELTA_HAS_FIELD(nothing, a)', false],
    ['MMUDELTA_NPARAMS(get) == 2 && MMUDELTA_NPARAMS(put) == 0', true],
    ['MMUDELTA_NPARAMS(both) == 2 && MMUDELTA_NPARAMS(nothing) == -1', true],
  ])('%s', (condition, expected) => {
    expect(has(condition)).toBe(expected);
  });

  test('use the tree and follow one another', () => {
    const extraUnits = [
      { name: 'one', text: 'static int one(struct kvm *kvm) { return both(kvm->a, flag); }' },
      { name: 'two', text: '#if MMUDELTA_HAS(one)\nint two(void) { return one(0); }\n#endif' },
    ];
    const loaded = load(tree, {}, { extraUnits });
    expect(loaded.diagnostics).toEqual([]);
    expect(parseAllBodies(loaded.unit.externals)).toEqual([]);
    const names = loaded.unit.externals.map(e => (e.kind === 'function' ? e.name : e.kind));
    expect(names.slice(-2)).toEqual(['one', 'two']);
    const two = loaded.unit.tokens.find(t => t.text === 'two');
    expect([two?.file, two?.line]).toEqual(['<two>', 2]);
  });

  test('the predicates are unknown to the tree itself', () => {
    expect(codes(load('#if MMUDELTA_HAS(x)\n#endif'))).toEqual(['c/condition main.c:1']);
  });
});

describe('what was read', () => {
  test('files, macros and missing files are listed', () => {
    const loaded = load('#include "a.h"\n#define B 2', { 'a.h': '#define A(x) x', 'c.h': '' });
    expect(loaded.filesRead).toEqual(['main.c', 'a.h']);
    expect([...loaded.macros.keys()].filter(k => k === 'A' || k === 'B')).toEqual(['A', 'B']);
    expect(loaded.macros.get('A')?.params).toEqual(['x']);
  });

  test('files are one unit, in order', () => {
    const loaded = load('#include "a.c"\nT b;', { 'a.c': 'typedef int T;' });
    expect(loaded.diagnostics).toEqual([]);
  });
});

describe('configuration', () => {
  test('turns into what a build defines', () => {
    const config = parseConfig(
      '# x\nCONFIG_A=y\nCONFIG_B=m\nCONFIG_C=12\nCONFIG_D="a b"\nCONFIG_E=n\n',
    );
    expect(typeof config).toBe('object');
    expect(configDefines(config as Map<string, string>)).toBe(
      '#define CONFIG_A 1\n#define CONFIG_B_MODULE 1\n#define CONFIG_C 12\n#define CONFIG_D "a b"\n',
    );
  });

  test.each([
    ['CONFIG_A', 1],
    ['CONFIG_A=y\nFOO=y', 2],
    ['CONFIG_A=y; #define', 1],
    ['\n\nCONFIG_A="a\\', 3],
  ])('refuses %j, by line', (text, line) => {
    expect(parseConfig(text)).toBe(line);
  });

  test('never defines more than its names', () => {
    const hostile = new Map([
      ['CONFIG_A 1\n#define B', 'y'],
      ['CONFIG_C', '1\n#define D 2'],
    ]);
    expect(configDefines(hostile)).toBe('\n');
  });

  test('has lock debugging on', () => {
    expect(kvmConfig.get('CONFIG_PROVE_LOCKING')).toBe('y');
  });
});
