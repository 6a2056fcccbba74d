/** What a user asks of a check, made into what a check takes, or refused. */

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { CheckOptions } from '../check.ts';
import { DEFAULT_MAX_STATES } from '../check.ts';
import { type Diagnostic, errorDiagnostic, failure, type Result, success } from '../diagnostic.ts';
import { findScenario, scenarios } from '../harness/scenarios/all.ts';
import type { MemoryModel } from '../result.ts';
import { configFrom, kvmConfig } from '../semantics/c/config.ts';
import type { CheckerOptions } from './checker.ts';
import { nearest } from './explain/nearest.ts';
import { toolVersion } from './package.ts';
import { openCache } from './result-cache.ts';

export interface RunCheckOptions extends CheckerOptions {
  readonly scenario?: readonly string[];
  readonly exclude?: readonly string[];
  readonly memory?: MemoryModel;
  readonly levels?: number;
  readonly yields?: number;
  readonly states?: number;
  readonly jobs?: number;
  /** File with a kernel configuration. */
  readonly config?: string;
  readonly thorough?: boolean;
  readonly verbose?: boolean;
}

/** Both sides of a patch run at once; there is nothing for a third thread to do. */
const MOST_JOBS = 2;

type Made = Omit<CheckOptions, 'treePath' | 'embeddedTree' | 'toolArguments' | 'progress'>;

export function checkOptions(o: RunCheckOptions): Result<Made> {
  const config = readConfig(o.config);
  const wrong = [...(o.scenario ?? []), ...(o.exclude ?? [])].flatMap(unknownScenario);
  if (!config.ok) return failure(...config.diagnostics, ...wrong);
  if (wrong.length > 0) return failure(...wrong);
  return success({
    scenarios: o.scenario ?? [],
    exclude: o.exclude ?? [],
    levels: o.levels ?? null,
    timeoutSeconds: o.timeout ?? null,
    machine: { memory: o.memory ?? 'sc', yields: o.yields ?? null },
    config: config.value,
    jobs: Math.min(o.jobs ?? availableParallelism(), MOST_JOBS),
    maxStates: o.states ?? DEFAULT_MAX_STATES,
    thorough: o.thorough ?? false,
    verbose: o.verbose ?? false,
    toolVersion: toolVersion(),
    cache: openCache(),
    now: () => performance.now(),
  });
}

function unknownScenario(id: string): Diagnostic[] {
  if (findScenario(id) !== null) return [];
  const near = nearest(
    id,
    scenarios.map(s => s.id),
  );
  const hint = `the nearest are ${near.join(', ')}; mmudelta scenarios lists all`;
  return [errorDiagnostic('no-such-scenario', `no scenario is called ${id}`, { hint })];
}

/** The built-in configuration when no file is named. */
function readConfig(file: string | undefined): Result<ReadonlyMap<string, string>> {
  if (file === undefined) return success(kvmConfig);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { message } = error as Error;
    return failure(
      errorDiagnostic('bad-config', `the configuration cannot be read: ${message}`, { file }),
    );
  }
  const config = configFrom(text);
  if (typeof config !== 'string') return success(config);
  const hint = 'give the .config of an x86-64 kernel with KVM';
  return failure(
    errorDiagnostic('bad-config', `not usable as a configuration: ${config}`, { file, hint }),
  );
}
