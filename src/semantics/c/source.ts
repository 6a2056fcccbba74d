import { createHash } from 'node:crypto';
import type { CLimits } from './diagnostic.ts';
import { standIn } from './headers.ts';
import type { LexedFile } from './lex.ts';
import { lexFile } from './lex.ts';

/** Reads one state of a tree. Paths are relative to its root and `/`-separated. */
export interface SourceReader {
  read(path: string): string | null;
  /** Git's id of the file as a blob, if it is at hand; saves reading what is known. */
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

/** Git's id of a text as a blob. */
function blobId(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** One content of one file; equal contents at a path are the same object. Tokenised on first use. */
export class TreeFile {
  readonly path: string;
  #text: string | null = null;
  #id: string | null;
  #lexed: LexedFile | null = null;
  #guard: string | null | undefined;
  #load: () => string | null = () => null;

  constructor(path: string, id: string | null) {
    this.path = path;
    this.#id = id;
  }

  get id(): string {
    this.#id ??= blobId(this.#text ?? '');
    return this.#id;
  }

  /** Says where the text comes from when it is needed. */
  provide(load: () => string | null): void {
    if (this.#text === null) this.#load = load;
  }

  hasId(id: string): boolean {
    return this.#id === id;
  }

  hasText(text: string): boolean {
    if (this.#text !== null) return this.#text === text;
    return this.id === blobId(text);
  }

  /** The macro that guards the whole file against a second reading; null for none. */
  guard(limits: CLimits): string | null {
    if (this.#guard === undefined) this.#guard = this.lexed(limits).guard;
    return this.#guard;
  }

  /** What {@link guard} says if that is known without reading the file. */
  get knownGuard(): string | null | undefined {
    return this.#lexed?.guard ?? this.#guard;
  }

  setGuard(guard: string | null): void {
    this.#guard = guard;
  }

  lexed(limits: CLimits): LexedFile {
    this.#text ??= this.#load() ?? '';
    this.#lexed ??= lexFile(this.#text, this.path, limits);
    return this.#lexed;
  }
}

const versionsKept = 4;

/** Contents seen before, by path: tree states share most of theirs. */
export class FileCache {
  readonly #byPath = new Map<string, TreeFile[]>();

  /** The file at `path` of the reader's tree; null when there is none. */
  read(reader: SourceReader, path: string): TreeFile | null {
    const hash = reader.hash?.(path) ?? null;
    if (hash !== null) {
      const file = this.withId(path, hash);
      file.provide(() => reader.read(path));
      return file;
    }
    const text = reader.read(path);
    return text === null ? null : this.withText(path, text);
  }

  withText(path: string, text: string): TreeFile {
    const known = this.#byPath.get(path)?.find(v => v.hasText(text));
    const file = known ?? this.#keep(new TreeFile(path, null));
    file.provide(() => text);
    return file;
  }

  withId(path: string, id: string): TreeFile {
    const known = this.#byPath.get(path)?.find(v => v.hasId(id));
    return known ?? this.#keep(new TreeFile(path, id));
  }

  #keep(file: TreeFile): TreeFile {
    const others = this.#byPath.get(file.path) ?? [];
    this.#byPath.set(file.path, [file, ...others].slice(0, versionsKept));
    return file;
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

/** The files of one tree state. */
export class SourceFiles {
  readonly #reader: SourceReader;
  readonly #cache: FileCache;
  readonly #files = new Map<string, TreeFile | null>();
  readonly #resolved = new Map<string, TreeFile | null>();

  constructor(reader: SourceReader, cache: FileCache) {
    this.#reader = reader;
    this.#cache = cache;
  }

  /** Paths of the files found so far, in the order of their first use. */
  get filesRead(): string[] {
    return [...this.#files].filter(([, file]) => file !== null).map(([path]) => path);
  }

  file(path: string): TreeFile | null {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const found = this.#cache.read(this.#reader, path);
    this.#files.set(path, found);
    return found;
  }

  /** Finds `#include "spec"` or `<spec>` written in the file `from`. */
  include(spec: string, quoted: boolean, from: string): TreeFile | null {
    const folder = quoted ? from.slice(0, from.lastIndexOf('/') + 1) : '';
    const key = `${quoted ? folder : '<'}:${spec}`;
    const known = this.#resolved.get(key);
    if (known !== undefined) return known;
    const found = this.#find(spec, quoted ? folder : null);
    this.#resolved.set(key, found);
    return found;
  }

  #find(spec: string, folder: string | null): TreeFile | null {
    const built = standIn(spec);
    if (built !== null) return this.#cache.withText(`<${spec}>`, built);
    const candidates = folder === null ? [] : [folder + spec];
    for (const dir of includeFolders) candidates.push(`${dir}/${spec}`);
    // The build makes one-line asm/ headers that include the generic ones.
    if (spec.startsWith('asm/')) {
      const name = spec.slice(4);
      candidates.push(`include/asm-generic/${name}`, `include/uapi/asm-generic/${name}`);
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
