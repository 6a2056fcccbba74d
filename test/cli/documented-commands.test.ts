import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (name: string): string => readFileSync(join(root, name), 'utf8');

const allOf = (command: Command): Command[] => [command, ...command.commands.flatMap(allOf)];
const nameOf = (command: Command): string =>
  command.parent === null ? '' : `${nameOf(command.parent)} ${command.name()}`.trim();

/** The real program, whose commands only note that they were called. */
function recorder(called: string[]): Command {
  const program = createProgram();
  for (const command of allOf(program)) {
    command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
    if (command.commands.length === 0)
      command.action(() => {
        called.push(nameOf(command));
      });
  }
  return program;
}

/** Words of a shell line up to a pipe, a redirection or a comment, placeholders standing for themselves. */
function wordsOf(line: string): string[] {
  const end = line.search(/\s(?:[|#]|<\w|>)|\s{3,}/);
  const command = end < 0 ? line : line.slice(0, end);
  const words =
    command
      .trim()
      .replace(/[.,:;']+$/, '')
      .match(/"[^"]*"|\S+/g) ?? [];
  return words.map(word => word.replace(/^"|"$/g, '')).slice(1);
}

const helpOf = (command: Command): string => {
  let out = '';
  command.configureOutput({ writeOut: chunk => (out += chunk), getOutHelpWidth: () => 80 });
  command.outputHelp();
  return out;
};

const pages = ['README.md', ...readdirSync(join(root, 'docs')).filter(n => n.endsWith('.md'))].map(
  name => (name === 'README.md' ? name : `docs/${name}`),
);

/** In Markdown: in backquotes, or a line of a block. */
const inMarkdown = (page: string): string[] =>
  [
    ...text(page).matchAll(
      /`(mmudelta [a-z-][^`\n]*)`|^(?: {4}|\$ )?\s*(?:\$ )?(?:npx )?(mmudelta [a-z][^\n]*)$/gm,
    ),
  ]
    .map(m => m[1] ?? m[2] ?? '')
    .filter(line => !line.startsWith('mmudelta reads') && !line.startsWith('mmudelta applies'));
const inManual = (): string[] =>
  [
    ...text('docs/mmudelta.1')
      .replaceAll('\\-', '-')
      .matchAll(/^(mmudelta [a-z][^\n]*)$/gm),
  ]
    .map(m => m[1] ?? '')
    .filter(line => !line.includes('- what a patch'));
const inHelp = (): string[] =>
  allOf(createProgram())
    .flatMap(c => [...helpOf(c).matchAll(/^ {2}(mmudelta [a-z][^\n]*)$/gm)].map(m => m[1] ?? ''))
    .filter(line => !/\[options\]|\[command\]/.test(line));

/** Placeholders that a value parser would refuse. */
const filledIn = (word: string): string =>
  word === 'N' || word === 'K' ? '2' : word === 'FILE...' ? 'FILE' : word;

const documented = [
  ...pages.flatMap(page => inMarkdown(page).map(line => [page, line] as const)),
  ...inManual().map(line => ['docs/mmudelta.1', line] as const),
  ...inHelp().map(line => ['--help', line] as const),
];

describe('documentation', () => {
  test('names commands in every kind of place', () => {
    expect(documented.length).toBeGreaterThan(30);
    for (const place of ['README.md', 'docs/mmudelta.1', '--help'])
      expect(documented.some(([where]) => where === place)).toBe(true);
  });

  test.each(documented)('%s: %s', async (_place, line) => {
    const called: string[] = [];
    const words = wordsOf(line).map(filledIn);
    try {
      await recorder(called).parseAsync(['node', 'mmudelta', ...words]);
    } catch (error) {
      // A mention of a group or of help alone prints help; a mention of a command may lack its argument.
      if (!(error instanceof CommanderError)) throw error;
      const mention = words.length === 1 || (words.length === 2 && words[0] === 'hook');
      const fine =
        ['commander.help', 'commander.helpDisplayed'].includes(error.code) ||
        (mention && error.code === 'commander.missingArgument') ||
        (mention && error.code === 'commander.missingMandatoryOptionValue');
      expect(fine, `${line}: ${error.message}`).toBe(true);
      return;
    }
    expect(called, line).toHaveLength(1);
  });

  test.each(allOf(createProgram()).map(c => [nameOf(c), c] as const))(
    'the help of "%s" fits 80 columns and has an example',
    (name, command) => {
      const help = helpOf(command);
      expect(help.split('\n').filter(line => line.length > 80)).toEqual([]);
      if (name !== '') expect(help).toMatch(/^Examples?:\n {2}\S/m);
    },
  );

  test('the manual page has every command and every option of check', () => {
    const manual = text('docs/mmudelta.1').replaceAll('\\-', '-');
    const program = createProgram();
    for (const command of program.commands) expect(manual).toContain(command.name());
    const check = program.commands.find(c => c.name() === 'check');
    for (const option of check?.options ?? [])
      expect(manual, option.flags).toContain(option.long ?? option.short ?? '?');
  });
});

describe('the contract', () => {
  /** Of every command the options that others rely on. */
  const contract: Readonly<Record<string, string>> = {
    check:
      '--tree --base --range --series --scenario --exclude --memory --levels --yields --timeout --jobs --format --output --color --config --verbose',
    series: '--tree --base --range --series --format --output --color',
    review: '--out --b4 --tree --base --range',
    replay: '--patch',
    models: '--tree --emit --format',
    scenarios: '--format',
    invariants: '--format',
    explain: '',
    litmus: '--memory --format',
    'hook install': '',
    'hook uninstall': '',
    'hook run': '',
    doctor: '--tree --format',
    completion: '',
  };

  test.each(Object.entries(contract))('%s takes %s', (name, options) => {
    const command = allOf(createProgram()).find(c => nameOf(c) === name);
    const known = command?.options.map(o => o.long) ?? [];
    expect(command).toBeDefined();
    for (const option of options.split(' ').filter(o => o !== '')) expect(known).toContain(option);
  });

  test('check writes every format', () => {
    const check = createProgram().commands.find(c => c.name() === 'check');
    const format = check?.options.find(o => o.long === '--format');
    expect(format?.argChoices).toEqual(
      expect.arrayContaining(['text', 'json', 'sarif', 'html', 'mail', 'junit']),
    );
  });
});

/** Commands that need neither tree nor mail, as a shell would run them. */
describe('run for real', () => {
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', join(root, 'src/cli/main.ts'), ...args], {
      cwd: root,
      encoding: 'utf8',
    });

  test.each([
    [['invariants'], 0, /^ {2}gifted-reference {2}/m],
    [['explain', 'gifted-reference'], 0, /a run that breaks it\n {2}1\. /],
    [['explain', 'unmap'], 0, /a run of it on the embedded tree, uninterrupted\n {2}# {2}vcpu0/],
    [['explain', 'bound'], 0, /what to do/],
    [['scenarios', 'unmap'], 0, /^entry points$/m],
    [['series', 'patches/break-then-repair/series.mbox'], 0, /^ *1\/3 +KVM/m],
  ] as const)('mmudelta %s', (args, status, said) => {
    const done = run(...args);
    expect(done.stderr).toBe('');
    expect(done.status).toBe(status);
    expect(done.stdout).toMatch(said);
  });

  test('an id that there is not is bad input', () => {
    const done = run('explain', 'gifted-refrence\u001b');
    expect(done.status).toBe(2);
    expect(done.stderr).toContain('gifted-reference');
    expect(done.stderr).not.toContain('\u001b');
  });
});
