/**
 * A fixed piece of work that nothing in the project can make faster: what a machine is worth. Times of one run are
 * given as multiples of it, so that runs on different or busy machines can be compared.
 */
const KEYS = 2_000_000;
const SLOTS = 1 << 22;

function work(): number {
  const table = new Int32Array(SLOTS);
  let x = 0x2545f491;
  let probes = 0;
  for (let n = 0; n < KEYS; n++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    let i = Math.imul(x, 0x9e3779b1) >>> 10;
    while (table[i] !== 0 && table[i] !== x) {
      i = (i + 1) & (SLOTS - 1);
      probes++;
    }
    table[i] = x;
  }
  return probes;
}

/** Time on the clock, and time of all threads of this process on a processor. */
export interface Spent {
  readonly ms: number;
  readonly cpuMs: number;
}

export function stopwatch(): () => Spent {
  const started = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { ms: performance.now() - started, cpuMs: (user + system) / 1000 };
  };
}

/** Milliseconds of processor time; the best of three, the compiler being warm by then. */
export function measureYardstick(): number {
  let best = Number.POSITIVE_INFINITY;
  let probes = 0;
  for (let i = 0; i < 3; i++) {
    const stop = stopwatch();
    probes += work();
    best = Math.min(best, stop().cpuMs);
  }
  if (probes === 0) throw new Error('the yardstick did not work');
  return best;
}

/** `1.23 s, processor 1.10 s (4.5 yardsticks)`: the ratio holds on a busy machine, too. */
export function measured({ ms, cpuMs }: Spent, yardstickMs: number): string {
  const seconds = (n: number): string => `${(n / 1000).toFixed(2)} s`;
  return `${seconds(ms)}, processor ${seconds(cpuMs)} (${(cpuMs / yardstickMs).toFixed(2)} yardsticks)`;
}
