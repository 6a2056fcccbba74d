import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { hasTree, kernelVersions, treeRoot } from './kernel-tree.ts';

const versions = kernelVersions.filter(hasTree);
const script = fileURLToPath(new URL('./cold-run.ts', import.meta.url));

interface Cost {
  readonly cached: boolean;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly rssMb: number;
  readonly tokens: number;
  readonly externals: number;
  readonly diagnostics: number;
}

function run(version: string, folder: string): Cost {
  const args = ['--import', 'tsx', script, treeRoot(version), folder];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Cost;
}

/** How long it takes is printed, and measured by the bench: machines are busy in ways a test cannot know. */
describe.skipIf(versions.length === 0)('four units from a cold start', () => {
  test.each(versions)('%s', version => {
    const folder = mkdtempSync(join(tmpdir(), 'mmudelta-cold-'));
    try {
      const cold = run(version, folder);
      const warm = run(version, folder);
      console.log(version, 'cold', JSON.stringify(cold), 'with cache', JSON.stringify(warm));
      expect([cold.cached, warm.cached]).toEqual([false, true]);
      expect([warm.tokens, warm.externals]).toEqual([cold.tokens, cold.externals]);
      expect(cold.rssMb).toBeLessThan(400);
      expect(warm.rssMb).toBeLessThan(400);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
