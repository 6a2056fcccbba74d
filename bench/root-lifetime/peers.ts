/** SPIN and CBMC on the same protocol, where they are installed. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Verdict } from './ours.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const TIMEOUT_MS = 300_000;

export function isInstalled(tool: string): boolean {
  return spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined;
}

interface Output {
  readonly text: string;
  readonly status: number | null;
}

function run(command: string, args: readonly string[], cwd: string): Output {
  const { stdout, stderr, status, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw error;
  return { text: `${stdout}${stderr}`, status };
}

const defines = (vcpus: number, bug: string | null): string[] => [
  `-DN=${vcpus}`,
  ...(bug === null ? [] : [`-D${bug}`]),
];

export function runSpin(vcpus: number, bug: string | null): Verdict {
  const folder = mkdtempSync(join(tmpdir(), 'root-lifetime-'));
  try {
    copyFileSync(join(here, 'protocol.pml'), join(folder, 'protocol.pml'));
    const started = performance.now();
    const steps: readonly (readonly [string, string[]])[] = [
      ['spin', [...defines(vcpus, bug), '-a', 'protocol.pml']],
      ['gcc', ['-O2', '-DSAFETY', '-DNOCLAIM', '-o', 'pan', 'pan.c']],
    ];
    for (const [command, args] of steps) {
      const out = run(command, args, folder);
      if (out.status !== 0) throw new Error(`${command}: ${out.text}`);
    }
    const { text } = run(join(folder, 'pan'), ['-m1000000'], folder);
    const states = /^\s*(\S+) states, stored/m.exec(text)?.[1];
    const errors = /errors: (\d+)/.exec(text)?.[1];
    if (errors === undefined) throw new Error(`pan: ${text}`);
    const depth = /at depth (\d+)/.exec(text)?.[1];
    return {
      ms: performance.now() - started,
      states: states === undefined ? null : Number(states),
      violated: errors !== '0',
      moves: depth === undefined ? null : Number(depth),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function runCbmc(vcpus: number, bug: string | null): Verdict {
  const started = performance.now();
  const out = run(
    'cbmc',
    [...defines(vcpus, bug), '--unwind', String(vcpus + 1), 'protocol-cbmc.c'],
    here,
  );
  if (out.status !== 0 && out.status !== 10) throw new Error(`cbmc: ${out.text.slice(-500)}`);
  return {
    ms: performance.now() - started,
    states: null,
    violated: out.status === 10,
    moves: null,
  };
}
