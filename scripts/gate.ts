// `npm run check`: every gate, each reported, none skipped because an earlier one failed.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const gates: readonly (readonly [name: string, command: string])[] = [
  ['format and lint', 'npx biome ci'],
  ['types', 'npx tsc --noEmit -p .'],
  ['boundaries', 'npx tsx scripts/boundaries.ts'],
  ['dead code', 'npm run --silent dead-code'],
  ['tests with coverage', 'npx vitest run --coverage'],
  ['build', 'npm run --silent build'],
  ['package', 'npm run --silent package-check'],
  ['command line', 'npx tsx scripts/smoke.ts'],
];

let passed = 0;
const failed: string[] = [];
for (const [name, command] of gates) {
  const started = Date.now();
  const { status } = spawnSync('sh', ['-c', command], {
    stdio: 'inherit',
    // The tests run inside the gate count as one gate, and must not overwrite the counts of `npm test`.
    env: { ...process.env, MMUDELTA_COUNTS: undefined },
  });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`gate ${status === 0 ? 'passed' : 'FAILED'}: ${name} (${seconds} s)`);
  if (status === 0) passed++;
  else failed.push(name);
}

console.log(
  failed.length === 0
    ? `all ${passed} gates passed`
    : `${failed.length} of ${gates.length} gates failed: ${failed.join(', ')}`,
);
const countsFile = process.env['MMUDELTA_GATE_COUNTS'];
if (countsFile !== undefined) {
  writeFileSync(countsFile, `${JSON.stringify({ passed, failed: failed.length, skipped: 0 })}\n`);
}
process.exit(failed.length === 0 ? 0 : 1);
