/** Worker threads: one for both sides of a patch, and a second one when the work is worth reading everything twice. */
import { setFlagsFromString } from 'node:v8';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { Trace } from '../result.ts';
import type { SourceReader } from '../semantics/c/source.ts';
import type { FileAnswer, FileRequest, FromWorker, ToWorker, WorkerInput } from './job-worker.ts';
import {
  type EqualRequest,
  type JobRequest,
  JobService,
  type TimedJob,
  type TraceRequest,
} from './service.ts';
import type { SideModels } from './side.ts';

/** Whoever runs jobs: workers, or this thread. */
export interface Jobs {
  side(side: number): Promise<SideModels>;
  equal(request: EqualRequest): Promise<readonly string[]>;
  job(request: JobRequest): Promise<TimedJob>;
  trace(request: TraceRequest): Promise<Trace>;
  /** Jobs that are worth starting before the results of earlier ones are known. */
  ahead(): number;
  close(): Promise<void>;
}

export interface JobsOptions {
  readonly readerOf: (side: number) => SourceReader;
  readonly config: ReadonlyMap<string, string>;
  readonly now: () => number;
  readonly progress: (text: string) => void;
  /** Worker threads at most. */
  readonly threads: number;
}

/**
 * A check runs much generated code for a short time. Compiling it all well costs more than it saves: V8 compiles it
 * quickly at once, and well only what runs for long. Measured in docs/bench.md.
 */
function tuneEngine(): void {
  setFlagsFromString('--always-sparkplug');
  setFlagsFromString('--interrupt-budget=1000000');
}

/** Compiled code only has workers: under a TypeScript loader everything runs in this thread. */
export function startJobs(options: JobsOptions): Jobs {
  tuneEngine();
  const available = import.meta.url.endsWith('.js');
  return available ? new JobPool(options) : inThisThread(options);
}

function inThisThread(options: JobsOptions): Jobs {
  const service = new JobService(options.readerOf, options.config, options.now);
  return {
    side: async side => service.side(side),
    equal: async request => service.equal(request),
    job: async request => service.job(request),
    trace: async request => service.trace(request),
    ahead: () => 0,
    close: async () => {},
  };
}

interface Waiting {
  /** Which worker. */
  readonly at: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

const HEAP_MB = 4096;
const WORKERS = 2;
/**
 * Jobs of this many milliseconds later a second worker joins. It has to read, lift and compile both sides again, which
 * takes seconds; what ends earlier ends sooner without it. See docs/bench.md.
 */
const ALONE_MS = 6_000;
/** So that neither worker waits for the other's result. */
const AHEAD_OF_TWO = 2;

class JobPool implements Jobs {
  private readonly options: JobsOptions;
  private readonly workers: (Worker | undefined)[] = [];
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 0;
  private closing = false;
  private busyMs = 0;
  /** Per worker: requests it has not answered, and sides it was given. */
  private readonly queued: number[] = Array.from({ length: WORKERS }, () => 0);
  private readonly loaded = Array.from({ length: WORKERS }, () => new Set<number>());

  constructor(options: JobsOptions) {
    this.options = options;
  }

  private get isLong(): boolean {
    return this.options.threads > 1 && this.busyMs > ALONE_MS;
  }

  ahead(): number {
    return this.isLong ? AHEAD_OF_TWO : 0;
  }

  /** The worker with the shortest queue; of two, one that has read the side. */
  private place(side: number): number {
    if (!this.isLong) return 0;
    const [first, second] = this.queued as [number, number];
    if (first !== second) return first < second ? 0 : 1;
    return (this.loaded[0]?.has(side) ?? false) ? 0 : 1;
  }

  private start(): Worker {
    const { port1, port2 } = new MessageChannel();
    const answers = new SharedArrayBuffer(4);
    const worker = new Worker(new URL('./job-worker.js', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: 128 },
      workerData: { files: port2, answers, config: this.options.config } satisfies WorkerInput,
      transferList: [port2],
    });
    const count = new Int32Array(answers);
    port1.on('message', (request: FileRequest) => {
      port1.postMessage({ text: this.answer(request) } satisfies FileAnswer);
      Atomics.add(count, 0, 1);
      Atomics.notify(count, 0);
    });
    port1.unref();
    worker.on('message', (message: FromWorker) => this.settle(message));
    worker.on('error', error => this.failAll(error));
    worker.on('exit', code => this.failAll(new Error(`a worker thread ended with status ${code}`)));
    worker.unref();
    return worker;
  }

  private answer({ side, path, hash }: FileRequest): string | null {
    const reader = this.options.readerOf(side);
    return hash ? (reader.hash?.(path) ?? null) : reader.read(path);
  }

  private settle(message: FromWorker): void {
    if (message.kind === 'progress') return this.options.progress(message.text);
    const entry = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (entry !== undefined) this.queued[entry.at] = (this.queued[entry.at] as number) - 1;
    // While they are being ended, only they keep the process alive until they are.
    if (this.waiting.size === 0 && !this.closing)
      for (const worker of this.workers) worker?.unref();
    if (message.kind === 'done') entry?.resolve(message.value);
    else entry?.reject(new Error(message.message));
  }

  private failAll(error: Error): void {
    // Nobody waits any more for what was started ahead.
    if (this.closing) return;
    for (const entry of this.waiting.values()) entry.reject(error);
    this.waiting.clear();
  }

  private send<T>(side: number, make: (id: number) => ToWorker): Promise<T> {
    const at = this.place(side);
    this.workers[at] ??= this.start();
    const worker = this.workers[at];
    worker.ref();
    this.queued[at] = (this.queued[at] as number) + 1;
    this.loaded[at]?.add(side);
    const id = this.nextId++;
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(id, { at, resolve: value => resolve(value as T), reject });
      worker.postMessage(make(id));
    });
  }

  side(side: number): Promise<SideModels> {
    return this.send(side, id => ({ kind: 'side', id, side }));
  }

  equal(request: EqualRequest): Promise<readonly string[]> {
    return this.send(request.before, id => ({ kind: 'equal', id, request }));
  }

  async job(request: JobRequest): Promise<TimedJob> {
    const done = await this.send<TimedJob>(request.side, id => ({ kind: 'job', id, request }));
    this.busyMs += done.ms;
    return done;
  }

  trace(request: TraceRequest): Promise<Trace> {
    return this.send(request.side, id => ({ kind: 'trace', id, request }));
  }

  async close(): Promise<void> {
    this.closing = true;
    await Promise.all(this.workers.map(w => w?.terminate()));
  }
}
