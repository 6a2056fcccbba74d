/** A thread that runs jobs of one side after another; see runner.ts for the other end. */
import { parentPort } from 'node:worker_threads';
import { type JobResult, runJob } from './job.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { loadWorld } from './world.ts';

export type ToWorker =
  | {
      readonly kind: 'side';
      readonly side: number;
      readonly files: ReadonlyMap<string, string | null>;
    }
  | {
      readonly kind: 'job';
      readonly id: number;
      readonly side: number;
      readonly scenario: Scenario;
      readonly full: boolean;
      readonly racing: readonly string[];
      readonly maxStates: number;
      readonly remainingMs: number | null;
    };
export type FromWorker =
  | { readonly kind: 'done'; readonly id: number; readonly result: JobResult; readonly ms: number }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };

const sides = new Map<number, ReadonlyMap<string, string | null>>();

function reader(side: number): { read(path: string): string | null } {
  const files = sides.get(side);
  return { read: path => files?.get(path) ?? null };
}

parentPort?.on('message', (message: ToWorker) => {
  if (message.kind === 'side') {
    sides.set(message.side, message.files);
    return;
  }
  const from = performance.now();
  try {
    const result = runJob(loadWorld(reader(message.side), message.scenario), message.scenario, {
      full: message.full,
      racing: message.racing,
      maxStates: message.maxStates,
      now: () => performance.now(),
      onProgress: null,
      deadlineMs: message.remainingMs === null ? null : from + message.remainingMs,
    });
    parentPort?.postMessage({
      kind: 'done',
      id: message.id,
      result,
      ms: Math.round(performance.now() - from),
    } satisfies FromWorker);
  } catch (error) {
    parentPort?.postMessage({
      kind: 'failed',
      id: message.id,
      message: (error as Error).stack ?? String(error),
    } satisfies FromWorker);
  }
});
