// Runs dependency-cruiser and fails when it saw fewer modules than there are: a cruiser that cannot
// read the sources reports no violations either.
import { execFileSync, spawnSync } from 'node:child_process';

const folders = ['src'];
const onDisk = execFileSync('find', [...folders, '-name', '*.ts', '-type', 'f'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter(Boolean);
const cruise = (...args: string[]) =>
  spawnSync('npx', ['depcruise', ...folders, '--config', '.dependency-cruiser.cjs', ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });

const json = cruise('--output-type', 'json');
if (json.stdout === '') {
  console.error(json.stderr);
  process.exit(1);
}
const seen = new Set<string>(
  JSON.parse(json.stdout).modules.map((module: { source: string }) => module.source),
);
const unseen = onDisk.filter(file => !seen.has(file));
if (unseen.length > 0) {
  console.error(`boundaries: ${unseen.length} of ${onDisk.length} modules were not seen:`);
  for (const file of unseen.slice(0, 10)) console.error(`  ${file}`);
  process.exit(1);
}
const verdict = cruise('--output-type', 'err');
process.stdout.write(verdict.stdout);
process.stderr.write(verdict.stderr);
process.exit(verdict.status ?? 1);
