import { type Entity, type EntityKind, type Scan, scanC } from './scan-c.ts';
import type { Patch, TreeSide } from './types.ts';

export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/** A function, macro, type or global whose tokens differ between the sides of a patch. */
export interface TouchedEntity {
  readonly kind: EntityKind;
  /** On the after side; on the before side for a removed one. */
  readonly name: string;
  readonly file: string;
  readonly change: 'modified' | 'added' | 'removed' | 'renamed';
  /** What it was called before, and in which file, where either differs. */
  readonly from: { readonly name: string; readonly file: string } | null;
  readonly before: LineRange | null;
  readonly after: LineRange | null;
}

export interface TouchedFile {
  /** On the after side; on the before side for a removed one. */
  readonly path: string;
  readonly oldPath: string | null;
  /** Nothing but comments and blanks differs. False for a file that is not C and differs at all. */
  readonly tokensEqual: boolean;
  /** Something outside of every definition differs: an include, a condition, an export. */
  readonly outside: boolean;
}

export interface Touched {
  readonly files: readonly TouchedFile[];
  readonly entities: readonly TouchedEntity[];
}

interface Side {
  readonly file: string;
  readonly entity: Entity;
}

const isC = (path: string) => /\.[ch]$/.test(path);
const scans = new Map<string, Scan>();
const maxScans = 400;

/** What a patch touches, from its trees: hunks say where to look, tokens say what differs. */
export function touchedBy(patch: Patch, before: TreeSide, after: TreeSide): Touched {
  const files: TouchedFile[] = [];
  const removed: Side[] = [];
  const added: Side[] = [];
  const entities: TouchedEntity[] = [];
  for (const { oldPath, newPath } of patch.files) {
    const path = newPath ?? oldPath ?? '';
    const [old, now] = [readSide(before, oldPath), readSide(after, newPath)];
    const [oldScan, newScan] = [scanSide(before, oldPath), scanSide(after, newPath)];
    const comparable = isC(path) && old !== null && now !== null;
    const equal = comparable ? oldScan.text === newScan.text : old === now;
    files.push({ path, oldPath, tokensEqual: equal, outside: oldScan.outside !== newScan.outside });
    if (equal) continue;
    const pairs = pairUp(oldScan.entities, newScan.entities);
    for (const [left, right] of pairs.same) {
      if (left.text === right.text) continue;
      entities.push(touched('modified', side(path, left), side(path, right)));
    }
    removed.push(...pairs.removed.map(entity => side(oldPath ?? path, entity)));
    added.push(...pairs.added.map(entity => side(path, entity)));
  }
  entities.push(...matchMoved(removed, added));
  entities.sort(byPlace);
  return { files, entities };
}

function side(file: string, entity: Entity): Side {
  return { file, entity };
}

function readSide(tree: TreeSide, path: string | null): string | null {
  return path === null ? null : tree.read(path);
}

function scanSide(tree: TreeSide, path: string | null): Scan {
  const empty: Scan = { entities: [], outside: '', text: '' };
  if (path === null || !isC(path)) return empty;
  const hash = tree.hash(path);
  const text = tree.read(path);
  if (hash === null || text === null) return empty;
  const known = scans.get(hash);
  if (known !== undefined) return known;
  if (scans.size >= maxScans) scans.clear();
  const made = scanC(text);
  scans.set(hash, made);
  return made;
}

function pairUp(before: readonly Entity[], after: readonly Entity[]) {
  const key = (entity: Entity) => `${entity.kind} ${entity.name} ${entity.ordinal}`;
  const old = new Map(before.map(entity => [key(entity), entity]));
  const same: [Entity, Entity][] = [];
  const added: Entity[] = [];
  for (const entity of after) {
    const left = old.get(key(entity));
    if (left === undefined) added.push(entity);
    else same.push([left, entity]);
    old.delete(key(entity));
  }
  return { same, added, removed: [...old.values()] };
}

/** Removed and added ones that are the same thing: by name in another file, or by body under a new name. */
function matchMoved(removed: readonly Side[], added: readonly Side[]): TouchedEntity[] {
  const out: TouchedEntity[] = [];
  const left = new Set(removed);
  const right = new Set(added);
  for (const now of added) {
    const was = [...left].find(
      ({ entity }) => entity.kind === now.entity.kind && entity.name === now.entity.name,
    );
    if (was === undefined) continue;
    left.delete(was);
    right.delete(now);
    out.push(touched('modified', was, now));
  }
  for (const { was, now } of similarPairs([...left], [...right])) {
    if (!left.has(was) || !right.has(now)) continue;
    left.delete(was);
    right.delete(now);
    out.push(touched('renamed', was, now));
  }
  out.push(...[...left].map(was => touched('removed', was, null)));
  out.push(...[...right].map(now => touched('added', null, now)));
  return out;
}

const renameThreshold = 0.7;
const maxComparisons = 20_000;

function similarPairs(removed: readonly Side[], added: readonly Side[]) {
  if (removed.length * added.length > maxComparisons) return [];
  const pairs: { was: Side; now: Side; score: number }[] = [];
  for (const was of removed) {
    for (const now of added) {
      if (was.entity.kind !== now.entity.kind) continue;
      const score = similarity(was.entity, now.entity);
      if (score >= renameThreshold) pairs.push({ was, now, score });
    }
  }
  return pairs.sort((left, right) => right.score - left.score);
}

/** Share of neighbouring token pairs that both have, their own names left out: 0 to 1. */
export function similarity(left: Entity, right: Entity): number {
  const [first, second] = [pairsOf(left), pairsOf(right)];
  let common = 0;
  let total = 0;
  for (const [pair, count] of first) {
    common += Math.min(count, second.get(pair) ?? 0);
    total += count;
  }
  for (const count of second.values()) total += count;
  return total === 0 ? 0 : (2 * common) / total;
}

function pairsOf(entity: Entity): Map<string, number> {
  const words = entity.text.split(' ').map(word => (word === entity.name ? '@' : word));
  const pairs = new Map<string, number>();
  for (let at = 0; at + 1 < words.length; at++) {
    const pair = `${words[at]} ${words[at + 1]}`;
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  return pairs;
}

function touched(
  change: TouchedEntity['change'],
  was: Side | null,
  now: Side | null,
): TouchedEntity {
  const shown = now ?? was;
  const isElsewhere =
    was !== null && now !== null && (was.entity.name !== now.entity.name || was.file !== now.file);
  return {
    kind: shown?.entity.kind ?? 'function',
    name: shown?.entity.name ?? '',
    file: shown?.file ?? '',
    change,
    from: isElsewhere ? { name: was.entity.name, file: was.file } : null,
    before: rangeOf(was),
    after: rangeOf(now),
  };
}

function rangeOf(found: Side | null): LineRange | null {
  return found === null ? null : { first: found.entity.firstLine, last: found.entity.lastLine };
}

function byPlace(left: TouchedEntity, right: TouchedEntity): number {
  if (left.file !== right.file) return left.file < right.file ? -1 : 1;
  const line = ({ after, before }: TouchedEntity) => (after ?? before)?.first ?? 0;
  return line(left) - line(right);
}
