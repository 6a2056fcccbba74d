import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { registerCompletion } from '../../src/cli/commands/completion.ts';
import { registerHook } from '../../src/cli/commands/hook.ts';
import { registerReview } from '../../src/cli/commands/review.ts';
import { defaultPaths } from '../../src/cli/hook/repository.ts';

const docs = (name: string): string =>
  fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
const manual = readFileSync(docs('mmudelta.1'), 'utf8').replaceAll('\\-', '-');
const guide = readFileSync(docs('review-and-hook.md'), 'utf8');

const program = new Command('mmudelta');
const never = (): never => {
  throw new Error('not called');
};
registerReview(program, never);
registerHook(program, never);
registerCompletion(program);

test('the manual page formats without a warning', () => {
  const run = spawnSync('groff', ['-man', '-Tascii', '-ww', '-z', docs('mmudelta.1')], {
    encoding: 'utf8',
  });
  if (run.error === undefined) expect(run.stderr).toBe('');
  expect(manual.split('\n').filter(line => line.length > 120)).toEqual([]);
});

test('the manual page names every command and setting', () => {
  for (const command of program.commands) expect(manual).toContain(command.name());
  for (const [, setting] of guide.matchAll(/`(mmudelta\.\w+)`/g)) expect(manual).toContain(setting);
  expect([...guide.matchAll(/\| `(mmudelta\.\w+)`/g)]).toHaveLength(6);
  expect(defaultPaths).toContain('virt/kvm');
});

test('commands in the guide are commands that there are', () => {
  const blocks = [...guide.matchAll(/```sh\n([^`]*)```/g)].map(match => match[1] ?? '');
  const lines = blocks.join('').match(/mmudelta [^'\n]*/g) ?? [];
  expect(lines.length).toBeGreaterThan(2);
  for (const line of lines) {
    const words = line.trim().split(' ').slice(1);
    let command: Command = program;
    for (const word of words) command = command.commands.find(c => c.name() === word) ?? command;
    expect(command, line).not.toBe(program);
    const known = command.options.map(option => option.long);
    for (const word of words.filter(w => w.startsWith('--'))) expect(known, line).toContain(word);
  }
});
