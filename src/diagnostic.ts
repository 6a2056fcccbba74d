/** What a user can cause is said with a stable code, where it is, and what to do about it. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning' | 'note';
  /** Stable and kebab-case: programs match on it. */
  readonly code: string;
  readonly message: string;
  /** The patch it is about: its number in the series. */
  readonly patch: number | null;
  /** A file of the tree, or the mail's source. */
  readonly file: string | null;
  readonly line: number | null;
  /** The mail it is about, without angle brackets. */
  readonly messageId?: string | null;
  /** What the user can do. */
  readonly hint?: string | null;
}

export type DiagnosticDetails = Partial<Omit<Diagnostic, 'severity' | 'code' | 'message'>>;

function diagnostic(severity: Diagnostic['severity']) {
  return (code: string, message: string, details: DiagnosticDetails = {}): Diagnostic => ({
    severity,
    code,
    message,
    patch: null,
    file: null,
    line: null,
    messageId: null,
    hint: null,
    ...details,
  });
}

export const errorDiagnostic = diagnostic('error');
export const warningDiagnostic = diagnostic('warning');
export const noteDiagnostic = diagnostic('note');

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export function success<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function failure(...diagnostics: readonly Diagnostic[]): Result<never> {
  return { ok: false, diagnostics };
}

/** What the operating system refuses (no such file, no permission, no git) is the user's to mend. */
export function systemFailure(error: unknown): Result<never> {
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (!(error instanceof Error) || code === undefined || syscall === undefined) throw error;
  if (syscall === 'spawnSync git' && code === 'ENOENT') {
    const hint = 'install git, and see that it is in PATH';
    return failure(errorDiagnostic('git-not-found', 'there is no git', { hint }));
  }
  return failure(errorDiagnostic('system-error', error.message, { file: path ?? null }));
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(each => each.severity === 'error');
}
