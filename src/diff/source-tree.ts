import { existsSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { errorDiagnostic, failure, type Result, success } from '../diagnostic.ts';
import { git } from './git.ts';
import type { ObjectFormat } from './object-store.ts';

/** What `--tree` names: a git repository (bare ones and linked work trees too), or a plain folder. */
export type SourceTree =
  | {
      readonly kind: 'git';
      /** As given, for messages. */
      readonly path: string;
      /** Where git is to be run. */
      readonly dir: string;
      /** Null in a bare repository. */
      readonly workTree: string | null;
      readonly objects: string;
      readonly format: ObjectFormat;
      readonly shallow: boolean;
      /** The REV of `DIR@REV`. */
      readonly revision: string | null;
    }
  | { readonly kind: 'folder'; readonly path: string; readonly dir: string };

/** Opens `DIR` or `DIR@REV`. */
export function openSourceTree(argument: string): Result<SourceTree> {
  const { dir, revision } = splitArgument(argument);
  if (!existsSync(dir) || !statSync(dir).isDirectory()) {
    return failure(
      errorDiagnostic('no-such-tree', `${dir} is not a folder`, {
        hint: 'give --tree the root of a kernel source tree or of its git repository',
      }),
    );
  }
  const repository = probe(dir);
  if (repository === 'foreign') {
    return failure(
      errorDiagnostic(
        'foreign-repository',
        `${dir} belongs to another user: git does not trust it`,
        {
          hint: 'run `git config --global --add safe.directory` with its full path',
        },
      ),
    );
  }
  if (repository === null) {
    if (revision !== null) {
      return failure(
        errorDiagnostic(
          'not-a-repository',
          `${dir} is no git repository, so it has no ${revision}`,
        ),
      );
    }
    return success({ kind: 'folder', path: argument, dir: realpathSync(dir) });
  }
  return success({ kind: 'git', path: argument, revision, ...repository });
}

function splitArgument(argument: string): { dir: string; revision: string | null } {
  // A folder's own name may have an @.
  if (existsSync(argument)) return { dir: argument, revision: null };
  const at = argument.lastIndexOf('@');
  if (at <= 0) return { dir: argument, revision: null };
  // REV may itself have one (`master@{1}`): the shortest folder that exists wins.
  for (let cut = argument.indexOf('@', 1); cut > 0; cut = argument.indexOf('@', cut + 1)) {
    const dir = argument.slice(0, cut);
    if (existsSync(dir)) return { dir, revision: argument.slice(cut + 1) };
  }
  return { dir: argument, revision: null };
}

function probe(dir: string) {
  const questions = [
    '--is-bare-repository',
    '--is-shallow-repository',
    '--show-object-format',
    '--git-path',
    'objects',
  ];
  const { status, stdout, stderr } = git(['rev-parse', ...questions], { cwd: dir });
  if (status !== 0) {
    // A folder inside of a foreign repository is still a folder.
    const isRepository = existsSync(join(dir, '.git')) || existsSync(join(dir, 'objects'));
    return isRepository && stderr.includes('dubious ownership') ? 'foreign' : null;
  }
  const [bare, shallow, format, objects = ''] = stdout.toString('utf8').trimEnd().split('\n');
  const workTree = bare === 'true' ? null : topLevel(dir);
  // A folder inside a larger repository that is a tree of its own (an embedded tree, say).
  if (bare !== 'true' && (workTree === null || realpathSync(dir) !== realpathSync(workTree))) {
    const isTree = existsSync(join(dir, 'arch')) || existsSync(join(dir, 'virt'));
    const topIsTree = workTree !== null && existsSync(join(workTree, 'arch'));
    if (isTree || !topIsTree) return null;
  }
  return {
    dir: workTree ?? dir,
    workTree,
    objects: isAbsolute(objects) ? objects : resolve(dir, objects),
    format: format === 'sha256' ? ('sha256' as const) : ('sha1' as const),
    shallow: shallow === 'true',
  };
}

function topLevel(dir: string): string | null {
  const { status, stdout } = git(['rev-parse', '--show-toplevel'], { cwd: dir });
  return status === 0 ? stdout.toString('utf8').trimEnd() : null;
}
