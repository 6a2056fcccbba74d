import type { Diagnostic } from '../diagnostic.ts';

export interface HunkLine {
  readonly kind: 'context' | 'delete' | 'add';
  /** Without the leading mark and without the line end. */
  readonly text: string;
  /** True when a `\ No newline at end of file` follows. */
  readonly noNewline: boolean;
}

export interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  /** What follows the second `@@`: the enclosing function, by git's guess. */
  readonly section: string;
  /** Line of the header in the patch text, from 1. */
  readonly line: number;
  readonly lines: readonly HunkLine[];
}

export type FileChangeKind = 'modified' | 'added' | 'removed' | 'renamed' | 'copied';

export interface FileChange {
  readonly change: FileChangeKind;
  /** Null for an added file. */
  readonly oldPath: string | null;
  /** Null for a removed file. */
  readonly newPath: string | null;
  readonly oldMode: string | null;
  readonly newMode: string | null;
  /** The `index` line, as abbreviated in the mail; null where there is none. */
  readonly oldId: string | null;
  readonly newId: string | null;
  readonly binary: boolean;
  readonly hunks: readonly Hunk[];
  /** Lines [first, last] of the section in the patch text, from 1. */
  readonly firstLine: number;
  readonly lastLine: number;
}

export interface Person {
  readonly name: string;
  readonly email: string;
}

export interface Trailer {
  readonly key: string;
  readonly value: string;
}

export interface Patch {
  /** k of `[PATCH k/n]`; 1 where the subject has no number. */
  readonly index: number;
  readonly total: number;
  /** Without the bracketed prefix. */
  readonly subject: string;
  /** As in the mail, prefix included. */
  readonly fullSubject: string;
  /** Without angle brackets. */
  readonly messageId: string | null;
  readonly author: Person;
  /** As in the mail. */
  readonly date: string | null;
  /** The commit message below the subject, trailers included. */
  readonly body: string;
  readonly trailers: readonly Trailer[];
  /** What `git apply` gets. */
  readonly diff: string;
  readonly files: readonly FileChange[];
  /** The subject or the message says that nothing changes in function. */
  readonly nfcClaimed: boolean;
  /** Its diff is incomplete or malformed: it must not be applied. */
  readonly broken: boolean;
  /** A copy that lost blanks or tabs: its hunks only make sense next to the tree. */
  readonly damaged: boolean;
  /** Damaged, and repaired against the tree. */
  readonly reconstructed: boolean;
  /** File and position the mail was read from. */
  readonly source: string;
  readonly rawMail: string;
}

export interface CoverLetter {
  readonly subject: string;
  readonly messageId: string | null;
  readonly author: Person;
  readonly body: string;
}

/** One of the series found in the input. */
export interface SeriesSummary {
  /** What `--series N` takes, from 1, in the order of the input. */
  readonly number: number;
  readonly subject: string;
  readonly version: string | null;
  readonly total: number;
  readonly present: number;
  readonly chosen: boolean;
}

export interface Series {
  readonly subject: string;
  /** `v3`, `v3.1`, `RFC v2`, ...; null for a first version without any mark. */
  readonly version: string | null;
  readonly total: number;
  readonly patches: readonly Patch[];
  readonly coverLetter: CoverLetter | null;
  /** Numbers of the patches that were not found. */
  readonly missing: readonly number[];
  readonly reconstructed: boolean;
  /** Made from commits of the tree, not from mails. */
  readonly isRange: boolean;
  /** Commit of a `base-commit:` line in any of its mails. */
  readonly baseCommit: string | null;
  /** Every series of the input. */
  readonly candidates: readonly SeriesSummary[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A state of the tree: side 0 is the base, side k the tree after patch k. Reading is synchronous. */
export interface TreeSide {
  /** 0 for the base. */
  readonly number: number;
  /** Text of a file, path from the tree's root with `/`; null when there is no such file. */
  read(path: string): string | null;
  exists(path: string): boolean;
  /** Equal hashes mean equal bytes; null when there is no such file. */
  hash(path: string): string | null;
  /** Paths that differ from the base on this side. */
  readonly changedPaths: readonly string[];
}

export interface PatchApplication {
  readonly patch: number;
  /** `unreadable`: its diff is malformed or incomplete. */
  readonly status: 'applied' | 'failed' | 'unreadable' | 'not-tried';
  /** Hunks that did not apply at the line they name: `file:line`, and by how many lines. */
  readonly offsets: readonly { readonly where: string; readonly lines: number }[];
}

export interface Trees {
  readonly path: string;
  /** Full commit id; null for a plain folder. */
  readonly base: string | null;
  /** Which rule chose the base, in words. */
  readonly baseRule: string;
  readonly kernelVersion: string | null;
  /** The patches as applied, that is with damaged ones repaired. */
  readonly patches: readonly Patch[];
  /** sides[0] is the base, sides[k] follows patches[k-1]; shorter when a patch did not apply. */
  readonly sides: readonly TreeSide[];
  readonly applications: readonly PatchApplication[];
  readonly reconstructed: boolean;
  readonly diagnostics: readonly Diagnostic[];
  /** Removes every temporary file. The sides must not be read afterwards. */
  dispose(): void;
}
