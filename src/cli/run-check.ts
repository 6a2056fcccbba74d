/** Reads, checks, and disposes of what was made on the way: what `check`, `review` and the hook share. */
import { check } from '../check.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { geometryOf } from '../harness/geometry.ts';
import { type CheckResult, RESULT_SCHEMA } from '../result.ts';
import { checkOptions, type RunCheckOptions } from './check-options.ts';
import type { Checked, Checker } from './checker.ts';
import { type IntakeOptions, takeIn } from './intake.ts';
import { toolVersion } from './package.ts';
import { terminalProgress } from './progress.ts';

/** Arguments that give this result again. */
function argumentsOf(mbox: string | undefined, o: RunCheckOptions): string[] {
  const out = ['check'];
  if (mbox !== undefined) out.push(mbox);
  const add = (flag: string, value: unknown): void => {
    if (value !== undefined) out.push(flag, String(value));
  };
  add('--tree', o.tree);
  add('--base', o.base);
  add('--range', o.range);
  if (o.series !== undefined && o.series !== 'latest') add('--series', o.series);
  for (const id of o.scenario ?? []) add('--scenario', id);
  for (const id of o.exclude ?? []) add('--exclude', id);
  add('--memory', o.memory === 'sc' ? undefined : o.memory);
  add('--levels', o.levels);
  add('--yields', o.yields);
  add('--states', o.states);
  add('--timeout', o.timeout);
  add('--config', o.config);
  if (o.thorough === true) out.push('--thorough');
  return out;
}

export async function runCheck(
  mbox: string | undefined,
  options: RunCheckOptions,
): Promise<Checked> {
  const made = checkOptions(options);
  if (!made.ok) return { result: unreadable(mbox, options, made.diagnostics), mails: [] };
  const intake = takeIn(mbox, intakeOptions(options));
  if (!intake.ok) return { result: unreadable(mbox, options, intake.diagnostics), mails: [] };
  const progress = terminalProgress();
  try {
    const { series, trees, diagnostics, treePath, embeddedTree } = intake.value;
    const result = await check(series, trees, diagnostics, {
      ...made.value,
      treePath,
      embeddedTree,
      toolArguments: argumentsOf(mbox, options),
      progress: progress.say,
    });
    return { result, mails: series.patches.map(p => ({ index: p.index, raw: p.rawMail })) };
  } finally {
    progress.end();
    intake.value.trees?.dispose();
  }
}

function intakeOptions(o: RunCheckOptions): IntakeOptions {
  return {
    ...(o.tree === undefined ? {} : { tree: o.tree }),
    ...(o.base === undefined ? {} : { base: o.base }),
    ...(o.range === undefined ? {} : { range: o.range }),
    ...(o.series === undefined ? {} : { series: o.series }),
  };
}

/** A result that says only why there is none. */
function unreadable(
  mbox: string | undefined,
  o: RunCheckOptions,
  diagnostics: readonly Diagnostic[],
): CheckResult {
  return {
    schema: RESULT_SCHEMA,
    tool: { version: toolVersion(), arguments: argumentsOf(mbox, o) },
    tree: {
      path: o.tree ?? '',
      embedded: o.tree === undefined,
      kernelVersion: null,
      base: null,
      baseRule: 'none',
    },
    memory: o.memory ?? 'sc',
    geometry: geometryOf(o.levels ?? null),
    seed: 0,
    series: {
      subject: '',
      version: null,
      total: 0,
      coverLetter: null,
      missing: [],
      reconstructed: false,
    },
    verdict: 'inconclusive',
    patches: [],
    diagnostics,
  };
}

export const checker: Checker = async (mbox, options) => runCheck(mbox, options);
