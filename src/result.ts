/**
 * The result of a check: plain serialisable data, and the JSON contract `mmudelta/1`
 * (docs/schema/check.json says the same as a JSON Schema; a test holds the two together).
 *
 * Every key is always present; what is unknown or does not apply is `null` or `[]`, so that a
 * consumer never has to ask whether a key exists. Strings that came from a mail or a tree are
 * untrusted.
 */

import type { Diagnostic } from './diagnostic.ts';

export type { Diagnostic };

export const RESULT_SCHEMA = 'mmudelta/1';

export type Verdict = 'equivalent' | 'changed' | 'broken' | 'inconclusive' | 'untouched';
export type MemoryModel = 'tso' | 'sc';

export interface CheckResult {
  readonly schema: typeof RESULT_SCHEMA;
  readonly tool: ToolInfo;
  readonly tree: TreeInfo;
  readonly memory: MemoryModel;
  readonly geometry: Geometry;
  readonly seed: number;
  readonly series: SeriesInfo;
  /**
   * Of the whole series: the worst of its patches, an error in the input making it `inconclusive`.
   */
  readonly verdict: Verdict;
  readonly patches: readonly PatchResult[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface ToolInfo {
  readonly version: string;
  /**
   * What follows `mmudelta` to get this result again, without the options that only say how to
   * print it.
   */
  readonly arguments: readonly string[];
}

export interface TreeInfo {
  readonly path: string;
  /** True for the tree that ships with the tool, used when no `--tree` is given. */
  readonly embedded: boolean;
  readonly kernelVersion: string | null;
  /** Commit or other name of the base; null for a plain folder. */
  readonly base: string | null;
  /** Which rule chose the base, in words: `--base`, `base-commit trailer`, ... */
  readonly baseRule: string;
}

/** The scaled-down page tables of the simulated machine: part of every claim's bounds. */
export interface Geometry {
  readonly levels: number;
  readonly entriesPerTable: number;
  /** Other constants of the tree that were overridden, e.g. KVM_MIN_FREE_MMU_PAGES. */
  readonly overrides: readonly { readonly name: string; readonly value: string }[];
}

export interface SeriesInfo {
  readonly subject: string;
  readonly version: string | null;
  readonly total: number;
  /** Subject of the cover letter. */
  readonly coverLetter: string | null;
  /** Numbers of the patches that were not found. */
  readonly missing: readonly number[];
  /** True when a damaged copy was repaired against the tree before it was applied. */
  readonly reconstructed: boolean;
}

export interface PatchResult {
  readonly index: number;
  readonly total: number;
  readonly subject: string;
  readonly messageId: string | null;
  readonly author: string;
  readonly helpers: readonly TouchedHelper[];
  readonly verdict: Verdict;
  readonly nfc: NfcClaim;
  readonly violations: readonly Violation[];
  readonly deltas: readonly Delta[];
  readonly scenarios: readonly ScenarioRun[];
  readonly inconclusive: readonly InconclusiveReason[];
}

export interface TouchedHelper {
  readonly name: string;
  readonly file: string;
  readonly change: 'modified' | 'added' | 'removed' | 'renamed';
  readonly reach: 'direct' | 'macro' | 'type' | 'callee';
}

/** "No functional change": was it said, is it so, and the reason for the answer. */
export interface NfcClaim {
  readonly claimed: boolean;
  readonly holds: boolean | null;
  readonly why: string | null;
}

export type ViolationStatus = 'introduced' | 'pre-existing' | 'fixed' | 'transient';

export interface Violation {
  readonly invariant: string;
  readonly status: ViolationStatus;
  /** Index of the later patch that removes a transient violation. */
  readonly fixedBy: number | null;
  readonly scenario: string;
  readonly site: Site | null;
  readonly summary: string;
  /** Stable over line numbers and helper names: (invariant, objects, role, condition). */
  readonly identity: string;
  readonly counterexample: Trace | null;
}

export interface Site {
  readonly helper: string;
  readonly file: string;
  readonly line: number;
}

export interface Delta {
  readonly kind: 'outcome' | 'protocol' | 'cost';
  readonly scenario: string;
  /**
   * Role of the thread that behaves differently; null when the difference belongs to no single one.
   */
  readonly thread: string | null;
  readonly helper: string | null;
  readonly summary: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly witness: Trace | null;
}

export interface ScenarioRun {
  readonly id: string;
  /** Variant of the machine: `tdp`, `a/d off`, `quirk on` ... */
  readonly axes: readonly string[];
  readonly ran: boolean;
  readonly exhaustive: boolean;
  /** Both sides together. */
  readonly states: number;
  readonly transitions: number;
  /** Null unless times were asked for: the same inputs give the same bytes. */
  readonly ms: number | null;
  readonly bounds: Bounds;
  /** Why it did not run, or which bound ended it; null for an exhaustive run. */
  readonly why: string | null;
}

/** Null means unlimited. */
export interface Bounds {
  readonly threads: number;
  readonly preemptions: number | null;
  readonly states: number | null;
  readonly yields: number | null;
  readonly timeoutSeconds: number | null;
}

export interface InconclusiveReason {
  readonly code: string;
  readonly message: string;
  readonly file: string | null;
  readonly line: number | null;
}

/** One schedule, as data: a counterexample when it ends in a violation, else a witness. */
export interface Trace {
  readonly scenario: string;
  readonly side: { readonly patch: number; readonly which: 'before' | 'after' };
  readonly threads: readonly TraceThread[];
  readonly steps: readonly TraceStep[];
  readonly violation: TraceViolation | null;
  readonly replay: Replay;
  readonly notes: readonly string[];
}

export interface TraceThread {
  readonly id: number;
  /** Short enough for a column head: `vcpu0`, `memslot`. */
  readonly name: string;
  readonly role: string;
}

export interface TraceStep {
  /** Id of the thread; -1 for what belongs to none (hardware, RCU). */
  readonly thread: number;
  readonly kind: 'step' | 'choice' | 'hardware' | 'callback' | 'store';
  /** What happens, in a few words. */
  readonly label: string;
  readonly helper: string | null;
  readonly file: string | null;
  readonly line: number | null;
  /** The C line, as it stands in the tree on this side. */
  readonly source: string | null;
  readonly events: readonly TraceEvent[];
  /** Which alternative a nondeterministic choice took. */
  readonly choice: number | null;
  /** What the machine looks like after the step; empty when it was not recorded. */
  readonly state: readonly StateSection[];
}

export type TraceEventKind =
  | 'lock'
  | 'unlock'
  | 'rcu'
  | 'spte'
  | 'flush'
  | 'request'
  | 'alloc'
  | 'free'
  | 'refcount'
  | 'list'
  | 'guest'
  | 'yield'
  | 'check'
  | 'warn';

export interface TraceEvent {
  readonly kind: TraceEventKind;
  /**
   * Lock events name the lock (and `read` or `write`); RCU events say `enter` or `exit`. Consumers
   * draw a bar from a `lock` to the same thread's `unlock` that begins with the same word.
   */
  readonly text: string;
}

/** E.g. title `page tables`, rows `root A [2] gfn 0` = `present, writable, pfn 7`. */
export interface StateSection {
  readonly title: string;
  readonly rows: readonly { readonly name: string; readonly value: string }[];
}

export interface TraceViolation {
  readonly invariant: string;
  readonly text: string;
  readonly thread: number | null;
}

/** Everything that makes the schedule mean the same thing again. */
export interface Replay {
  readonly schedule: readonly number[];
  readonly memory: MemoryModel;
  readonly geometry: Geometry;
  readonly axes: readonly string[];
}

/** Process status for a result: the first of these that applies. */
export function exitStatus(result: CheckResult): 0 | 1 | 2 | 3 {
  if (result.diagnostics.some(d => d.severity === 'error')) return 2;
  const refuted = result.patches.some(p => p.nfc.claimed && p.nfc.holds === false);
  if (refuted || result.patches.some(p => p.verdict === 'broken')) return 1;
  if (result.verdict === 'broken') return 1;
  if (result.verdict === 'inconclusive') return 3;
  return result.patches.some(p => p.verdict === 'inconclusive') ? 3 : 0;
}
