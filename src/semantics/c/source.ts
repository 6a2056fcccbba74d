import type { CLimits } from './diagnostic.ts';
import { standIn } from './headers.ts';
import type { LexedFile } from './lex.ts';
import { lexFile } from './lex.ts';

/** Reads one state of a tree. Paths are relative to its root and `/`-separated. */
export interface SourceReader {
  read(path: string): string | null;
  /** Something that differs when the text differs, e.g. the blob's id; saves reading what is known. */
  hash?(path: string): string | null;
}

/** Folders searched for `#include`, in the order the kernel's build passes them. */
export const includeFolders: readonly string[] = [
  'arch/x86/include',
  'include',
  'arch/x86/include/uapi',
  'include/uapi',
  'arch/x86/kvm',
  'virt/kvm',
];

interface KnownFile {
  readonly text: string;
  readonly hash: string | null;
  readonly lexed: LexedFile;
}

const versionsKept = 4;

/** Files tokenised before, by path: tree states share most of theirs. */
export class LexCache {
  readonly #byPath = new Map<string, KnownFile[]>();

  /** The file at `path` of the reader's tree; null when there is none. */
  read(reader: SourceReader, path: string, limits: CLimits): LexedFile | null {
    const versions = this.#byPath.get(path) ?? [];
    const hash = reader.hash?.(path) ?? null;
    const same = hash === null ? undefined : versions.find(v => v.hash === hash);
    if (same !== undefined) return same.lexed;
    const text = reader.read(path);
    return text === null ? null : this.text(path, text, limits, hash);
  }

  text(path: string, text: string, limits: CLimits, hash: string | null = null): LexedFile {
    const versions = this.#byPath.get(path) ?? [];
    const known = versions.find(v => v.text === text);
    if (known !== undefined) return known.lexed;
    const lexed = lexFile(text, path, limits);
    this.#byPath.set(path, [{ text, hash, lexed }, ...versions].slice(0, versionsKept));
    return lexed;
  }
}

/** Resolves `a/./b/../c`; null when the path leaves the tree. */
export function normalizePath(path: string): string | null {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}

/** The files of one tree state, tokenised on demand. */
export class SourceFiles {
  readonly #reader: SourceReader;
  readonly #limits: CLimits;
  readonly #cache: LexCache;
  readonly #files = new Map<string, LexedFile | null>();
  readonly #resolved = new Map<string, LexedFile | null>();

  constructor(reader: SourceReader, limits: CLimits, cache: LexCache) {
    this.#reader = reader;
    this.#cache = cache;
    this.#limits = limits;
  }

  /** Paths of the files found so far, in the order of their first use. */
  get filesRead(): string[] {
    return [...this.#files].filter(([, file]) => file !== null).map(([path]) => path);
  }

  file(path: string): LexedFile | null {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const lexed = this.#cache.read(this.#reader, path, this.#limits);
    this.#files.set(path, lexed);
    return lexed;
  }

  /** Finds `#include "spec"` or `<spec>` written in the file `from`. */
  include(spec: string, quoted: boolean, from: string): LexedFile | null {
    const folder = quoted ? from.slice(0, from.lastIndexOf('/') + 1) : '';
    const key = `${quoted ? folder : '<'}:${spec}`;
    const known = this.#resolved.get(key);
    if (known !== undefined) return known;
    const found = this.#find(spec, quoted ? folder : null);
    this.#resolved.set(key, found);
    return found;
  }

  #find(spec: string, folder: string | null): LexedFile | null {
    const built = standIn(spec);
    if (built !== null) return this.#cache.text(`<${spec}>`, built, this.#limits);
    const candidates = folder === null ? [] : [folder + spec];
    for (const dir of includeFolders) candidates.push(`${dir}/${spec}`);
    // The build makes one-line asm/ headers that include the generic ones.
    if (spec.startsWith('asm/')) {
      candidates.push(
        `include/asm-generic/${spec.slice(4)}`,
        `include/uapi/asm-generic/${spec.slice(4)}`,
      );
    }
    if (spec.startsWith('uapi/asm/')) candidates.push(`include/uapi/asm-generic/${spec.slice(9)}`);
    for (const candidate of candidates) {
      const path = normalizePath(candidate);
      const file = path === null ? null : this.file(path);
      if (file !== null) return file;
    }
    return null;
  }
}
