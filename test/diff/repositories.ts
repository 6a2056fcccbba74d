import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export const mailFolder = fileURLToPath(new URL('../../fixtures/mail/', import.meta.url));
export const mailTree = join(mailFolder, 'tree');

/** A temporary folder that is removed after the test file. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'test-mmudelta-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export function gitIn(dir: string, ...args: string[]): string {
  const time = '2026-01-05T12:00:00+0000';
  const env = {
    PATH: process.env['PATH'],
    HOME: dir,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ada Counter',
    GIT_AUTHOR_EMAIL: 'ada@example.org',
    GIT_COMMITTER_NAME: 'Ada Counter',
    GIT_COMMITTER_EMAIL: 'ada@example.org',
    GIT_AUTHOR_DATE: time,
    GIT_COMMITTER_DATE: time,
  };
  return execFileSync('git', args, { cwd: dir, env, encoding: 'utf8', maxBuffer: 1 << 28 });
}

export type Files = Readonly<Record<string, string>>;

export function writeFiles(dir: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
}

/** A repository with one commit per entry; returns the commits. */
export function makeRepository(dir: string, commits: readonly Files[]): string[] {
  mkdirSync(dir, { recursive: true });
  gitIn(dir, 'init', '-q', '-b', 'main');
  return commits.map((files, at) => {
    writeFiles(dir, files);
    gitIn(dir, 'add', '-A');
    gitIn(dir, 'commit', '-q', '-m', `step ${at}`);
    return gitIn(dir, 'rev-parse', 'HEAD').trim();
  });
}

/** A C file of numbered functions, each returning its own number unless told otherwise. */
export function numberedFunctions(count: number, changed: ReadonlyMap<number, string> = new Map()) {
  return Array.from({ length: count }, (_, at) => {
    const value = changed.get(at) ?? `${at}`;
    return `int number_${at}(void)\n{\n\tint value = ${value};\n\n\treturn value;\n}\n`;
  }).join('\n');
}

/** Mails of a series that changes one function per patch, in order, each as a string. */
export function seriesMails(
  count: number,
  version: number,
  options: { readonly minutes?: number; readonly id?: string } = {},
): string[] {
  const dir = mkdtempSync(join(tmpdir(), 'test-mmudelta-'));
  try {
    const changed = new Map<number, string>();
    const commits: Files[] = [{ 'lib/numbers.c': numberedFunctions(count + 2) }];
    for (let at = 0; at < count; at++) {
      changed.set(at, `${version}${at}`);
      commits.push({ 'lib/numbers.c': numberedFunctions(count + 2, changed) });
    }
    makeRepository(dir, commits);
    const prefix = version === 1 ? 'PATCH' : `PATCH v${version}`;
    const args = ['format-patch', '--stdout', '--thread', '--cover-letter', '-n'];
    const text = gitIn(dir, ...args, `--subject-prefix=${prefix}`, `HEAD~${count}`);
    return text
      .split(/^(?=From [0-9a-f]{40} )/m)
      .map(mail => stamp(mail, version, options.minutes ?? 0, options.id ?? 's'));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Message-IDs and dates that tell the versions apart. */
function stamp(mail: string, version: number, minutes: number, id: string): string {
  const time = new Date(Date.UTC(2026, 0, 5 + version, 12, minutes)).toUTCString();
  return mail
    .replace(/<(cover|[0-9a-f]{10,})\.([\w.-]+)@/g, `<$1-${id}${version}.$2@`)
    .replace(/^Date: .*$/m, `Date: ${time}`)
    .replace('*** SUBJECT HERE ***', 'lib: Other numbers')
    .replace('*** BLURB HERE ***', 'These numbers are better.');
}

export function replyTo(mail: string, text: string): string {
  const id = /^Message-I[dD]: (<.*>)$/m.exec(mail)?.[1] ?? '<none@example.org>';
  const subject = /^Subject: (.*)$/m.exec(mail)?.[1] ?? '';
  const quoted = mail
    .split('\n')
    .map(line => `> ${line}`)
    .join('\n');
  return [
    'From bob@example.org Mon Jan  5 13:00:00 2026',
    'From: Bob Hinge <bob@example.org>',
    `Subject: Re: ${subject}`,
    `Message-ID: <reply-${id.slice(1)}`,
    `In-Reply-To: ${id}`,
    'Date: Fri, 30 Jan 2026 13:00:00 +0000',
    '',
    quoted,
    text,
    '',
    '',
  ].join('\n');
}
