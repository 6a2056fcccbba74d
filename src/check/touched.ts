/** What a patch touches, in the result's words. */
import type { Touched } from '../diff/touched.ts';
import type { Patch } from '../diff/types.ts';
import type { TouchedHelper } from '../result.ts';
import type { PatchComparison } from './patch.ts';

export interface ChangedLines {
  /** Lines the patch adds, by file of the after side. */
  readonly added: ReadonlyMap<string, ReadonlySet<number>>;
  /** Lines it removes, by file of the before side. */
  readonly removed: ReadonlyMap<string, ReadonlySet<number>>;
}

export function changedRanges(patch: Patch): ChangedLines {
  const added = new Map<string, Set<number>>();
  const removed = new Map<string, Set<number>>();
  const note = (map: Map<string, Set<number>>, file: string | null, line: number): void => {
    if (file === null) return;
    const lines = map.get(file) ?? new Set<number>();
    lines.add(line);
    map.set(file, lines);
  };
  for (const file of patch.files) {
    for (const hunk of file.hunks) {
      let oldLine = hunk.oldStart;
      let newLine = hunk.newStart;
      for (const line of hunk.lines) {
        if (line.kind === 'add') note(added, file.newPath, newLine);
        if (line.kind === 'delete') note(removed, file.oldPath, oldLine);
        if (line.kind !== 'delete') newLine++;
        if (line.kind !== 'add') oldLine++;
      }
    }
  }
  return { added, removed };
}

const MOST_INDIRECT = 40;

export function touchedHelpers(touched: Touched, compared: PatchComparison): TouchedHelper[] {
  const direct: TouchedHelper[] = touched.entities
    .filter(e => e.kind === 'function' || e.kind === 'macro')
    .map(e => ({
      name: e.name,
      file: e.file,
      change: e.change,
      reach: e.kind === 'macro' ? 'macro' : 'direct',
    }));
  const known = new Set(direct.map(h => h.name));
  const viaMacro = touched.entities.some(e => e.kind === 'macro');
  const indirect: TouchedHelper[] = [...compared.changed]
    .filter(([name]) => !known.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, MOST_INDIRECT)
    .map(([name, file]) => ({
      name,
      file,
      change: 'modified',
      reach: viaMacro ? 'macro' : 'type',
    }));
  return [...direct, ...indirect];
}
