/**
 * The results of earlier runs, in `$XDG_CACHE_HOME/mmudelta` (or `~/.cache/mmudelta`). `MMUDELTA_CACHE` names another
 * folder, or is `off`. A damaged or unwritable cache is no cache, never an error.
 */
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
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import { gunzipSync, gzipSync } from 'node:zlib';
import { noCache, type ResultCache } from '../harness/result-cache.ts';

const MOST_BYTES = 512 << 20;

function folder(): string | null {
  const named = process.env['MMUDELTA_CACHE'];
  if (named === 'off') return null;
  if (named !== undefined && named !== '') return named;
  const base = process.env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'mmudelta');
}

/** Hash of all code that a result can depend on; null when it runs from sources, which change. */
function toolDigest(): string | null {
  if (!import.meta.url.endsWith('.js')) return null;
  const root = fileURLToPath(new URL('..', import.meta.url));
  const hash = createHash('sha256').update(process.version);
  for (const part of ['semantics', 'harness', 'diff']) {
    const names = readdirSync(join(root, part), { recursive: true }) as string[];
    for (const name of names.filter(n => /\.(?:js|c)$/.test(n)).sort())
      hash.update(name).update(readFileSync(join(root, part, name)));
  }
  return hash.digest('hex');
}

export function openCache(): ResultCache {
  const dir = folder();
  const salt = dir === null ? null : toolDigest();
  if (dir === null || salt === null) return noCache;
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  } catch {
    return noCache;
  }
  prune(dir);
  const path = (key: string): string => join(dir, `${key}.gz`);
  return {
    salt,
    get: key => {
      try {
        return deserialize(gunzipSync(readFileSync(path(key))));
      } catch {
        return null;
      }
    },
    put: (key, value) => {
      const temporary = `${path(key)}.${process.pid}`;
      try {
        writeFileSync(temporary, gzipSync(serialize(value), { level: 1 }), { mode: 0o600 });
        renameSync(temporary, path(key));
      } catch {
        rmSync(temporary, { force: true });
      }
    },
  };
}

/** Oldest first, down to half, once there is too much. */
function prune(dir: string): void {
  try {
    const files = readdirSync(dir).map(name => {
      const { size, mtimeMs } = statSync(join(dir, name));
      return { name, size, mtimeMs };
    });
    let total = files.reduce((sum, file) => sum + file.size, 0);
    if (total <= MOST_BYTES) return;
    for (const file of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (total <= MOST_BYTES / 2) return;
      rmSync(join(dir, file.name), { force: true });
      total -= file.size;
    }
  } catch {
    // Another run is pruning.
  }
}
