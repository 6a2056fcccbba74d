/** `npm run bench [-- NAME...]`: all benchmarks, or those named; docs/bench.md says what the lines mean. */
import { wholeCheck } from './check.ts';
import { kernel } from './kernel/bench.ts';
import { rootLifetime } from './root-lifetime/bench.ts';
import { measureYardstick } from './yardstick.ts';

type Benchmark = (print: (text: string) => void, yardstickMs: number) => void | Promise<void>;

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const benchmarks: Readonly<Record<string, Benchmark>> = {
  kernel,
  check: wholeCheck,
  'root-lifetime': rootLifetime,
};

const wanted = process.argv.slice(2);
const unknown = wanted.find(name => !Object.hasOwn(benchmarks, name));
if (unknown !== undefined)
  throw new Error(`no benchmark ${unknown}; there are ${Object.keys(benchmarks).join(', ')}`);
const yardstickMs = measureYardstick();
print(`yardstick: ${yardstickMs.toFixed(0)} ms of processor time`);
for (const [name, run] of Object.entries(benchmarks)) {
  if (wanted.length === 0 || wanted.includes(name)) await run(print, yardstickMs);
}
