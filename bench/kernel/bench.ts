/** Real kernel code: reading, lifting, searching; see docs/bench.md. */
import { benchFront } from './front.ts';
import { benchSearch, type SearchSpec } from './search.ts';
import { findTree, folderReader } from './trees.ts';

/** Two vCPUs, the fast zap and a notifier; smaller ones for comparison. */
const searches: readonly SearchSpec[] = [
  { scenario: 'zap-all-fast', levels: 2, memory: 'sc' },
  { scenario: 'zap-all-fast', levels: 2, memory: 'tso' },
  { scenario: 'zap-all-fast-2', levels: 2, memory: 'sc' },
  { scenario: 'zap-all-fast-unmap', levels: 2, memory: 'sc' },
  { scenario: 'zap-all-fast-unmap-2', levels: 2, memory: 'sc' },
  { scenario: 'zap-all-fast-unmap-2', levels: 4, memory: 'sc' },
];

export async function kernel(print: (text: string) => void, yardstickMs: number): Promise<void> {
  const tree = findTree('6.12.117', '6.12.94');
  if (tree === null) {
    print('kernel: skipped, no 6.12 tree (scripts/fetch-kernels.sh fetches one)');
    return;
  }
  print(`kernel: Linux ${tree.version}`);
  const reader = folderReader(tree.path);
  benchFront(reader, yardstickMs, print);
  for (const spec of searches) benchSearch(reader, spec, yardstickMs, print);
}
