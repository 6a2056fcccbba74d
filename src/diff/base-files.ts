import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { ByteCache } from './byte-cache.ts';
import { blobId, type ObjectFormat, type ObjectStore } from './object-store.ts';

export interface BaseEntry {
  readonly mode: string;
  readonly id: string;
}

/** The files of a tree before any patch, read synchronously. */
export interface BaseFiles {
  entry(path: string): BaseEntry | null;
  bytes(path: string): Buffer | null;
  /** Whether the object store can read every entry by its id. */
  readonly inStore: boolean;
}

const cacheBytes = 192 << 20;
/** What the models need; listed at once. Other paths are looked up one by one. */
const usualFolders = ['arch/x86', 'include', 'virt/kvm', 'Makefile'];

/** The files of a commit. Those that lie unchanged in the work tree are read from there. */
export function commitFiles(
  store: ObjectStore,
  commit: string,
  workTree: string | null,
): BaseFiles {
  const listed = new Map<string, BaseEntry | null>();
  const folders = new Map<string, string[]>();
  const cache = new ByteCache(cacheBytes);
  const prefetched = new Set<string>();
  for (const [path, entry] of listTree(store, commit, usualFolders, true)) {
    listed.set(path, entry);
    const folder = dirname(path);
    const files = folders.get(folder);
    if (files === undefined) folders.set(folder, [path]);
    else files.push(path);
  }

  function entry(path: string): BaseEntry | null {
    const known = listed.get(path);
    if (known !== undefined) return known;
    const isUsual = usualFolders.some(folder => path === folder || path.startsWith(`${folder}/`));
    const found = isUsual ? null : (listTree(store, commit, [path], false).get(path) ?? null);
    listed.set(path, found);
    return found;
  }

  function bytes(path: string): Buffer | null {
    const found = entry(path);
    if (found === null) return null;
    const cached = cache.get(found.id);
    if (cached !== undefined) return cached;
    const content =
      (workTree === null ? null : fromDisk(join(workTree, path), found.id, store.format)) ??
      fromObjects(path, found.id);
    cache.set(found.id, content);
    return content;
  }

  // One git process per file would cost more than reading all files beside it.
  function fromObjects(path: string, id: string): Buffer {
    const folder = dirname(path);
    const ids = new Set([id]);
    if (!prefetched.has(folder)) {
      prefetched.add(folder);
      for (const each of folders.get(folder) ?? []) {
        const neighbour = listed.get(each)?.id;
        if (neighbour !== undefined && /\.[chS]$/.test(each)) ids.add(neighbour);
      }
    }
    const blobs = store.readBlobs([...ids]);
    for (const [each, content] of blobs) cache.set(each, content);
    return blobs.get(id) ?? missingObject(path, id);
  }

  return { entry, bytes, inStore: true };
}

/** A partial clone lists files that it does not have; to take them for absent would be a wrong tree. */
function missingObject(path: string, id: string): never {
  const message = `the repository lacks the content of ${path} (${id.slice(0, 12)}): a partial clone?`;
  throw Object.assign(new Error(message), {
    code: 'missing-object',
    syscall: 'git cat-file',
    path,
  });
}

function listTree(
  store: ObjectStore,
  commit: string,
  paths: readonly string[],
  recursive: boolean,
): Map<string, BaseEntry> {
  const args = ['--literal-pathspecs', 'ls-tree', '-z', ...(recursive ? ['-r'] : [])];
  const { stdout } = store.run([...args, commit, '--', ...paths]);
  const out = new Map<string, BaseEntry>();
  for (const line of stdout.toString('utf8').split('\0')) {
    const tab = line.indexOf('\t');
    const [mode = '', type, id = ''] = line.slice(0, tab).split(' ');
    if (type === 'blob') out.set(line.slice(tab + 1), { mode, id });
  }
  return out;
}

/** The file when it is byte for byte the blob: git's own index might be stale, a hash cannot be. */
function fromDisk(file: string, id: string, format: ObjectFormat): Buffer | null {
  try {
    const content = readFileSync(file);
    return blobId(content, format) === id ? content : null;
  } catch {
    return null;
  }
}

/** The files of a plain folder, as they lie there. */
export function folderFiles(root: string, format: ObjectFormat): BaseFiles {
  const cache = new ByteCache(cacheBytes);
  const entries = new Map<string, BaseEntry | null>();

  function bytes(path: string): Buffer | null {
    const cached = cache.get(path);
    if (cached !== undefined) return cached;
    const content = readInside(root, path);
    if (content !== null) cache.set(path, content);
    return content;
  }
  function entry(path: string): BaseEntry | null {
    const known = entries.get(path);
    if (known !== undefined) return known;
    const content = bytes(path);
    const made =
      content === null ? null : { mode: modeOf(root, path), id: blobId(content, format) };
    entries.set(path, made);
    return made;
  }
  return { entry, bytes, inStore: false };
}

function modeOf(root: string, path: string): string {
  return (statSync(join(root, path)).mode & 0o100) !== 0 ? '100755' : '100644';
}

/** A file below root; a symbolic link that leaves the root is no file of the tree. */
function readInside(root: string, path: string): Buffer | null {
  try {
    const real = realpathSync(join(root, path));
    if (!real.startsWith(root + sep)) return null;
    return statSync(real).isFile() ? readFileSync(real) : null;
  } catch {
    return null;
  }
}
