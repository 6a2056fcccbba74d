import { createHash } from 'node:crypto';
import type { TokenKind } from './ast.ts';
import { Tok } from './lex.ts';
import { MacroDefinition } from './preprocess-macro.ts';
import type { IncludeMemo, MemoStore, Resolution } from './preprocess-memo.ts';
import type { FileCache, TreeFile } from './source.ts';

/**
 * What headers did, as bytes: for a file that makes the next run start faster. Nothing in it is trusted to be up to
 * date, since every memo is held against the tree before it is used; a damaged file is refused as a whole.
 */
const magic = 'mmudelta-headers/2\n';
const digestLength = 20;
const kinds: readonly TokenKind[] = ['ident', 'number', 'string', 'char', 'punct'];
const separator = '\0';

/** Numbers what is referred to from several places. */
class Table<T> {
  readonly items: T[] = [];
  readonly #index = new Map<T, number>();

  add(item: T): number {
    const known = this.#index.get(item);
    if (known !== undefined) return known;
    this.#index.set(item, this.items.length);
    this.items.push(item);
    return this.items.length - 1;
  }
}

const tokenInts = 4;

/**
 * Numbers tokens that differ in something: on one line, most commas do not. A hash table over plain numbers, since
 * there are half a million.
 */
class TokenTable {
  count = 0;
  #slots = new Int32Array(1 << 16).fill(-1);
  #ints = new Int32Array(1 << 16);

  int(index: number): number {
    return this.#ints[index] as number;
  }

  add(a: number, b: number, c: number, d: number): number {
    if (this.count * 2 >= this.#slots.length) this.#grow();
    const slot = this.#find(a, b, c, d);
    const known = this.#slots[slot] as number;
    if (known >= 0) return known;
    if ((this.count + 1) * tokenInts > this.#ints.length) {
      const grown = new Int32Array(this.#ints.length * 2);
      grown.set(this.#ints);
      this.#ints = grown;
    }
    this.#ints.set([a, b, c, d], this.count * tokenInts);
    this.#slots[slot] = this.count;
    return this.count++;
  }

  /** The slot of an equal token, or the free one where it belongs. */
  #find(a: number, b: number, c: number, d: number): number {
    const mask = this.#slots.length - 1;
    let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35) ^ d;
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    for (let slot = (hash ^ (hash >>> 13)) & mask; ; slot = (slot + 1) & mask) {
      const at = (this.#slots[slot] as number) * tokenInts;
      if (at < 0) return slot;
      const ints = this.#ints;
      if (ints[at] === a && ints[at + 1] === b && ints[at + 2] === c && ints[at + 3] === d) {
        return slot;
      }
    }
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    for (let i = 0; i < this.count; i++) {
      const at = i * tokenInts;
      const slot = this.#find(this.int(at), this.int(at + 1), this.int(at + 2), this.int(at + 3));
      this.#slots[slot] = i;
    }
  }
}

class Writer {
  readonly strings = new Table<string>();
  readonly files = new Table<TreeFile>();
  readonly macros = new Table<MacroDefinition>();
  readonly tokens = new TokenTable();
  #ints = new Int32Array(1 << 16);
  #length = 0;

  int(value: number): void {
    if (this.#length === this.#ints.length) {
      const grown = new Int32Array(this.#ints.length * 2);
      grown.set(this.#ints);
      this.#ints = grown;
    }
    this.#ints[this.#length++] = value;
  }

  text(value: string): void {
    this.int(this.strings.add(value));
  }

  token(tok: Tok): void {
    const file = this.strings.add(tok.file);
    const packed = file * 16 + kinds.indexOf(tok.kind) * 2 + (tok.spaceBefore ? 1 : 0);
    const macro = tok.macro === null ? -1 : this.strings.add(tok.macro);
    this.int(this.tokens.add(packed, this.strings.add(tok.text), tok.line, macro));
  }

  macroMap(map: ReadonlyMap<string, MacroDefinition | undefined>): void {
    this.int(map.size);
    for (const [name, macro] of map) {
      this.text(name);
      this.int(macro === undefined ? -1 : this.macros.add(macro));
    }
  }

  take(): Int32Array {
    const done = this.#ints.slice(0, this.#length);
    this.#length = 0;
    return done;
  }
}

function writeMemo(w: Writer, memo: IncludeMemo): void {
  w.int(w.files.add(memo.file));
  w.int(memo.counterBefore);
  w.int(memo.counterAfter);
  w.macroMap(memo.reads);
  w.macroMap(memo.writes);
  w.int(memo.resolutions.size);
  for (const { spec, quoted, from, found } of memo.resolutions.values()) {
    w.text(spec);
    w.int(quoted ? 1 : 0);
    w.text(from);
    w.int(found === null ? -1 : w.files.add(found));
  }
  w.int(memo.tokens.length);
  for (const tok of memo.tokens) w.token(tok);
}

/** The outermost memos of a store; null when they cannot be written down. */
export function exportMemos(memos: MemoStore): Uint8Array | null {
  const w = new Writer();
  const outermost = [...memos.values()].flat().filter(m => m.outermost);
  w.int(outermost.length);
  for (const memo of outermost) writeMemo(w, memo);
  const body = w.take();
  w.int(w.files.items.length);
  for (const file of w.files.items) {
    w.text(file.path);
    w.text(file.id);
    // -1: not known; the empty text: none.
    const guard = file.knownGuard;
    w.int(guard === undefined ? -1 : w.strings.add(guard ?? ''));
  }
  w.int(w.macros.items.length);
  for (const macro of w.macros.items) {
    w.text(macro.name);
    w.text(macro.file);
    w.int(macro.line);
    w.text(macro.source);
  }
  w.int(w.tokens.count);
  for (let i = 0; i < w.tokens.count * tokenInts; i++) w.int(w.tokens.int(i));
  const tables = w.take();
  if (w.strings.items.some(s => s.includes(separator))) return null;
  const strings = Buffer.from(w.strings.items.join(separator), 'utf8');
  const sizes = Int32Array.of(strings.length, tables.length, body.length);
  const parts = [sizes, tables, body].map(a => Buffer.from(a.buffer, a.byteOffset, a.byteLength));
  const payload = Buffer.concat([...parts, strings]);
  const digest = createHash('sha1').update(payload).digest();
  return Buffer.concat([Buffer.from(magic, 'latin1'), digest, payload]);
}

/** Thrown by {@link Reader} where the bytes make no sense; never leaves this file. */
class Damaged extends Error {}

class Reader {
  readonly #ints: Int32Array;
  readonly #strings: readonly string[];
  #pos = 0;

  constructor(ints: Int32Array, strings: readonly string[]) {
    this.#ints = ints;
    this.#strings = strings;
  }

  int(): number {
    const value = this.#ints[this.#pos++];
    if (value === undefined) throw new Damaged();
    return value;
  }

  string(index: number): string {
    const text = this.#strings[index];
    if (text === undefined) throw new Damaged();
    return text;
  }

  text(): string {
    return this.string(this.int());
  }

  /** The element that the next number refers to, or undefined for -1. */
  item<T>(items: readonly T[]): T | undefined {
    const index = this.int();
    if (index === -1) return undefined;
    const found = items[index];
    if (found === undefined) throw new Damaged();
    return found;
  }

  macroMap(macros: readonly MacroDefinition[]): Map<string, MacroDefinition | undefined> {
    const map = new Map<string, MacroDefinition | undefined>();
    for (let n = this.int(); n > 0; n--) map.set(this.text(), this.item(macros));
    return map;
  }
}

function readFile(r: Reader, known: FileCache): TreeFile {
  const file = known.withId(r.text(), r.text());
  const guard = r.int();
  if (guard !== -1) file.setGuard(r.string(guard) || null);
  return file;
}

function readToken(r: Reader): Tok {
  const packed = r.int();
  const kind = kinds[(packed >> 1) & 7];
  if (kind === undefined) throw new Damaged();
  const file = r.string(packed >> 4);
  const text = r.text();
  const line = r.int();
  const macro = r.int();
  const from = macro === -1 ? null : r.string(macro);
  return new Tok(kind, text, file, line, from, (packed & 1) === 1);
}

interface Tables {
  readonly files: readonly TreeFile[];
  readonly macros: readonly MacroDefinition[];
  readonly tokens: readonly Tok[];
}

function readTables(r: Reader, known: FileCache): Tables {
  const files: TreeFile[] = [];
  for (let n = r.int(); n > 0; n--) files.push(readFile(r, known));
  const macros: MacroDefinition[] = [];
  for (let n = r.int(); n > 0; n--) {
    const [name, file, line] = [r.text(), r.text(), r.int()];
    macros.push(new MacroDefinition(name, file, line, r.text()));
  }
  const tokens: Tok[] = [];
  for (let n = r.int(); n > 0; n--) tokens.push(readToken(r));
  return { files, macros, tokens };
}

function readMemo(r: Reader, { files, macros, tokens: all }: Tables): IncludeMemo {
  const file = r.item(files);
  if (file === undefined) throw new Damaged();
  const counterBefore = r.int();
  const counterAfter = r.int();
  const reads = r.macroMap(macros);
  const writes = r.macroMap(macros);
  const resolutions = new Map<string, Resolution>();
  for (let n = r.int(), i = 0; i < n; i++) {
    const [spec, quoted, from] = [r.text(), r.int() === 1, r.text()];
    resolutions.set(String(i), { spec, quoted, from, found: r.item(files) ?? null });
  }
  const tokens: Tok[] = [];
  for (let n = r.int(); n > 0; n--) {
    const tok = r.item(all);
    if (tok === undefined) throw new Damaged();
    tokens.push(tok);
  }
  const outermost = true;
  return { file, reads, writes, resolutions, tokens, counterBefore, counterAfter, outermost };
}

function open(bytes: Uint8Array): { tables: Reader; body: Reader } | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = magic.length + digestLength;
  if (buffer.length < start + 12 || buffer.toString('latin1', 0, magic.length) !== magic)
    return null;
  // A copy, since the numbers must be aligned.
  const payload = Buffer.from(new Uint8Array(buffer.subarray(start)).buffer);
  const digest = createHash('sha1').update(payload).digest();
  if (!digest.equals(buffer.subarray(magic.length, start))) return null;
  const [stringBytes = 0, tables = 0, body = 0] = new Int32Array(payload.buffer, 0, 3);
  const stringsAt = 12 + 4 * (tables + body);
  if (stringsAt + stringBytes !== payload.length) return null;
  const strings = payload.toString('utf8', stringsAt).split(separator);
  return {
    tables: new Reader(new Int32Array(payload.buffer, 12, tables), strings),
    body: new Reader(new Int32Array(payload.buffer, 12 + 4 * tables, body), strings),
  };
}

/** The memos that {@link exportMemos} wrote; null when the bytes are not what it writes. */
export function importMemos(bytes: Uint8Array, known: FileCache): IncludeMemo[] | null {
  const opened = open(bytes);
  if (opened === null) return null;
  const { tables, body } = opened;
  try {
    const shared = readTables(tables, known);
    const found: IncludeMemo[] = [];
    for (let n = body.int(); n > 0; n--) found.push(readMemo(body, shared));
    return found;
  } catch (error) {
    if (error instanceof Damaged) return null;
    throw error;
  }
}
