import type { Diagnostic } from '../diagnostic.ts';
import { type Touched, touchedBy } from '../diff/touched.ts';
import type { Patch, PatchApplication, SeriesSummary } from '../diff/types.ts';
import type { Intake } from './intake.ts';

export const SERIES_SCHEMA = 'mmudelta-series/1';

/** What `mmudelta series` says, as data; docs/schema/series.json describes it. */
export interface SeriesData {
  readonly schema: typeof SERIES_SCHEMA;
  readonly tool: { readonly version: string };
  readonly tree: {
    readonly path: string;
    readonly embedded: boolean;
    readonly kernelVersion: string | null;
    readonly base: string | null;
    readonly baseRule: string | null;
  } | null;
  readonly series: {
    readonly subject: string;
    readonly version: string | null;
    readonly total: number;
    readonly coverLetter: string | null;
    readonly missing: readonly number[];
    readonly reconstructed: boolean;
  } | null;
  readonly candidates: readonly SeriesSummary[];
  readonly patches: readonly PatchData[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface PatchData {
  readonly index: number;
  readonly total: number;
  readonly subject: string;
  readonly messageId: string | null;
  readonly author: string;
  readonly source: string;
  readonly status: PatchApplication['status'];
  readonly reconstructed: boolean;
  readonly nfc: { readonly claimed: boolean };
  /** Lines by which hunks were moved to apply, the largest; 0 when all stood where they say. */
  readonly offset: number;
  readonly files: readonly FileData[];
  readonly helpers: readonly HelperData[];
}

export interface FileData {
  readonly path: string;
  readonly oldPath: string | null;
  readonly change: string;
  readonly added: number;
  readonly deleted: number;
  /** Only comments and blanks differ; null when the patch was not applied. */
  readonly tokensEqual: boolean | null;
}

export type HelperData = Touched['entities'][number];

export function seriesData(intake: Intake, version: string): SeriesData {
  const { series, trees } = intake;
  const patches = trees?.patches ?? series.patches;
  return {
    schema: SERIES_SCHEMA,
    tool: { version },
    tree: {
      path: intake.treePath,
      embedded: intake.embeddedTree,
      kernelVersion: trees?.kernelVersion ?? null,
      base: trees?.base ?? null,
      baseRule: trees?.baseRule ?? null,
    },
    series: {
      subject: series.subject,
      version: series.version,
      total: series.total,
      coverLetter: series.coverLetter?.subject ?? null,
      missing: series.missing,
      reconstructed: trees?.reconstructed ?? false,
    },
    candidates: series.candidates,
    patches: patches.map((patch, at) => patchData(patch, at, intake)),
    diagnostics: intake.diagnostics,
  };
}

/** When nothing could be read at all. */
export function failedSeriesData(diagnostics: readonly Diagnostic[], version: string): SeriesData {
  return {
    schema: SERIES_SCHEMA,
    tool: { version },
    tree: null,
    series: null,
    candidates: [],
    patches: [],
    diagnostics,
  };
}

function patchData(patch: Patch, at: number, { trees }: Intake): PatchData {
  const application = trees?.applications[at];
  const [before, after] = [trees?.sides[at], trees?.sides[at + 1]];
  const touched =
    before === undefined || after === undefined ? null : touchedBy(patch, before, after);
  const offsets = application?.offsets.map(({ lines }) => Math.abs(lines)) ?? [];
  return {
    index: patch.index,
    total: patch.total,
    subject: patch.subject,
    messageId: patch.messageId,
    author:
      patch.author.email === ''
        ? patch.author.name
        : `${patch.author.name} <${patch.author.email}>`,
    source: patch.source,
    status: application?.status ?? 'not-tried',
    reconstructed: patch.reconstructed,
    nfc: { claimed: patch.nfcClaimed },
    offset: Math.max(0, ...offsets),
    files: patch.broken
      ? []
      : patch.files.map((file, number) => fileData(file, touched?.files[number])),
    helpers: touched?.entities ?? [],
  };
}

function fileData(
  file: Patch['files'][number],
  touched: Touched['files'][number] | undefined,
): FileData {
  const lines = file.hunks.flatMap(hunk => hunk.lines);
  return {
    path: file.newPath ?? file.oldPath ?? '',
    oldPath: file.oldPath,
    change: file.change,
    added: lines.filter(line => line.kind === 'add').length,
    deleted: lines.filter(line => line.kind === 'delete').length,
    tokensEqual: touched?.tokensEqual ?? null,
  };
}
