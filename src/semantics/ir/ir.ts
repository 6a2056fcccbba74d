/**
 * The typed intermediate representation both kinds of model share: lifted helpers come to it from C, reference models
 * from TypeScript. It keeps the shape of the source (expressions may have effects), with every conversion explicit, so
 * that it can be printed readably; `compile/` lowers it to resumable steps. See docs/model-language.md.
 */
import type { CType, Field } from '../c/types.ts';

/** Where a node stands in the source: file relative to the tree, 1-based line, outermost macro or null. */
export interface Loc {
  readonly file: string;
  readonly line: number;
  readonly macro: string | null;
}

export interface Local {
  readonly name: string;
  /** Unique within its function. */
  readonly id: number;
  readonly type: CType;
  readonly param: boolean;
  /** Lives in simulated memory: an aggregate, or its address is taken. Settled once the function is lifted. */
  inMemory: boolean;
}

export interface Global {
  readonly name: string;
  readonly type: CType;
  /** Initialiser, lifted on demand. */
  init: InitItem[] | null;
}

/** One scalar (or record copy) an initialiser sets, relative to the object. */
export interface InitItem {
  readonly path: readonly PathStep[];
  readonly type: CType;
  readonly value: Expr;
}
export type PathStep = { readonly field: Field } | { readonly index: number; readonly of: CType };

/** Ordering of a marked access; `plain` accesses never suspend unless their location is known to race. */
export type AccessMode = 'plain' | 'marked' | 'acquire' | 'release';

export type Place =
  | { readonly kind: 'local'; readonly local: Local; readonly type: CType }
  | { readonly kind: 'global'; readonly global: Global; readonly type: CType }
  | { readonly kind: 'deref'; readonly pointer: Expr; readonly type: CType }
  | { readonly kind: 'field'; readonly base: Place; readonly field: Field; readonly type: CType }
  | { readonly kind: 'element'; readonly base: Place; readonly index: Expr; readonly type: CType }
  /** A record-valued expression whose member is read, e.g. `role_of(sp).level`. */
  | { readonly kind: 'value'; readonly value: Expr; readonly type: CType };

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '&'
  | '|'
  | '^'
  | '<<'
  | '>>'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>=';

interface Base {
  readonly type: CType;
  readonly loc: Loc;
}
export type Expr =
  | (Base & { readonly kind: 'const'; readonly lo: number; readonly hi: number })
  | (Base & { readonly kind: 'load'; readonly place: Place; readonly mode: AccessMode })
  | (Base & { readonly kind: 'address'; readonly place: Place })
  | (Base & {
      readonly kind: 'assign';
      readonly place: Place;
      /** null for `=`; else the operator, computed in `opType`. */
      readonly op: BinaryOperator | null;
      readonly opType: CType;
      readonly value: Expr;
      readonly mode: AccessMode;
    })
  | (Base & {
      readonly kind: 'step';
      readonly place: Place;
      readonly delta: 1 | -1;
      readonly postfix: boolean;
    })
  | (Base & { readonly kind: 'call'; readonly name: string; readonly args: readonly Expr[] })
  | (Base & {
      readonly kind: 'call-indirect';
      readonly target: Expr;
      readonly args: readonly Expr[];
    })
  /** A service of the simulated kernel; `note` is what diagnostics quote (a WARN's condition, a cache's name). */
  | (Base & {
      readonly kind: 'primitive';
      readonly name: string;
      readonly args: readonly Expr[];
      readonly note: string;
    })
  | (Base & {
      readonly kind: 'binary';
      readonly op: BinaryOperator;
      readonly opType: CType;
      readonly left: Expr;
      readonly right: Expr;
    })
  | (Base & { readonly kind: 'negate' | 'complement'; readonly value: Expr })
  | (Base & { readonly kind: 'not'; readonly value: Expr })
  | (Base & { readonly kind: 'convert'; readonly value: Expr })
  | (Base & {
      readonly kind: 'logical';
      readonly op: '&&' | '||';
      readonly left: Expr;
      readonly right: Expr;
    })
  | (Base & {
      readonly kind: 'choose';
      readonly test: Expr;
      readonly then: Expr | null;
      readonly otherwise: Expr;
    })
  | (Base & { readonly kind: 'sequence'; readonly first: Expr; readonly second: Expr })
  | (Base & { readonly kind: 'block'; readonly body: readonly Stmt[]; readonly value: Expr | null })
  /** Pointer to the record that contains the member `value` points at. */
  | (Base & {
      readonly kind: 'container-of';
      readonly value: Expr;
      readonly path: readonly Field[];
    })
  | (Base & { readonly kind: 'function'; readonly name: string })
  | (Base & { readonly kind: 'text'; readonly text: string })
  | (Base & { readonly kind: 'unsupported'; readonly code: string; readonly message: string });

export type Stmt =
  | { readonly kind: 'expr'; readonly expr: Expr; readonly loc: Loc }
  | {
      readonly kind: 'declare';
      readonly local: Local;
      readonly init: readonly InitItem[] | null;
      /** Function called with the variable's address whenever its scope is left. */
      readonly cleanup: string | null;
      readonly loc: Loc;
    }
  | { readonly kind: 'block'; readonly body: readonly Stmt[]; readonly loc: Loc }
  | {
      readonly kind: 'if';
      readonly test: Expr;
      readonly then: Stmt;
      readonly otherwise: Stmt | null;
      readonly loc: Loc;
    }
  | {
      readonly kind: 'loop';
      /** Tested before the body (`while`, `for`) or after it (`do`). */
      readonly test: Expr | null;
      readonly testLast: boolean;
      readonly init: readonly Stmt[];
      readonly step: Expr | null;
      readonly body: Stmt;
      readonly loc: Loc;
    }
  | { readonly kind: 'switch'; readonly value: Expr; readonly body: Stmt; readonly loc: Loc }
  | { readonly kind: 'case'; readonly from: number | null; readonly to: number; readonly loc: Loc }
  | { readonly kind: 'goto'; readonly label: string; readonly loc: Loc }
  | { readonly kind: 'label'; readonly label: string; readonly loc: Loc }
  | { readonly kind: 'break' | 'continue'; readonly loc: Loc }
  | { readonly kind: 'return'; readonly value: Expr | null; readonly loc: Loc };

export interface Unsupported {
  readonly code: string;
  readonly message: string;
  readonly loc: Loc;
}

export interface ModelFunction {
  readonly name: string;
  readonly ret: CType;
  readonly params: readonly Local[];
  readonly variadic: boolean;
  readonly locals: readonly Local[];
  readonly body: readonly Stmt[];
  readonly loc: Loc;
  /** Last line of the definition. */
  readonly endLine: number;
  readonly unsupported: readonly Unsupported[];
  /** Direct callees, by name, in order of first use. */
  readonly callees: readonly string[];
  /** Names it uses that have a meaning of their own instead of a lifted body, in order of first use. */
  readonly provided: readonly string[];
}

/** Class of a memory location for scheduling and races: `record.field`, `*u64`, or `global name`. */
export function locationClass(place: Place): string {
  switch (place.kind) {
    case 'local':
      return 'local';
    case 'global':
      return `global ${place.global.name}`;
    case 'deref':
      return place.type.kind === 'int' ? `*u${place.type.bits}` : '*';
    case 'field': {
      const owner = place.field.owner;
      if (owner.name.startsWith('anon') && place.base.kind === 'field') {
        return `${locationClass(place.base)}.${place.field.name}`;
      }
      return `${owner.name}.${place.field.name}`;
    }
    case 'element':
      return place.base.kind === 'deref'
        ? locationClass({ kind: 'deref', pointer: place.base.pointer, type: place.type })
        : `${locationClass(place.base)}[]`;
    case 'value':
      return 'value';
  }
}
