/** What must hold. The checks themselves stand where the state is seen: simulated kernel, hardware, and engine. */
export interface Invariant {
  /** Stable; reports and exit codes refer to it. */
  readonly id: string;
  /** `protocol`: a rule of the MMU; `always`: holds for any kernel code. */
  readonly scope: 'protocol' | 'always';
  readonly says: string;
  readonly why: string;
  /** Where the rule is written down or can be read off. */
  readonly source: string;
  /** A run that breaks it, a line each. */
  readonly example: readonly string[];
}
