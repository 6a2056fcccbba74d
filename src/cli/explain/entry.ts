/** A code that a report or a diagnostic may carry. */
export interface CodeEntry {
  readonly code: string;
  readonly means: string;
  /** What the user can do; null when there is nothing to do. */
  readonly todo: string | null;
}

/** A word of a report: a verdict, or what became of a violation. */
export interface WordEntry {
  readonly word: string;
  readonly kind: 'verdict' | 'status of a violation';
  readonly means: string;
  /** Rules by which it is given. */
  readonly rules: readonly string[];
  /** What a run of `mmudelta check` that says it looks like, a line each. */
  readonly example: readonly string[];
}
