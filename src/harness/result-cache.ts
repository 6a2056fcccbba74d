/**
 * Results kept from one run to the next. A side is known again by the hashes of all files that were read for it, a job
 * by its side, its scenario and its bounds; nothing that decides a result is left out of its key.
 */
import { createHash } from 'node:crypto';
import type { TreeSide } from '../diff/types.ts';
import type { SideModels } from './side.ts';
import { MMU_FILES } from './world.ts';

export interface ResultCache {
  /** Stands for everything about the tool itself: results of another version are no results. */
  readonly salt: string;
  /** What was put under the key, or null. */
  get(key: string): unknown;
  put(key: string, value: unknown): void;
}

export const noCache: ResultCache = { salt: '', get: () => null, put: () => {} };

export const keyOf = (...parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

interface KnownSide {
  readonly manifest: readonly (readonly [path: string, hash: string])[];
  readonly models: SideModels;
}

/** A side's models with a name that equal sides share, or null when something it rests on has no hash. */
export interface NamedSide {
  readonly id: string | null;
  readonly models: SideModels;
}

const firstKey = (
  cache: ResultCache,
  tree: TreeSide,
  config: ReadonlyMap<string, string>,
): string =>
  keyOf(
    'side',
    cache.salt,
    [...config],
    MMU_FILES.map(path => tree.hash(path)),
  );

const idOf = (key: string, manifest: KnownSide['manifest']): string => keyOf(key, manifest);

export function findSide(
  cache: ResultCache,
  tree: TreeSide,
  config: ReadonlyMap<string, string>,
): NamedSide | null {
  const key = firstKey(cache, tree, config);
  const known = cache.get(key) as KnownSide | null;
  if (known === null) return null;
  if (known.manifest.some(([path, hash]) => tree.hash(path) !== hash)) return null;
  // A header that is new may be found where another one was found before.
  const read = new Set(known.manifest.map(([path]) => path));
  if (tree.changedPaths.some(path => path.endsWith('.h') && !read.has(path))) return null;
  return { id: idOf(key, known.manifest), models: known.models };
}

export function keepSide(
  cache: ResultCache,
  tree: TreeSide,
  config: ReadonlyMap<string, string>,
  models: SideModels,
): NamedSide {
  const key = firstKey(cache, tree, config);
  const manifest = [...models.filesRead].sort().map(path => [path, tree.hash(path) ?? ''] as const);
  const complete = manifest.every(([, hash]) => hash !== '') && models.diagnostics.length === 0;
  if (complete) cache.put(key, { manifest, models } satisfies KnownSide);
  return { id: complete ? idOf(key, manifest) : null, models };
}
