// Run by the tests as a process of its own: builds trees, says so, and waits to be killed.
import { buildTrees } from '../../src/diff/build-trees.ts';
import { readSeries } from '../../src/diff/read-series.ts';

const [mbox = '', tree = ''] = process.argv.slice(2);
const series = readSeries(mbox);
if (!series.ok) throw new Error('no series');
const trees = buildTrees(series.value, tree);
if (!trees.ok) throw new Error('no trees');
console.log(`pid ${process.pid}`);
setTimeout(() => trees.value.dispose(), 60_000);
