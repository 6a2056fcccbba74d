/** A litmus test as written: https://github.com/herd/herdtools7 describes the format. */

/** A register of a thread, or a place in memory. */
export type Place =
  | { readonly kind: 'register'; readonly thread: number; readonly name: string }
  | { readonly kind: 'memory'; readonly name: string; readonly index: number | null };

/** Integers in decimal, or the name of the place an address points to. */
export type Literal = string;

export type Proposition =
  | { readonly kind: 'equals'; readonly place: Place; readonly value: Literal | Place }
  | { readonly kind: 'not'; readonly of: Proposition }
  | {
      readonly kind: 'and' | 'or' | 'implies';
      readonly left: Proposition;
      readonly right: Proposition;
    }
  | { readonly kind: 'constant'; readonly value: boolean };

export type Quantifier = 'exists' | 'forall' | '~exists';

export interface Condition {
  readonly quantifier: Quantifier;
  readonly proposition: Proposition;
}

/** One entry of the initial state. */
export interface Initial {
  readonly place: Place;
  /** As written before the name; null when it is left to be guessed. */
  readonly type: string | null;
  /** Integers in decimal, or names of other places. */
  readonly values: readonly Literal[];
  /** Number of elements when it is an array. */
  readonly length: number | null;
}

export interface CThread {
  readonly params: string;
  readonly body: string;
}

export interface LitmusTest {
  readonly arch: 'C' | 'X86' | 'X86_64';
  readonly name: string;
  readonly initial: readonly Initial[];
  readonly program:
    | { readonly kind: 'c'; readonly threads: readonly CThread[] }
    /** Instructions of each thread, labels with a colon at their end. */
    | { readonly kind: 'assembly'; readonly threads: readonly (readonly string[])[] };
  readonly locations: readonly Place[];
  readonly filter: Proposition | null;
  readonly condition: Condition | null;
}

export class LitmusSyntaxError extends Error {}
