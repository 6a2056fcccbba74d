/** Something wrong with C input; a value, since every input is somebody else's. */
export interface CDiagnostic {
  /** Stable code, `c/...`. */
  readonly code: string;
  readonly message: string;
  /** Relative to the tree; `<...>` for built-in text. */
  readonly file: string;
  /** 1-based; 0 when the whole file is meant. */
  readonly line: number;
}

/** Bounds on hostile input; each has its own diagnostic. */
export interface CLimits {
  readonly maxIncludeDepth: number;
  /** Files read, each time counted. */
  readonly maxIncludes: number;
  /** Directives carried out. */
  readonly maxDirectives: number;
  readonly maxFileChars: number;
  readonly maxLineChars: number;
  /** Tokens of the whole preprocessed unit. */
  readonly maxTokens: number;
  /** Tokens that one outermost macro use may produce on the way, arguments counted each time they are expanded. */
  readonly maxExpansionTokens: number;
  /** The same for all macro uses of a unit together. */
  readonly maxExpansionWork: number;
  /** Macro uses and arguments nested in one another. */
  readonly maxExpansionDepth: number;
  /** Parentheses, blocks, declarators and initialisers nested in one another. */
  readonly maxNesting: number;
  /** Operands of one chain of left-associative operators: each makes the tree one level deeper. */
  readonly maxChain: number;
  readonly maxDiagnostics: number;
}

export const defaultLimits: CLimits = {
  maxIncludeDepth: 150,
  maxIncludes: 50_000,
  maxDirectives: 10_000_000,
  maxFileChars: 8_000_000,
  maxLineChars: 500_000,
  maxTokens: 4_000_000,
  maxExpansionTokens: 1_000_000,
  maxExpansionWork: 40_000_000,
  maxExpansionDepth: 120,
  maxNesting: 200,
  maxChain: 1_000,
  maxDiagnostics: 100,
};

/** Thrown when a bound is hit that ends the unit; caught by the entry points of this folder and turned into a value. */
export class LimitError extends Error {
  readonly diagnostic: CDiagnostic;
  constructor(diagnostic: CDiagnostic) {
    super(diagnostic.message);
    this.diagnostic = diagnostic;
  }
}
