import type { BlockStmt, Declaration, Expr, Init, Stmt, Token, TypeName } from './ast.ts';
import type { CDiagnostic, CLimits } from './diagnostic.ts';

/** Thrown where the tokens are no C; caught per declaration, or by whoever asks for a function's body. */
export class CSyntaxError extends Error {
  readonly diagnostic: CDiagnostic;
  constructor(diagnostic: CDiagnostic) {
    super(`${diagnostic.file}:${diagnostic.line}: ${diagnostic.message}`);
    this.diagnostic = diagnostic;
  }
}

/** The rules that need one another across files. */
export interface Rules {
  readonly expression: (c: Cursor) => Expr;
  readonly assignment: (c: Cursor) => Expr;
  readonly conditional: (c: Cursor) => Expr;
  readonly initializer: (c: Cursor) => Init;
  readonly typeName: (c: Cursor) => TypeName;
  readonly declaration: (c: Cursor) => Declaration;
  readonly block: (c: Cursor) => BlockStmt;
  readonly statement: (c: Cursor) => Stmt;
}

/** What a reserved word starts. */
export type WordKind =
  | 'storage'
  | 'qualifier'
  | 'basic'
  | 'record'
  | 'enum'
  | 'typeof'
  | 'auto-type'
  | 'aligned'
  | 'attribute'
  | 'extension'
  | 'statement'
  | 'sizeof';

const spellings: readonly (readonly [WordKind, string])[] = [
  ['storage', 'typedef extern static auto register inline __inline __inline__ _Noreturn __thread'],
  ['storage', '_Thread_local'],
  ['qualifier', 'const volatile restrict __const __const__ __volatile__ __volatile __restrict'],
  ['qualifier', '__restrict__ _Atomic __seg_gs __seg_fs'],
  ['basic', 'void char short int long float double signed unsigned _Bool __signed__ __signed'],
  ['basic', '__int128 __int128_t __uint128_t __builtin_va_list _Float128 __float128 _Complex'],
  ['record', 'struct union'],
  ['enum', 'enum'],
  ['typeof', 'typeof __typeof__ __typeof typeof_unqual __typeof_unqual__ __typeof_unqual'],
  ['auto-type', '__auto_type'],
  ['aligned', '_Alignas'],
  ['attribute', '__attribute__ __attribute'],
  ['extension', '__extension__'],
  ['statement', 'if else for while do return case switch goto break continue'],
  ['sizeof', 'sizeof'],
];
const words = new Map<string, WordKind>(
  spellings.flatMap(([kind, list]) => list.split(' ').map(word => [word, kind] as const)),
);

export function wordKind(text: string | undefined): WordKind | undefined {
  return text === undefined ? undefined : words.get(text);
}

/** Words that are no identifiers. */
export function isReserved(text: string): boolean {
  const kind = words.get(text);
  return kind !== undefined && kind !== 'attribute' && kind !== 'extension';
}

export function isQualifier(text: string | undefined): boolean {
  return wordKind(text) === 'qualifier';
}

export function isAttributeWord(text: string | undefined): boolean {
  return text === '__attribute__' || text === '__attribute';
}

export function isAsmWord(text: string | undefined): boolean {
  return text === 'asm' || text === '__asm__' || text === '__asm';
}

/** File-scope typedef names and the token where each was declared. */
export type FileTypedefs = Map<string, number>;

/** A place in the tokens, and the typedef names that hold there. */
export class Cursor {
  readonly tokens: readonly Token[];
  readonly rules: Rules;
  readonly limits: CLimits;
  pos: number;
  readonly #typedefs: FileTypedefs;
  /** Only typedefs declared before this token hold; infinite while declarations are being read in order. */
  readonly #horizon: number;
  /** Inner scopes: true where the name is a typedef, false where it hides one. */
  readonly #scopes: (Map<string, boolean> | null)[] = [];
  #depth = 0;

  constructor(
    tokens: readonly Token[],
    pos: number,
    typedefs: FileTypedefs,
    rules: Rules,
    limits: CLimits,
    horizon: number,
  ) {
    this.tokens = tokens;
    this.pos = pos;
    this.#typedefs = typedefs;
    this.rules = rules;
    this.limits = limits;
    this.#horizon = horizon;
  }

  /** Spelling of the token at hand, or undefined at the end. Literals keep their quotes, so no confusion arises. */
  text(ahead = 0): string | undefined {
    return this.tokens[this.pos + ahead]?.text;
  }

  token(): Token | undefined {
    return this.tokens[this.pos];
  }

  is(text: string): boolean {
    return this.tokens[this.pos]?.text === text;
  }

  eat(text: string): boolean {
    if (this.tokens[this.pos]?.text !== text) return false;
    this.pos++;
    return true;
  }

  need(text: string): void {
    if (!this.eat(text)) this.fail(`expected '${text}'`);
  }

  identifier(): string {
    const tok = this.tokens[this.pos];
    if (tok === undefined || tok.kind !== 'ident') this.fail('expected an identifier');
    this.pos++;
    return tok.text;
  }

  fail(expected: string, code = 'c/syntax'): never {
    const tok = this.tokens[this.pos] ?? this.tokens[this.tokens.length - 1];
    const found =
      this.pos < this.tokens.length
        ? `'${(tok as Token).text.slice(0, 60)}'`
        : 'the end of the unit';
    throw new CSyntaxError({
      code,
      message: `${expected}, found ${found}`,
      file: tok?.file ?? '',
      line: tok?.line ?? 0,
    });
  }

  /** Counts one level of nesting; each `down` needs its `up`, except on the way out of a syntax error. */
  down(): void {
    if (++this.#depth > this.limits.maxNesting) this.fail('nested too deeply', 'c/nesting');
  }

  up(): void {
    this.#depth--;
  }

  checkChain(length: number): void {
    if (length > this.limits.maxChain) this.fail('too many operands in one chain', 'c/nesting');
  }

  /** Steps over a parenthesised group and returns the range inside. */
  parens(): { from: number; to: number } {
    if (!this.is('(')) this.fail("expected '('");
    const from = this.pos + 1;
    this.pos = this.matching('(', ')');
    return { from, to: this.pos - 1 };
  }

  /** Index after the bracket that closes the one at hand. */
  matching(open: string, close: string): number {
    const { tokens } = this;
    let depth = 0;
    for (let i = this.pos; i < tokens.length; i++) {
      const { text } = tokens[i] as Token;
      if (text === open) depth++;
      else if (text === close && --depth === 0) return i + 1;
    }
    return this.fail(`missing '${close}'`);
  }

  pushScope(): void {
    this.#scopes.push(null);
  }

  popScope(): void {
    this.#scopes.pop();
  }

  resetScopes(): void {
    this.#scopes.length = 0;
    this.#depth = 0;
  }

  /** Names that hide nothing need no note: only typedef names are read otherwise. */
  declare(name: string, isTypedef: boolean): void {
    if (!isTypedef && !this.isTypedefName(name)) return;
    const depth = this.#scopes.length - 1;
    if (depth < 0) {
      if (isTypedef && !this.#typedefs.has(name)) this.#typedefs.set(name, this.pos);
      return;
    }
    const scope = this.#scopes[depth] ?? new Map<string, boolean>();
    scope.set(name, isTypedef);
    this.#scopes[depth] = scope;
  }

  isTypedefName(name: string): boolean {
    for (let i = this.#scopes.length - 1; i >= 0; i--) {
      const known = this.#scopes[i]?.get(name);
      if (known !== undefined) return known;
    }
    const at = this.#typedefs.get(name);
    return at !== undefined && at <= this.#horizon;
  }

  /** Does a type start `ahead` tokens from here? */
  startsType(ahead = 0): boolean {
    let tok = this.tokens[this.pos + ahead];
    for (let i = ahead + 1; tok?.text === '__extension__'; i++) tok = this.tokens[this.pos + i];
    if (tok === undefined || tok.kind !== 'ident') return false;
    switch (wordKind(tok.text)) {
      case undefined:
        return this.isTypedefName(tok.text);
      case 'storage':
      case 'extension':
      case 'statement':
      case 'sizeof':
        return false;
      default:
        return true;
    }
  }

  startsDeclaration(): boolean {
    const tok = this.tokens[this.pos];
    if (tok === undefined || tok.kind !== 'ident') return false;
    const kind = wordKind(tok.text);
    return kind === 'storage' || (kind !== 'attribute' && this.startsType());
  }
}
