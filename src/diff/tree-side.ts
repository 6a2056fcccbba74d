import { posix } from 'node:path';
import type { BaseEntry, BaseFiles } from './base-files.ts';
import type { TreeSide } from './types.ts';

/** What a side has instead of the base: null for a removed file. */
export type Overlay = ReadonlyMap<string, BaseEntry | null>;

const symbolicLink = '120000';
const maxLinks = 8;
const maxTextBytes = 64 << 20;

export function createSide(
  number: number,
  base: BaseFiles,
  overlay: Overlay,
  contentOf: (id: string) => Buffer,
): TreeSide {
  const texts = new Map<string, string>();

  function entry(path: string): BaseEntry | null {
    const own = overlay.get(path);
    return own === undefined ? base.entry(path) : own;
  }
  function bytes(path: string): Buffer | null {
    const own = overlay.get(path);
    if (own === null) return null;
    return own === undefined ? base.bytes(path) : contentOf(own.id);
  }
  /** Follows symbolic links, which never lead out of the tree. */
  function resolve(path: string): string | null {
    let at = posix.normalize(path);
    for (let links = 0; links < maxLinks; links++) {
      if (at.startsWith('../') || at.startsWith('/')) return null;
      if (entry(at)?.mode !== symbolicLink) return at;
      at = posix.join(posix.dirname(at), bytes(at)?.toString('utf8') ?? '');
    }
    return null;
  }

  return {
    number,
    changedPaths: [...overlay.keys()].sort(),
    exists: path => {
      const real = resolve(path);
      return real !== null && entry(real) !== null;
    },
    hash: path => {
      const real = resolve(path);
      return real === null ? null : (entry(real)?.id ?? null);
    },
    read: path => {
      const real = resolve(path);
      if (real === null) return null;
      const known = texts.get(real);
      if (known !== undefined) return known;
      const content = bytes(real);
      if (content === null || content.length > maxTextBytes) return null;
      const text = content.toString('utf8');
      // Only a side's own files: the base's are shared by all sides and cached there as bytes.
      if (overlay.has(real)) texts.set(real, text);
      return text;
    },
  };
}
