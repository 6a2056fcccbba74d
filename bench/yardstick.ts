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

/** Milliseconds; the best of three, the compiler being warm by then. */
export function measureYardstick(): number {
  let best = Number.POSITIVE_INFINITY;
  let probes = 0;
  for (let i = 0; i < 3; i++) {
    const started = performance.now();
    probes += work();
    best = Math.min(best, performance.now() - started);
  }
  if (probes === 0) throw new Error('the yardstick did not work');
  return best;
}

/** `1.23 s (4.5 yardsticks)` */
export function measured(ms: number, yardstickMs: number): string {
  return `${(ms / 1000).toFixed(2)} s (${(ms / yardstickMs).toFixed(2)} yardsticks)`;
}
