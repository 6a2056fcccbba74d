import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { FrontCache, FrontOptions } from './front.ts';
import { optionsKey } from './front.ts';

const extension = '.headers';
const filesKept = 8;
const maxBytes = 128 << 20;

/** Where files go that only save time, by the XDG convention. */
export function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return join(base !== undefined && base !== '' ? base : join(homedir(), '.cache'), 'mmudelta');
}

function fileName(label: string, options: FrontOptions): string {
  const key = JSON.stringify([label, optionsKey(options)]);
  return createHash('sha1').update(key).digest('hex') + extension;
}

/**
 * Takes what an earlier run left about the tree that `label` names (a version: it only keeps trees from taking
 * turns in one file). False when there is nothing of use; never an error.
 */
export function loadHeaderCache(
  folder: string,
  label: string,
  cache: FrontCache,
  options: FrontOptions,
): boolean {
  const path = join(folder, fileName(label, options));
  try {
    if (statSync(path).size > maxBytes) return false;
    return cache.importHeaders(options, readFileSync(path));
  } catch {
    return false;
  }
}

/** Leaves what is known for later runs, unless that is what they have already; false when it could not be done. */
export function saveHeaderCache(
  folder: string,
  label: string,
  cache: FrontCache,
  options: FrontOptions,
): boolean {
  if (!cache.hasNewHeaders(options)) return true;
  const bytes = cache.exportHeaders(options);
  if (bytes === null || bytes.length > maxBytes) return false;
  const path = join(folder, fileName(label, options));
  const unfinished = `${path}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(unfinished, bytes, { mode: 0o600 });
    renameSync(unfinished, path);
    dropOldest(folder);
    return true;
  } catch {
    return false;
  }
}

function dropOldest(folder: string): void {
  const files = readdirSync(folder)
    .filter(name => name.endsWith(extension))
    .map(name => ({ path: join(folder, name), time: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.time - a.time);
  for (const { path } of files.slice(filesKept)) rmSync(path, { force: true });
}
