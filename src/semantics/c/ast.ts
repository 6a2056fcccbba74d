/**
 * Syntax tree of one preprocessed translation unit of GNU C.
 *
 * Purely syntactic: types are written as they stand (specifiers and declarators); `types.ts` gives them meaning on
 * demand. Every node has `at`, an index into {@link TranslationUnit.tokens}, from which file, line and the macro it
 * came from follow.
 */

/** What a token is; `punct` covers operators and punctuation. */
export type TokenKind = 'ident' | 'number' | 'string' | 'char' | 'punct';

export interface Token {
  readonly kind: TokenKind;
  /** Spelling after expansion. */
  readonly text: string;
  /** File of the outermost use (a macro's use site, not its definition), relative to the tree; `<...>` for built-ins. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** Name of the outermost macro this token was expanded from, or null. */
  readonly macro: string | null;
  /** True when white space stood before the token. */
  readonly spaceBefore: boolean;
}

export interface Attribute {
  /** Name without surrounding underscores, e.g. `cleanup`, `packed`, `aligned`. */
  readonly name: string;
  /** Token range [from, to) of the arguments, empty when there are none. */
  readonly from: number;
  readonly to: number;
}

export interface Node {
  readonly at: number;
}

// --- types as written ------------------------------------------------------------------------------------------

export type Storage =
  | 'typedef'
  | 'extern'
  | 'static'
  | 'inline'
  | 'register'
  | 'auto'
  | 'thread'
  | 'noreturn';

export type TypeSpec =
  | { readonly kind: 'basic'; readonly words: readonly string[] }
  | RecordSpec
  | EnumSpec
  | { readonly kind: 'typedef-name'; readonly name: string }
  | { readonly kind: 'typeof'; readonly type: TypeName | null; readonly expr: Expr | null }
  | { readonly kind: 'auto-type' };

export interface RecordSpec {
  readonly kind: 'record';
  readonly which: 'struct' | 'union';
  readonly tag: string | null;
  /** null for a mere reference `struct tag`. */
  readonly fields: readonly FieldDecl[] | null;
  readonly attributes: readonly Attribute[];
  readonly at: number;
}

export interface EnumSpec {
  readonly kind: 'enum';
  readonly tag: string | null;
  readonly members: readonly { readonly name: string; readonly value: Expr | null }[] | null;
  readonly at: number;
}

export interface DeclSpec extends Node {
  readonly storage: readonly Storage[];
  readonly isConst: boolean;
  readonly isVolatile: boolean;
  /** null only for K&R style implicit int. */
  readonly type: TypeSpec | null;
  readonly attributes: readonly Attribute[];
}

export type DeclPart =
  | { readonly kind: 'pointer' }
  | { readonly kind: 'array'; readonly size: Expr | null }
  | {
      readonly kind: 'function';
      readonly params: readonly ParamDecl[];
      readonly variadic: boolean;
    };

/** `parts` are ordered from the name outwards: `int *a[3]` is [array 3, pointer]. */
export interface Declarator extends Node {
  readonly name: string | null;
  readonly parts: readonly DeclPart[];
  readonly attributes: readonly Attribute[];
}

export interface FieldDecl extends Node {
  readonly spec: DeclSpec;
  /** null for an anonymous struct/union member or an unnamed bit-field. */
  readonly declarator: Declarator | null;
  readonly bits: Expr | null;
}

export interface ParamDecl extends Node {
  readonly spec: DeclSpec;
  readonly declarator: Declarator;
}

export interface TypeName extends Node {
  readonly spec: DeclSpec;
  readonly declarator: Declarator;
}

// --- declarations ----------------------------------------------------------------------------------------------

export type Designator =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly from: Expr; readonly to: Expr | null };

export interface InitList extends Node {
  readonly kind: 'init-list';
  readonly items: readonly { readonly designators: readonly Designator[]; readonly value: Init }[];
}

export type Init = Expr | InitList;

export interface InitDeclarator {
  readonly declarator: Declarator;
  readonly init: Init | null;
}

export interface Declaration extends Node {
  readonly kind: 'declaration';
  readonly spec: DeclSpec;
  readonly items: readonly InitDeclarator[];
}

export interface FunctionDefinition extends Node {
  readonly kind: 'function';
  readonly name: string;
  readonly spec: DeclSpec;
  readonly declarator: Declarator;
  /** Token index one past the closing brace. */
  readonly end: number;
  /** Parses the body on first use (throws {@link CSyntaxError} of parse-cursor.ts); the same object ever after. */
  readonly body: () => BlockStmt;
}

export type External =
  | Declaration
  | FunctionDefinition
  | ({ readonly kind: 'asm' | 'static-assert' } & Node);

export interface TranslationUnit {
  readonly tokens: readonly Token[];
  readonly externals: readonly External[];
}

// --- statements ------------------------------------------------------------------------------------------------

export interface BlockStmt extends Node {
  readonly kind: 'block';
  readonly items: readonly Stmt[];
  /** Token index of the closing brace. */
  readonly end: number;
}

export type Stmt =
  | BlockStmt
  | Declaration
  | ({ readonly kind: 'expr'; readonly expr: Expr } & Node)
  | ({ readonly kind: 'empty' } & Node)
  | ({
      readonly kind: 'if';
      readonly test: Expr;
      readonly then: Stmt;
      readonly otherwise: Stmt | null;
    } & Node)
  | ({ readonly kind: 'while'; readonly test: Expr; readonly body: Stmt } & Node)
  | ({ readonly kind: 'do'; readonly test: Expr; readonly body: Stmt } & Node)
  | ({
      readonly kind: 'for';
      readonly init: Declaration | Expr | null;
      readonly test: Expr | null;
      readonly step: Expr | null;
      readonly body: Stmt;
    } & Node)
  | ({ readonly kind: 'switch'; readonly value: Expr; readonly body: Stmt } & Node)
  | ({
      readonly kind: 'case';
      readonly from: Expr;
      readonly to: Expr | null;
      readonly body: Stmt;
    } & Node)
  | ({ readonly kind: 'default'; readonly body: Stmt } & Node)
  | ({ readonly kind: 'label'; readonly name: string; readonly body: Stmt } & Node)
  | ({ readonly kind: 'goto'; readonly name: string } & Node)
  | ({ readonly kind: 'computed-goto'; readonly target: Expr } & Node)
  | ({ readonly kind: 'break' | 'continue' | 'label-declaration' | 'static-assert' } & Node)
  | ({ readonly kind: 'return'; readonly value: Expr | null } & Node)
  | ({ readonly kind: 'asm'; readonly isGoto: boolean; readonly text: string } & Node);

// --- expressions -----------------------------------------------------------------------------------------------

export type BinaryOp =
  | '||'
  | '&&'
  | '|'
  | '^'
  | '&'
  | '=='
  | '!='
  | '<'
  | '>'
  | '<='
  | '>='
  | '<<'
  | '>>'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%';
export type AssignOp = '=' | '+=' | '-=' | '*=' | '/=' | '%=' | '&=' | '|=' | '^=' | '<<=' | '>>=';

export type Expr =
  | ({ readonly kind: 'number'; readonly text: string } & Node)
  | ({ readonly kind: 'char'; readonly text: string } & Node)
  /** Adjacent literals stay apart; each part is the spelling with its quotes. */
  | ({ readonly kind: 'string'; readonly parts: readonly string[] } & Node)
  | ({ readonly kind: 'ident'; readonly name: string } & Node)
  | ({
      readonly kind: 'unary';
      readonly op: '-' | '+' | '!' | '~' | '*' | '&';
      readonly expr: Expr;
    } & Node)
  | ({ readonly kind: 'prefix' | 'postfix'; readonly op: '++' | '--'; readonly expr: Expr } & Node)
  | ({
      readonly kind: 'binary';
      readonly op: BinaryOp;
      readonly left: Expr;
      readonly right: Expr;
    } & Node)
  | ({
      readonly kind: 'assign';
      readonly op: AssignOp;
      readonly left: Expr;
      readonly right: Expr;
    } & Node)
  /** `then` is null for GNU `a ?: b`. */
  | ({
      readonly kind: 'cond';
      readonly test: Expr;
      readonly then: Expr | null;
      readonly otherwise: Expr;
    } & Node)
  | ({ readonly kind: 'comma'; readonly left: Expr; readonly right: Expr } & Node)
  | ({ readonly kind: 'call'; readonly callee: Expr; readonly args: readonly Expr[] } & Node)
  /** A type name in argument position of an opaque macro or builtin, e.g. `container_of(p, struct x, m)`. */
  | ({ readonly kind: 'type-arg'; readonly type: TypeName } & Node)
  | ({ readonly kind: 'index'; readonly base: Expr; readonly index: Expr } & Node)
  | ({
      readonly kind: 'member';
      readonly base: Expr;
      readonly name: string;
      readonly arrow: boolean;
    } & Node)
  | ({ readonly kind: 'cast'; readonly type: TypeName; readonly expr: Expr } & Node)
  | ({ readonly kind: 'sizeof-type' | 'alignof-type'; readonly type: TypeName } & Node)
  | ({ readonly kind: 'sizeof-expr' | 'alignof-expr'; readonly expr: Expr } & Node)
  | ({ readonly kind: 'compound-literal'; readonly type: TypeName; readonly init: InitList } & Node)
  | ({ readonly kind: 'statement-expr'; readonly block: BlockStmt } & Node)
  | ({ readonly kind: 'label-address'; readonly name: string } & Node)
  /** A null type is `default`. */
  | ({
      readonly kind: 'generic';
      readonly control: Expr;
      readonly choices: readonly { readonly type: TypeName | null; readonly expr: Expr }[];
    } & Node)
  | ({
      readonly kind: 'offsetof';
      readonly type: TypeName;
      readonly path: readonly Designator[];
    } & Node)
  | ({
      readonly kind: 'types-compatible';
      readonly left: TypeName;
      readonly right: TypeName;
    } & Node);
