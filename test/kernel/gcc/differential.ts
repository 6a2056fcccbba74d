/** Runs C both ways: compiled by gcc, and lifted and lowered. What differs is a mistake of the lifter. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kvmConfig } from '../../../src/semantics/c/config.ts';
import { type LoadedUnit, loadUnits } from '../../../src/semantics/c/front.ts';
import { opaqueNames, shims } from '../../../src/semantics/c/shims.ts';
import type { SourceReader } from '../../../src/semantics/c/source.ts';
import { compileProgram, type Program } from '../../../src/semantics/compile/program.ts';
import { Lifter } from '../../../src/semantics/lift/lift.ts';
import { modelledNames } from '../../../src/semantics/lift/primitives.ts';
import { nativeText } from './native-text.ts';

export const words = 8;

/** Two words of input and output arrays stand at the head of every driver. */
const driverHead = `
unsigned long long mmd_in[${words}], mmd_out[${words}];
`;

/** What the unit leaves as calls, for gcc. */
const nativePrelude = `
#define READ_ONCE(x) (x)
#define WRITE_ONCE(x, v) ((x) = (v))
#define __READ_ONCE(x) (x)
#define rcu_dereference(x) (x)
#define srcu_dereference_check(x, ...) (x)
#define lockdep_is_held(l) 1
#define container_of(p, type, member) ((type *)((char *)(p) - __builtin_offsetof(type, member)))
#define offsetof(type, member) __builtin_offsetof(type, member)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define WARN_ON(c) (!!(c))
#define WARN_ON_ONCE(c) (!!(c))
#define WARN_ONCE(c, ...) (!!(c))
#define KVM_MMU_WARN_ON(c) (!!(c))
#define MMU_WARN_ON(c) (!!(c))
#define KVM_BUG_ON(c, kvm) (!!(c))
#define KVM_BUG_ON_DATA_CORRUPTION(c, kvm) (!!(c))
#define BUG_ON(c) ((void)(c))
#define BUG() ((void)0)
#define BUILD_BUG_ON(c) ((void)0)
#define BUILD_BUG_ON_MSG(c, m) ((void)0)
#define min(a, b) ({ __typeof__((a) + (b)) _a = (a), _b = (b); _a < _b ? _a : _b; })
#define max(a, b) ({ __typeof__((a) + (b)) _a = (a), _b = (b); _a > _b ? _a : _b; })
#define min_t(t, a, b) min((t)(a), (t)(b))
#define max_t(t, a, b) max((t)(a), (t)(b))
#define swap(a, b) do { __typeof__(a) _t = (a); (a) = (b); (b) = _t; } while (0)
#define lockdep_assert_held_write(l) ((void)0)
#define lockdep_assert_held_read(l) ((void)0)
#define lockdep_assert_held(l) ((void)0)
#define pr_err_ratelimited(...) ((void)0)
#define pr_err(...) ((void)0)
#define barrier() ((void)0)
#define array_index_mask_nospec(i, size) ((i) < (size) ? ~0UL : 0UL)
#define boot_cpu_has(f) 0
#define X86_PMC_IDX_MAX 64
#define INTEL_PMC_MAX_GENERIC 8
#define INTEL_PMC_MAX_FIXED 4
#define static_call(target) mmd_static_call__##target
#define static_call_cond(target) mmd_static_call__##target
#define smp_load_acquire(p) (*(p))
#define __va(x) ((void *)(unsigned long)(x))
#define __pa(x) ((unsigned long)(x))
#define memset(p, v, n) __builtin_memset(p, v, n)
extern unsigned long get_zeroed_page(unsigned int);
`;

export interface Differential {
  readonly loaded: LoadedUnit;
  readonly lifter: Lifter;
  /** Inputs on which the case's outputs differ. */
  differences(
    name: string,
    inputs: readonly (readonly bigint[])[],
    optimise: '-O0' | '-O2',
  ): string[];
  /** What gcc's code makes of the inputs. */
  native(name: string, inputs: readonly (readonly bigint[])[], optimise: '-O0' | '-O2'): bigint[][];
  dispose(): void;
}

export interface DifferentialSpec {
  readonly reader: SourceReader;
  readonly files: readonly string[];
  readonly driver: string;
  readonly overrides?: string;
  readonly cases: readonly string[];
}

export function hasGcc(): boolean {
  return spawnSync('gcc', ['--version']).status === 0;
}

export function prepare(spec: DifferentialSpec): Differential {
  const loaded = loadUnits(spec.reader, spec.files, {
    config: kvmConfig,
    overrides: spec.overrides ?? '',
    opaque: new Set([...opaqueNames, ...modelledNames]),
    shims,
    extraUnits: [
      { name: 'driver.c', text: `${driverHead}${spec.driver}\nvoid mmd_idle(void) {}\n` },
    ],
  });
  if (loaded.diagnostics.length > 0)
    throw new Error(JSON.stringify(loaded.diagnostics.slice(0, 3)));
  const lifter = new Lifter(loaded.unit);
  const dir = mkdtempSync(join(tmpdir(), 'mmudelta-gcc-'));
  const built = new Map<string, string>();
  const native = (optimise: string): string => {
    const known = built.get(optimise);
    if (known !== undefined) return known;
    const exe = compile(dir, loaded, spec.cases, optimise);
    built.set(optimise, exe);
    return exe;
  };
  return {
    loaded,
    lifter,
    differences: (name, inputs, optimise) => {
      const expected = runNative(native(optimise), spec.cases.indexOf(name), inputs);
      return compare(runLowered(lifter, name, inputs), expected, inputs);
    },
    native: (name, inputs, optimise) =>
      runNative(native(optimise), spec.cases.indexOf(name), inputs),
    dispose: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function compile(
  dir: string,
  loaded: LoadedUnit,
  cases: readonly string[],
  optimise: string,
): string {
  const provided = new Set([
    ...(nativePrelude.match(/(?<=#define )\w+/g) ?? []),
    'get_zeroed_page',
  ]);
  const roots = ['mmd_in', 'mmd_out', ...cases];
  const unit = join(dir, 'unit.c');
  const main = join(dir, 'main.c');
  const exe = join(dir, `unit${optimise}`);
  writeFileSync(unit, `${nativePrelude}${nativeText(loaded.unit, roots, provided)}\n`);
  writeFileSync(main, mainText(cases));
  // The kernel's own dialect: wrapping signed arithmetic, no aliasing assumptions.
  const dialect = [
    '-std=gnu11',
    '-w',
    '-fwrapv',
    '-fno-strict-aliasing',
    '-fno-builtin',
    '-fshort-wchar',
  ];
  const objects: string[] = [];
  for (const [file, flags] of [
    [unit, dialect],
    [main, []],
  ] as const) {
    const object = `${file}${optimise}.o`;
    execFileSync('gcc', [...flags, optimise, '-c', file, '-o', object], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    objects.push(object);
  }
  // Functions that no case reaches may mention what is not there.
  execFileSync('gcc', ['-no-pie', '-Wl,--unresolved-symbols=ignore-all', ...objects, '-o', exe]);
  return exe;
}

const mainText = (cases: readonly string[]): string => `
#include <stdio.h>
#include <stdlib.h>
extern unsigned long long mmd_in[], mmd_out[];
${cases.map(c => `void ${c}(void);`).join('\n')}
static unsigned char pages[8][4096] __attribute__((aligned(4096)));
static int used;
unsigned long get_zeroed_page(unsigned int flags)
{
	(void)flags;
	for (int i = 0; i < 4096; i++) pages[used][i] = 0;
	return (unsigned long)pages[used++];
}
static void (*const table[])(void) = { ${cases.join(', ')} };
int main(int argc, char **argv)
{
	int which = atoi(argv[1]);
	while (fread(mmd_in, 8, ${words}, stdin) == ${words}) {
		for (int i = 0; i < ${words}; i++) mmd_out[i] = 0;
		used = 0;
		table[which]();
		fwrite(mmd_out, 8, ${words}, stdout);
	}
	return 0;
}
`;

function runNative(exe: string, index: number, inputs: readonly (readonly bigint[])[]): bigint[][] {
  const bytes = new BigUint64Array(inputs.length * words);
  inputs.forEach((row, i) => {
    row.forEach((value, k) => {
      bytes[i * words + k] = value;
    });
  });
  const out = execFileSync(exe, [String(index)], {
    input: Buffer.from(bytes.buffer),
    maxBuffer: 1 << 28,
  });
  const result = new BigUint64Array(out.buffer.slice(out.byteOffset, out.byteOffset + out.length));
  return inputs.map((_, i) => [...result.subarray(i * words, (i + 1) * words)]);
}

export function lowered(lifter: Lifter, entry: string): Program {
  return compileProgram(lifter, {
    threads: [{ name: 'idle', entry: 'mmd_idle', vcpu: null }],
    setup: [entry],
    levels: 4,
    bits: 9,
    pools: { 'shadow-page': 4, 'page-table': 8, 'list-descriptor': 1, misc: 1 },
    racing: new Set(),
    symmetry: false,
    trackDirty: false,
    stackCells: 4000,
  });
}

function runLowered(
  lifter: Lifter,
  name: string,
  inputs: readonly (readonly bigint[])[],
): bigint[][] {
  const program = lowered(lifter, name);
  const { machine, unit } = program;
  const { state, S } = machine;
  const at = (global: string): number => {
    const found = lifter.unit.globals.get(global);
    return found === undefined ? 0 : unit.globalCell(found);
  };
  const input = at('mmd_in');
  const output = at('mmd_out');
  // A start clears the whole state; the inputs are its only other contents.
  const clear = state.reset;
  let row: readonly bigint[] = [];
  state.reset = () => {
    clear();
    row.forEach((value, k) => {
      state.write(input + k * 2, Number(BigInt.asIntN(32, value)));
      state.write(input + k * 2 + 1, Number(BigInt.asIntN(32, value >> 32n)));
    });
  };
  return inputs.map(next => {
    row = next;
    program.start();
    const result = Array.from({ length: words }, (_, k) => {
      const low = BigInt.asUintN(32, BigInt(S[output + k * 2] as number));
      return low | (BigInt.asUintN(32, BigInt(S[output + k * 2 + 1] as number)) << 32n);
    });
    return result;
  });
}

function compare(
  got: readonly (readonly bigint[])[],
  expected: readonly (readonly bigint[])[],
  inputs: readonly (readonly bigint[])[],
): string[] {
  const hex = (row: readonly bigint[] | undefined): string =>
    (row ?? []).map(v => v.toString(16)).join(' ');
  const differing: string[] = [];
  for (const [i, row] of inputs.entries()) {
    if (hex(got[i]) === hex(expected[i])) continue;
    differing.push(`in ${hex(row)}\n  gcc     ${hex(expected[i])}\n  lowered ${hex(got[i])}`);
    if (differing.length === 5) break;
  }
  return differing;
}

/** Reproducible inputs that favour the edges: small numbers, powers of two and their neighbours, all ones. */
export function randomInputs(count: number, seed: number): bigint[][] {
  let state = BigInt(seed) * 2n + 1n;
  const next = (): bigint => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    const x = state ^ (state >> 29n);
    return BigInt.asUintN(64, x * 0x9e3779b97f4a7c15n) ^ (x >> 32n);
  };
  const word = (): bigint => {
    const kind = next() % 8n;
    const value = next();
    const bit = 1n << (value % 64n);
    if (kind === 0n) return value % 16n;
    if (kind === 1n) return BigInt.asUintN(64, -(value % 16n));
    if (kind === 2n) return bit;
    if (kind === 3n) return BigInt.asUintN(64, bit - 1n);
    if (kind === 4n) return BigInt.asUintN(64, -bit);
    if (kind === 5n) return value & 0xffffffffn;
    return BigInt.asUintN(64, value);
  };
  return Array.from({ length: count }, () => Array.from({ length: words }, word));
}
