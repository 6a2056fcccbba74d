import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from '../assert.ts';
import { type GitRun, git, noConfiguration } from './git.ts';

export type ObjectFormat = 'sha1' | 'sha256';

/**
 * A repository of our own in a temporary folder. It borrows the objects of the user's repository and
 * writes only its own, so that nothing of the user's (index, refs, objects, configuration) is touched.
 */
export interface ObjectStore {
  readonly format: ObjectFormat;
  run(args: readonly string[], input?: string | Buffer): GitRun;
  /** Contents of blobs; one that is not there is missing from the answer. */
  readBlobs(ids: readonly string[]): Map<string, Buffer>;
  writeBlob(content: Buffer): string;
}

export function createObjectStore(
  dir: string,
  borrowed: string | null,
  format: ObjectFormat,
): ObjectStore {
  const repository = join(dir, 'store');
  mkdirSync(join(repository, 'objects', 'info'), { recursive: true });
  mkdirSync(join(repository, 'refs'));
  writeFileSync(join(repository, 'HEAD'), 'ref: refs/heads/none\n');
  const version = format === 'sha1' ? 0 : 1;
  const extension = format === 'sha1' ? '' : `[extensions]\n\tobjectFormat = ${format}\n`;
  const core = `[core]\n\trepositoryFormatVersion = ${version}\n\tbare = true\n`;
  writeFileSync(join(repository, 'config'), core + extension);
  if (borrowed !== null) {
    writeFileSync(join(repository, 'objects', 'info', 'alternates'), `${borrowed}\n`);
  }
  const env = {
    ...noConfiguration,
    GIT_DIR: repository,
    GIT_INDEX_FILE: join(repository, 'index'),
    GIT_CEILING_DIRECTORIES: dir,
  };
  const run = (args: readonly string[], input?: string | Buffer): GitRun =>
    git(args, { cwd: repository, env, ...(input === undefined ? {} : { input }) });
  return {
    format,
    run,
    readBlobs: ids => readBlobs(run, ids),
    writeBlob(content) {
      const { status, stdout, stderr } = run(['hash-object', '-w', '--stdin'], content);
      assert(status === 0, `git hash-object: ${stderr}`);
      return stdout.toString('latin1').trim();
    },
  };
}

function readBlobs(run: ObjectStore['run'], ids: readonly string[]): Map<string, Buffer> {
  const out = new Map<string, Buffer>();
  if (ids.length === 0) return out;
  const { stdout } = run(['cat-file', '--batch'], `${ids.join('\n')}\n`);
  let at = 0;
  while (at < stdout.length) {
    const end = stdout.indexOf(10, at);
    if (end < 0) break;
    const [id = '', type, size = ''] = stdout.toString('latin1', at, end).split(' ');
    at = end + 1;
    // "<id> missing" has no content behind it.
    if (size === '') continue;
    if (type === 'blob') out.set(id, stdout.subarray(at, at + Number(size)));
    at += Number(size) + 1;
  }
  return out;
}

/** The id git gives a file's content. */
export function blobId(content: Buffer, format: ObjectFormat): string {
  return createHash(format).update(`blob ${content.length}\0`).update(content).digest('hex');
}
