import type { Tok } from './lex.ts';
import type { BodyItem, MacroDefinition } from './preprocess-macro.ts';
import type { TreeFile } from './source.ts';

/** One `#include` or `__has_include` and the file it led to. */
export interface Resolution {
  readonly spec: string;
  readonly quoted: boolean;
  readonly from: string;
  readonly found: TreeFile | null;
}

/**
 * What reading one header did, and everything it depended on: the macros that it looked up before it set them
 * itself, the files it was led to, and the counter. Where these are the same, so is the outcome.
 */
export interface IncludeMemo {
  readonly file: TreeFile;
  readonly reads: ReadonlyMap<string, MacroDefinition | undefined>;
  readonly writes: ReadonlyMap<string, MacroDefinition | undefined>;
  readonly resolutions: ReadonlyMap<string, Resolution>;
  readonly tokens: readonly Tok[];
  readonly counterBefore: number;
  readonly counterAfter: number;
  /** Included by a source file, not by another header. */
  readonly outermost: boolean;
}

/** Memos by path of the header. Valid for one set of options. */
export type MemoStore = Map<string, IncludeMemo[]>;

const memosPerHeader = 3;

export function keepMemo(store: MemoStore, memo: IncludeMemo): void {
  const { path } = memo.file;
  store.set(path, [memo, ...(store.get(path) ?? [])].slice(0, memosPerHeader));
}

/** Notes what happens while a header is read; `parent` is the header that includes it. */
export class Recorder {
  readonly parent: Recorder | null;
  readonly reads = new Map<string, MacroDefinition | undefined>();
  readonly writes = new Map<string, MacroDefinition | undefined>();
  readonly resolutions = new Map<string, Resolution>();
  /** False once something happened that a memo does not cover, e.g. a diagnostic. */
  repeatable = true;

  constructor(parent: Recorder | null) {
    this.parent = parent;
  }

  read(name: string, value: MacroDefinition | undefined): void {
    if (!this.reads.has(name) && !this.writes.has(name)) this.reads.set(name, value);
  }

  resolve(resolution: Resolution): void {
    const { spec, quoted, from } = resolution;
    this.resolutions.set(`${quoted ? from : ''}\n${spec}`, resolution);
  }

  /** Counts what a header did as done by the one that includes it. */
  absorb(done: Pick<IncludeMemo, 'reads' | 'writes' | 'resolutions'>): void {
    for (const [name, value] of done.reads) this.read(name, value);
    for (const [name, value] of done.writes) this.writes.set(name, value);
    for (const [key, resolution] of done.resolutions) this.resolutions.set(key, resolution);
  }
}

function sameItem(a: BodyItem, b: BodyItem): boolean {
  return (
    a.tok.text === b.tok.text &&
    a.tok.spaceBefore === b.tok.spaceBefore &&
    a.param === b.param &&
    a.stringify === b.stringify &&
    a.pasteNext === b.pasteNext &&
    sameItems(a.optional ?? [], b.optional ?? [])
  );
}

function sameItems(a: readonly BodyItem[], b: readonly BodyItem[]): boolean {
  return a.length === b.length && a.every((item, i) => sameItem(item, b[i] as BodyItem));
}

/** Would both expand alike? Where they were defined does not matter. */
export function sameMacro(a: MacroDefinition | undefined, b: MacroDefinition | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  if (a.source === b.source) return true;
  const left = a.body;
  const right = b.body;
  return (
    left.variadic === right.variadic &&
    (left.params === null) === (right.params === null) &&
    left.params?.join() === right.params?.join() &&
    sameItems(left.items, right.items)
  );
}

/** State that a memo is held against. */
export interface MemoContext {
  readonly macros: ReadonlyMap<string, MacroDefinition>;
  readonly counter: number;
  readonly include: (spec: string, quoted: boolean, from: string) => TreeFile | null;
}

function holds(memo: IncludeMemo, context: MemoContext): boolean {
  if (memo.counterBefore !== context.counter && memo.counterAfter !== memo.counterBefore)
    return false;
  for (const [name, value] of memo.reads) {
    if (!sameMacro(context.macros.get(name), value)) return false;
  }
  for (const { spec, quoted, from, found } of memo.resolutions.values()) {
    if (context.include(spec, quoted, from) !== found) return false;
  }
  return true;
}

export function findMemo(
  store: MemoStore,
  file: TreeFile,
  context: MemoContext,
): IncludeMemo | null {
  const memos = store.get(file.path) ?? [];
  return memos.find(memo => memo.file === file && holds(memo, context)) ?? null;
}
