/** `npm run bench [NAME...]`: all benchmarks, or those named. */
import { rootLifetime } from './root-lifetime/bench.ts';

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const benchmarks: Readonly<Record<string, (print: (text: string) => void) => void>> = {
  'root-lifetime': rootLifetime,
};

const wanted = process.argv.slice(2);
for (const [name, run] of Object.entries(benchmarks)) {
  if (wanted.length === 0 || wanted.includes(name)) run(print);
}
