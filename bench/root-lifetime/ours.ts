/** The protocol on our own engine. */
import { readFileSync } from 'node:fs';
import { exploreToFixpoint } from '../../src/harness/explore/fixpoint.ts';
import { headerMacros, kernelHeader } from '../../src/harness/litmus/kernel-header.ts';
import { loadUnits } from '../../src/semantics/c/front.ts';
import { opaqueNames, shims } from '../../src/semantics/c/shims.ts';
import { compileProgram } from '../../src/semantics/compile/program.ts';
import { Lifter } from '../../src/semantics/lift/lift.ts';
import { modelledNames } from '../../src/semantics/lift/primitives.ts';

export interface Verdict {
  readonly ms: number;
  /** null where the tool does not say. */
  readonly states: number | null;
  readonly violated: boolean;
  /** Moves of the shortest counterexample found. */
  readonly moves: number | null;
}

const header = 'kernel.h';
const source = readFileSync(new URL('./protocol.c', import.meta.url), 'utf8');

export function runOurs(vcpus: number, bug: string | null): Verdict {
  const started = performance.now();
  const loaded = loadUnits({ read: path => (path === header ? kernelHeader : null) }, [header], {
    config: new Map(),
    overrides: `#define NVCPUS ${vcpus}\n${bug === null ? '' : `#define ${bug} 1\n`}`,
    opaque: new Set([...opaqueNames, ...modelledNames].filter(name => !headerMacros.has(name))),
    shims,
    extraUnits: [{ name: 'protocol', text: source }],
  });
  const wrong = loaded.diagnostics[0];
  if (wrong !== undefined) throw new Error(`${wrong.file}:${wrong.line}: ${wrong.message}`);
  const lifter = new Lifter(loaded.unit);
  const threads = [
    ...Array.from({ length: vcpus }, (_, i) => ({ name: `vCPU ${i}`, entry: 'vcpu', vcpu: i })),
    { name: 'invalidator', entry: 'invalidate', vcpu: null },
  ];
  const result = exploreToFixpoint(
    racing =>
      compileProgram(lifter, {
        threads,
        setup: ['mmd_setup'],
        levels: 2,
        bits: 1,
        pools: { misc: 1 },
        racing,
        symmetry: true,
        trackDirty: false,
        stackCells: 200,
      }),
    {
      passes: bug === null ? [] : [0, 1, 2],
      racing: [],
      full: true,
      maxStates: 10_000_000,
      stopAtFirst: false,
      events: null,
      observe: null,
      atRest: null,
      deadlineMs: null,
      now: () => 0,
      onProgress: null,
    },
  );
  const found = [...result.found.values()];
  if (!result.exhaustive) throw new Error(`the search ended at its bound: ${result.boundHit}`);
  if (result.quiescent === 0) throw new Error('no execution comes to rest');
  return {
    ms: performance.now() - started,
    states: result.states,
    violated: found.length > 0,
    moves: found.length === 0 ? null : Math.min(...found.map(each => each.schedule.length)),
  };
}
