/** Worker threads for jobs, one for even sides and one for odd ones, so that both sides of a patch run at once. */
import { Worker } from 'node:worker_threads';
import type { JobResult } from './job.ts';
import type { FromWorker, ToWorker } from './job-worker.ts';

export interface PoolJob {
  readonly result: JobResult;
  readonly ms: number;
}

type Request = Omit<ToWorker & { kind: 'job' }, 'kind' | 'id'>;

interface Waiting {
  readonly resolve: (job: PoolJob) => void;
  readonly reject: (error: Error) => void;
}

const HEAP_MB = 4096;

export class JobPool {
  private readonly workers: (Worker | undefined)[] = [];
  private readonly waiting = new Map<number, Waiting>();
  private readonly known = new Set<number>();
  private nextId = 0;

  /** Compiled code only: under a TypeScript loader everything runs in this thread. */
  static available(): boolean {
    return import.meta.url.endsWith('.js');
  }

  private worker(side: number): Worker {
    const at = side % 2;
    let worker = this.workers[at];
    if (worker === undefined) {
      worker = new Worker(new URL('./job-worker.js', import.meta.url), {
        resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: 128 },
      });
      worker.on('message', (message: FromWorker) => this.settle(message));
      worker.on('error', error => this.failAll(error));
      worker.unref();
      this.workers[at] = worker;
    }
    return worker;
  }

  private settle(message: FromWorker): void {
    const entry = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.kind === 'done') entry?.resolve({ result: message.result, ms: message.ms });
    else entry?.reject(new Error(message.message));
  }

  private failAll(error: Error): void {
    for (const entry of this.waiting.values()) entry.reject(error);
    this.waiting.clear();
  }

  run(request: Request, files: () => ReadonlyMap<string, string | null>): Promise<PoolJob> {
    const worker = this.worker(request.side);
    worker.ref();
    if (!this.known.has(request.side)) {
      this.known.add(request.side);
      worker.postMessage({ kind: 'side', side: request.side, files: files() } satisfies ToWorker);
    }
    const id = this.nextId++;
    return new Promise<PoolJob>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      worker.postMessage({ kind: 'job', id, ...request } satisfies ToWorker);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map(w => w?.terminate()));
  }
}
