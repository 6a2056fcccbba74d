/**
 * A thread that owns some sides of a series. It asks the main thread for the text of files and waits for the answer:
 * a preprocessor cannot stop in the middle of a line.
 */
import {
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  workerData,
} from 'node:worker_threads';
import type { SourceReader } from '../semantics/c/source.ts';
import { type EqualRequest, type JobRequest, JobService, type TraceRequest } from './service.ts';

export type ToWorker =
  | { readonly kind: 'side'; readonly id: number; readonly side: number }
  | { readonly kind: 'equal'; readonly id: number; readonly request: EqualRequest }
  | { readonly kind: 'job'; readonly id: number; readonly request: JobRequest }
  | { readonly kind: 'trace'; readonly id: number; readonly request: TraceRequest };

export type FromWorker =
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
  | { readonly kind: 'progress'; readonly text: string };

/** On the port of its own that answers come through. */
export interface FileRequest {
  readonly side: number;
  readonly path: string;
  /** Only the hash is asked for. */
  readonly hash: boolean;
}
export interface FileAnswer {
  readonly text: string | null;
}

/** Handed to the worker when it starts. */
export interface WorkerInput {
  readonly files: MessagePort;
  /** Counts answers; the worker sleeps on it. */
  readonly answers: SharedArrayBuffer;
  readonly config: ReadonlyMap<string, string>;
}

const { files, answers, config } = workerData as WorkerInput;
const count = new Int32Array(answers);

/** The answer may come a moment after its count. */
const WAKE_MS = 5;

function ask(request: FileRequest): string | null {
  const seen = Atomics.load(count, 0);
  files.postMessage(request);
  for (;;) {
    Atomics.wait(count, 0, seen, WAKE_MS);
    const answer = receiveMessageOnPort(files)?.message as FileAnswer | undefined;
    if (answer !== undefined) return answer.text;
  }
}

const readers = new Map<number, SourceReader>();

function readerOf(side: number): SourceReader {
  let reader = readers.get(side);
  if (reader === undefined) {
    reader = {
      read: path => ask({ side, path, hash: false }),
      hash: path => ask({ side, path, hash: true }),
    };
    readers.set(side, reader);
  }
  return reader;
}

const service = new JobService(readerOf, config, () => performance.now());
const post = (message: FromWorker): void => parentPort?.postMessage(message);
service.onProgress = (scenario, states, transitions) =>
  post({
    kind: 'progress',
    text: `${scenario}: ${states} states, ${transitions} transitions`,
  });

function answer(message: ToWorker): unknown {
  switch (message.kind) {
    case 'side':
      return service.side(message.side);
    case 'equal':
      return service.equal(message.request);
    case 'job':
      return service.job(message.request);
    case 'trace':
      return service.trace(message.request);
  }
}

parentPort?.on('message', (message: ToWorker) => {
  try {
    post({ kind: 'done', id: message.id, value: answer(message) });
  } catch (error) {
    post({
      kind: 'failed',
      id: message.id,
      message: (error as Error).stack ?? String(error),
    });
  }
});
