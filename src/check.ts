/**
 * The whole check on one screen: trees -> models -> what differs -> scenarios on both sides -> comparison -> verdict.
 * Pure apart from the progress callback: the same trees and options give the same result.
 */

import { comparePatch, type PatchComparison } from './check/patch.ts';
import { changedRanges, touchedHelpers } from './check/touched.ts';
import { settleTransients } from './check/transient.ts';
import { patchVerdict, seriesVerdict } from './check/verdict.ts';
import type { Diagnostic } from './diagnostic.ts';
import { noteDiagnostic } from './diagnostic.ts';
import { touchedBy } from './diff/touched.ts';
import type { Patch, Series, Trees } from './diff/types.ts';
import { followedBodies } from './harness/bodies.ts';
import { geometryOf } from './harness/geometry.ts';
import type { ResultCache } from './harness/result-cache.ts';
import { JobRunner } from './harness/runner.ts';
import type { MachineOptions } from './harness/world.ts';
import { type CheckResult, type PatchResult, RESULT_SCHEMA } from './result.ts';

export interface CheckOptions {
  /** Scenario ids to run; empty for all that can matter. */
  readonly scenarios: readonly string[];
  readonly exclude: readonly string[];
  readonly levels: number | null;
  readonly timeoutSeconds: number | null;
  readonly machine: MachineOptions;
  /** Kernel configuration: `CONFIG_...` to its value. */
  readonly config: ReadonlyMap<string, string>;
  /** Threads that run jobs. */
  readonly jobs: number;
  readonly maxStates: number;
  /** Large scenarios too. */
  readonly thorough: boolean;
  /** Times in the result; without them equal inputs give equal bytes. */
  readonly verbose: boolean;
  readonly toolVersion: string;
  readonly toolArguments: readonly string[];
  readonly treePath: string;
  readonly embeddedTree: boolean;
  /** Results of earlier runs. */
  readonly cache: ResultCache;
  readonly progress: (text: string) => void;
  readonly now: () => number;
}

export const DEFAULT_MAX_STATES = 250_000;

export async function check(
  series: Series,
  trees: Trees | null,
  diagnostics: readonly Diagnostic[],
  options: CheckOptions,
): Promise<CheckResult> {
  const started = options.now();
  const runner = new JobRunner(options, started);
  const patches: PatchResult[] = [];
  const proved: Diagnostic[] = [];
  const all = trees?.patches ?? series.patches;
  try {
    for (const [k, patch] of all.entries()) {
      const before = trees?.sides[k];
      const after = trees?.sides[k + 1];
      if (before === undefined || after === undefined) {
        patches.push(notChecked(patch));
        continue;
      }
      options.progress(`patch ${patch.index}/${patch.total}: ${patch.subject}`);
      const touched = touchedBy(patch, before, after);
      const compared = await comparePatch(runner, {
        patch,
        k,
        before,
        after,
        touched,
        ranges: changedRanges(patch),
      });
      patches.push(asResult(patch, compared, touchedHelpers(touched, compared)));
      proved.push(...provedNote(patch, compared));
    }
  } finally {
    await runner.close();
  }
  const settled = settleTransients(patches);
  const extra =
    trees === null
      ? []
      : [
          ...proved,
          ...(settled.some(p => p.scenarios.some(s => s.ran))
            ? [noteDiagnostic('bounds', runner.boundsNote())]
            : []),
          ...unknownBodies(trees, settled),
        ];
  return {
    schema: RESULT_SCHEMA,
    tool: { version: options.toolVersion, arguments: options.toolArguments },
    tree: {
      path: options.treePath,
      embedded: options.embeddedTree,
      kernelVersion: trees?.kernelVersion ?? null,
      base: trees?.base ?? null,
      baseRule: trees?.baseRule ?? 'none',
    },
    memory: options.machine.memory,
    geometry: geometryOf(options.levels),
    seed: 0,
    series: {
      subject: series.subject,
      version: series.version,
      total: series.total,
      coverLetter: series.coverLetter?.subject ?? null,
      missing: series.missing,
      reconstructed: trees?.reconstructed ?? series.reconstructed,
    },
    verdict: seriesVerdict(settled, diagnostics),
    patches: settled,
    diagnostics: [...diagnostics, ...extra],
  };
}

const MOST_NAMED = 6;

/** `a(), b() and 3 more` */
function named(names: readonly string[]): string {
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return `${names
    .slice(0, MOST_NAMED)
    .map(n => `${n}()`)
    .join(', ')}${more}`;
}

/** What was decided without running anything. */
function provedNote(patch: Patch, { proved }: PatchComparison): Diagnostic[] {
  if (proved.length === 0) return [];
  const text = `patch ${patch.index}/${patch.total} writes ${named(proved)} anew with the same accesses, calls and values on each path`;
  return [noteDiagnostic('equal-code', text)];
}

/** A kernel newer than the drivers may do what they follow in another way: said, but no reason to stop. */
function unknownBodies(trees: Trees, patches: readonly PatchResult[]): Diagnostic[] {
  const [base] = trees.sides;
  if (base === undefined || patches.every(p => p.verdict === 'untouched')) return [];
  const names = followedBodies(base).flatMap(b => (b.known ? [] : [b.name]));
  if (names.length === 0) return [];
  const text = `stand-ins were not written after this kernel's ${named(names)}`;
  return [noteDiagnostic('unknown-body', `${text}: mmudelta doctor lists them`)];
}

const authorOf = (patch: Patch): string =>
  patch.author.email === '' ? patch.author.name : `${patch.author.name} <${patch.author.email}>`;

function asResult(
  patch: Patch,
  compared: PatchComparison,
  helpers: PatchResult['helpers'],
): PatchResult {
  const { verdict, nfc } = patchVerdict(patch.nfcClaimed, compared);
  return {
    index: patch.index,
    total: patch.total,
    subject: patch.subject,
    messageId: patch.messageId,
    author: authorOf(patch),
    helpers,
    verdict,
    nfc,
    violations: compared.violations,
    deltas: compared.deltas,
    scenarios: compared.scenarios,
    inconclusive: compared.inconclusive,
  };
}

function notChecked(patch: Patch): PatchResult {
  return {
    index: patch.index,
    total: patch.total,
    subject: patch.subject,
    messageId: patch.messageId,
    author: authorOf(patch),
    helpers: [],
    verdict: 'inconclusive',
    nfc: { claimed: patch.nfcClaimed, holds: null, why: 'the patch was not applied' },
    violations: [],
    deltas: [],
    scenarios: [],
    inconclusive: [
      {
        code: 'not-applied',
        message: 'the patch was not applied, so there is nothing to run',
        file: null,
        line: null,
      },
    ],
  };
}
