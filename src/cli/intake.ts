import { type Diagnostic, errorDiagnostic, failure, type Result, success } from '../diagnostic.ts';
import { buildTrees } from '../diff/build-trees.ts';
import { readSeries } from '../diff/read-series.ts';
import type { Series, Trees } from '../diff/types.ts';
import { embeddedSeries, embeddedTree } from './package.ts';

/** The options of every command that reads a series. */
export interface IntakeOptions {
  readonly tree?: string;
  readonly base?: string;
  readonly range?: string;
  readonly series?: number | 'latest';
}

export interface Intake {
  /** What was read: a path, `-`, or a range. */
  readonly input: string;
  /** True when the example series of the package is read. */
  readonly embeddedInput: boolean;
  readonly series: Series;
  readonly treePath: string;
  readonly embeddedTree: boolean;
  /** Null when no tree could be built; why is among the diagnostics. */
  readonly trees: Trees | null;
  /** Of the mails and of the trees. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the series and builds its trees, with the embedded defaults. Dispose the trees when done. */
export function takeIn(mbox: string | undefined, options: IntakeOptions): Result<Intake> {
  const input = chooseInput(mbox, options);
  if (!input.ok) return input;
  const treePath = options.tree ?? embeddedTree();
  const { range } = options;
  const read = readSeries(input.value, {
    series: options.series ?? 'latest',
    ...(range === undefined ? {} : { range: { tree: treePath, commits: range } }),
  });
  if (!read.ok) return read;
  const built = buildTrees(read.value, treePath, { base: options.base ?? null });
  const found = built.ok ? built.value.diagnostics : built.diagnostics;
  return success({
    input: input.value,
    embeddedInput: mbox === undefined && range === undefined,
    series: read.value,
    treePath,
    embeddedTree: options.tree === undefined,
    trees: built.ok ? built.value : null,
    diagnostics: [...read.value.diagnostics, ...found],
  });
}

function chooseInput(mbox: string | undefined, options: IntakeOptions): Result<string> {
  if (options.range !== undefined) {
    if (mbox === undefined) return success(options.range);
    return failure(errorDiagnostic('usage', 'give a mailbox or --range, not both'));
  }
  if (mbox !== undefined) return success(mbox);
  const hint = 'give a mailbox, a mail, a folder, - for standard input, or --range A..B';
  if (options.tree !== undefined) {
    return failure(errorDiagnostic('usage', 'a tree is given, but nothing to read', { hint }));
  }
  const example = embeddedSeries();
  if (example !== null) return success(example);
  return failure(errorDiagnostic('usage', 'nothing to read', { hint }));
}
