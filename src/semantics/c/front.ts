import type { Declarator, DeclSpec, External, TranslationUnit } from './ast.ts';
import { configDefines, predefined } from './config.ts';
import type { CDiagnostic, CLimits } from './diagnostic.ts';
import { defaultLimits, LimitError } from './diagnostic.ts';
import { exportMemos, importMemos } from './header-cache.ts';
import type { ParseState } from './parse.ts';
import { parseMore, resumeParse, startParse } from './parse.ts';
import type { Predicate } from './preprocess.ts';
import { Preprocessor } from './preprocess.ts';
import type { MacroDefinition } from './preprocess-macro.ts';
import type { IncludeMemo, MemoStore } from './preprocess-memo.ts';
import { keepMemo } from './preprocess-memo.ts';
import type { SourceReader } from './source.ts';
import { FileCache, SourceFiles } from './source.ts';

export interface FrontOptions {
  /** `CONFIG_X` to `y`, `m` or a value. */
  readonly config: ReadonlyMap<string, string>;
  /** `#define` lines that win over the tree's, and over the shims. */
  readonly overrides: string;
  /** Macro names that are never expanded outside of `#if`. */
  readonly opaque: ReadonlySet<string>;
  /** `#define` lines that win over the tree's; usually {@link shims} of shims.ts. */
  readonly shims?: string;
  /** C text parsed after the files; may use their macros, and `MMUDELTA_HAS` and its like in `#if`. */
  readonly extraUnits?: readonly { readonly name: string; readonly text: string }[];
  readonly limits?: CLimits;
  /** Makes further states of the same tree cheap; keep one for as long as its trees are of interest. */
  readonly cache?: FrontCache;
}

export interface LoadedUnit {
  readonly unit: TranslationUnit;
  /** Everything that was wrong; no entry means that all files were read and parsed whole (bodies aside). */
  readonly diagnostics: readonly CDiagnostic[];
  readonly filesRead: readonly string[];
  /** All macros at the end, opaque ones included. */
  readonly macros: ReadonlyMap<string, MacroDefinition>;
}

const parsesKept = 2;

/** What units have in common: tokens of files, outcomes of headers, declarations. */
export class FrontCache {
  readonly files = new FileCache();
  readonly #memos = new Map<string, MemoStore>();
  readonly #parses = new Map<string, ParseState[]>();
  readonly #imported = new WeakSet<IncludeMemo>();

  /** Outcomes of headers under the options that `key` stands for. */
  memos(key: string): MemoStore {
    const store = this.#memos.get(key) ?? new Map();
    this.#memos.set(key, store);
    return store;
  }

  parses(key: string): readonly ParseState[] {
    return this.#parses.get(key) ?? [];
  }

  /** The headers' outcomes under these options, as bytes for a file; null when they cannot be written down. */
  exportHeaders(options: FrontOptions): Uint8Array | null {
    return exportMemos(this.memos(optionsKey(options)));
  }

  /** Takes what {@link exportHeaders} gave; false when the bytes are damaged or of another version. */
  importHeaders(options: FrontOptions, bytes: Uint8Array): boolean {
    const found = importMemos(bytes, this.files);
    if (found === null) return false;
    const store = this.memos(optionsKey(options));
    for (const memo of [...found].reverse()) {
      keepMemo(store, memo);
      this.#imported.add(memo);
    }
    return true;
  }

  /** Did this run read headers that it was not given? */
  hasNewHeaders(options: FrontOptions): boolean {
    const known = [...this.memos(optionsKey(options)).values()].flat();
    return known.some(memo => memo.outermost && !this.#imported.has(memo));
  }

  keepParse(key: string, state: ParseState): void {
    this.#parses.set(key, [state, ...this.parses(key)].slice(0, parsesKept));
  }
}

/** Names that `#define` lines define; the whole text when it is more than such lines. */
function definedNames(text: string): readonly string[] {
  const lines = text.split('\n').filter(line => line.trim() !== '');
  const names = lines.map(line => /^#define (\w+)/.exec(line)?.[1] ?? null);
  return names.some(name => name === null) || text.includes('\\\n')
    ? [text]
    : names.filter(name => name !== null).sort();
}

/**
 * Equal for options under which a header does the same in the same surroundings: which names are opaque or locked.
 * What macros say, those of the configuration and the overrides too, is held against each memo by itself.
 */
export function optionsKey(options: FrontOptions): string {
  const { overrides, shims, opaque, limits } = options;
  const locked = [definedNames(shims ?? ''), definedNames(overrides)];
  return JSON.stringify([[...opaque].sort(), locked, limits ?? null]);
}

/** What the kernel's build includes before every file. */
const prelude = [
  'include/linux/compiler-version.h',
  'include/linux/kconfig.h',
  'include/linux/compiler_types.h',
];

/** Preprocesses the files in order into one token stream and parses it as one unit. */
export function loadUnits(
  reader: SourceReader,
  files: readonly string[],
  options: FrontOptions,
): LoadedUnit {
  const limits = options.limits ?? defaultLimits;
  const cache = options.cache ?? new FrontCache();
  const key = optionsKey(options);
  const sources = new SourceFiles(reader, cache.files);
  const pp = new Preprocessor(sources, { opaque: options.opaque, limits, memos: cache.memos(key) });
  let parse = startParse(pp.out, limits);
  const diagnostics = pp.diagnostics;
  try {
    preprocessAll(pp, files, options);
    parse = resumeParse(pp.out, cache.parses(key), limits);
    parseMore(parse);
    cache.keepParse(key, parse);
    runExtras(pp, parse, options);
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    diagnostics.push(error.diagnostic);
  }
  return {
    unit: { tokens: pp.out, externals: parse.externals },
    diagnostics: [...diagnostics, ...parse.diagnostics],
    filesRead: sources.filesRead,
    macros: pp.macros,
  };
}

/** One file as a unit of its own. */
export function loadUnit(reader: SourceReader, file: string, options: FrontOptions): LoadedUnit {
  return loadUnits(reader, [file], options);
}

function preprocessAll(pp: Preprocessor, files: readonly string[], options: FrontOptions): void {
  pp.runText('<compiler>', predefined);
  pp.runText('<config>', configDefines(options.config));
  pp.runLocked('<shims>', options.shims ?? '');
  pp.runLocked('<overrides>', options.overrides);
  for (const file of prelude) pp.runHeader(file);
  for (const file of files) {
    if (!pp.runFile(file)) {
      pp.diagnostics.push({
        code: 'c/file-missing',
        message: 'no such file in the tree',
        file,
        line: 0,
      });
    }
  }
}

function runExtras(pp: Preprocessor, parse: ParseState, options: FrontOptions): void {
  const declared = new Declared(() => parse.externals);
  for (const [name, predicate] of predicatesOf(pp, declared)) pp.predicates.set(name, predicate);
  for (const extra of options.extraUnits ?? []) {
    pp.runText(extra.name.startsWith('<') ? extra.name : `<${extra.name}>`, extra.text);
    parseMore(parse);
  }
}

/** Names declared at file scope so far; members of anonymous members count as the outer record's own. */
class Declared {
  private readonly externals: () => readonly External[];
  private seen = 0;
  /** Function names to the number of parameters. */
  private readonly functions = new Map<string, number>();
  /** `tag.field` of all structs and unions. */
  private readonly fields = new Set<string>();

  constructor(externals: () => readonly External[]) {
    this.externals = externals;
  }

  parameters(name: string): number | undefined {
    this.catchUp();
    return this.functions.get(name);
  }

  hasField(tag: string, field: string): boolean {
    this.catchUp();
    return this.fields.has(`${tag}.${field}`);
  }

  private catchUp(): void {
    const all = this.externals();
    for (; this.seen < all.length; this.seen++) {
      const e = all[this.seen] as External;
      if (e.kind === 'function') this.addDeclarator(e.declarator);
      else if (e.kind === 'declaration')
        for (const item of e.items) this.addDeclarator(item.declarator);
      if (e.kind === 'function' || e.kind === 'declaration') this.addSpec(e.spec, []);
    }
  }

  private addDeclarator(d: Declarator): void {
    const part = d.parts[0];
    if (d.name !== null && part?.kind === 'function')
      this.functions.set(d.name, part.params.length);
  }

  private addSpec(spec: DeclSpec, outer: readonly string[]): void {
    if (spec.type?.kind !== 'record' || spec.type.fields === null) return;
    const tags = spec.type.tag === null ? outer : [spec.type.tag];
    for (const field of spec.type.fields) {
      for (const tag of tags)
        if (field.declarator?.name) this.fields.add(`${tag}.${field.declarator.name}`);
      this.addSpec(field.spec, field.declarator === null ? [...tags] : []);
    }
  }
}

function predicatesOf(pp: Preprocessor, declared: Declared): [string, Predicate][] {
  return [
    [
      'MMUDELTA_HAS',
      ([name = '']) => (declared.parameters(name) !== undefined || pp.macros.has(name) ? 1 : 0),
    ],
    ['MMUDELTA_HAS_FIELD', ([tag = '', field = '']) => (declared.hasField(tag, field) ? 1 : 0)],
    [
      'MMUDELTA_NPARAMS',
      ([name = '']) => declared.parameters(name) ?? pp.macros.get(name)?.params?.length ?? -1,
    ],
  ];
}

export type { MacroDefinition, SourceReader };
