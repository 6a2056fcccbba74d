import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { terminalProgress } from '../../src/cli/progress.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

function run(...args: string[]): string {
  const start = [at('support/fake-main.ts'), ...args];
  return spawnSync(at('../../node_modules/.bin/tsx'), start, { encoding: 'utf8' }).stdout;
}

describe('help', () => {
  test.each([
    ['review'],
    ['hook'],
    ['hook install'],
    ['hook uninstall'],
    ['hook run'],
    ['completion'],
  ])('%s fits 80 columns and has an example', command => {
    const help = run(...command.split(' '), '--help');
    expect(help).toMatch(/^Examples?:$/m);
    expect(help.split('\n').filter(line => line.length > 80)).toEqual([]);
  });
});

describe('completion', () => {
  const bash = run('completion', 'bash');

  function complete(...words: string[]): string[] {
    const script = `${bash}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mmudelta; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = spawnSync('bash', ['-c', script, 'x', 'mmudelta', ...words], {
      cwd: at('support'),
      encoding: 'utf8',
    });
    return stdout.split('\n').filter(word => word !== '');
  }

  test.each([
    [[''], ['hook', 'review', 'completion']],
    [['ho'], ['hook']],
    [
      ['hook', ''],
      ['install', 'uninstall', 'run'],
    ],
    [
      ['hook', 'install', '--as', ''],
      ['auto', 'config', 'file'],
    ],
    [['review', '--for'], ['--force']],
    [['review', 'fake'], ['fake-main.ts']],
    [
      ['completion', 'f'],
      ['fish', 'fake-main.ts'],
    ],
  ])('bash: %j', (words, expected) => {
    expect(complete(...words)).toEqual(expect.arrayContaining(expected));
  });

  test('zsh and fish get the same words', () => {
    expect(run('completion', 'zsh')).toContain(bash);
    const fish = run('completion', 'fish');
    expect(fish).toContain("-n '__fish_use_subcommand' -a review -d 'draft replies");
    expect(fish).toContain("-l as -x -a 'auto config file'");
  });
});

describe('progress', () => {
  function watch(
    isTTY: boolean,
  ): { written: string[]; later: (ms: number) => void } & ReturnType<typeof terminalProgress> {
    const written: string[] = [];
    let time = 0;
    const terminal = { isTTY, columns: 30, write: (text: string) => written.push(text) };
    const progress = terminalProgress(terminal, () => time);
    return { ...progress, written, later: ms => (time += ms) };
  }

  test('is one inert line that goes away', () => {
    const { say, end, written, later } = watch(true);
    say('too early');
    later(600);
    say(`patch 1/2, \u001b[31m${'x'.repeat(99)}`);
    say('too soon');
    later(200);
    say('next');
    end();
    end();
    expect(written.map(text => text.replace('\r\u001b[K', '<'))).toEqual([
      '<patch 1/2, \\x1b[31mxxxxxxx...',
      '<next',
      '<',
    ]);
  });

  test('is nothing in a pipe', () => {
    const { say, end, written, later } = watch(false);
    later(9999);
    say('x');
    end();
    expect(written).toEqual([]);
  });
});
