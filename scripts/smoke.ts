// The built command line on the embedded default, as somebody does who has just installed it.
import { spawnSync } from 'node:child_process';

const commands = [['--version'], ['--help'], ['series'], ['series', '--format', 'json']];

for (const args of commands) {
  const run = spawnSync('node', ['dist/cli/main.js', ...args], { encoding: 'utf8' });
  if (run.status !== 0 || run.stdout === '') {
    console.error(`mmudelta ${args.join(' ')}: exit ${run.status}\n${run.stdout}${run.stderr}`);
    process.exit(1);
  }
}
console.log(`smoke: ${commands.length} commands`);
