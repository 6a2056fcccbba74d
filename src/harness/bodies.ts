/**
 * Bodies of the kernel that no scenario runs, because the simulated kernel, a stand-in or a driver does their work:
 * which they are, where they live, and what they looked like in the kernels that the work was written after.
 */
import { createHash } from 'node:crypto';
import { type Entity, scanC } from '../diff/scan-c.ts';
import { opaqueNames } from '../semantics/c/shims.ts';
import type { SourceReader } from '../semantics/c/source.ts';
import { modelledNames } from '../semantics/lift/primitives.ts';
import { type Replaced, replacedNames } from '../semantics/models/replaced.ts';
import { knownBodiesText } from './drivers/driver-texts.ts';
import { mirroredBodies } from './drivers/mirrored.ts';
import { replacedBodies } from './drivers/replaced.ts';
import { MMU_FILES } from './world.ts';

/** Every name with a meaning of its own, and why: one row a name. */
export const bodyTable: readonly Replaced[] = withOpaque(
  replacedNames([...replacedBodies, ...mirroredBodies]),
);

function withOpaque(rows: readonly Replaced[]): Replaced[] {
  const known = new Set(rows.map(r => r.name));
  const more = [...new Set([...opaqueNames, ...modelledNames])]
    .filter(name => !known.has(name) && !name.startsWith('mmd_') && !/inline/.test(name))
    .map((name): Replaced => ({ name, kind: 'primitive', reason: 'kept as a call by the lifter' }));
  return [...rows, ...more].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

const tableNames: ReadonlySet<string> = new Set(bodyTable.map(r => r.name));

/** paging_tmpl.h defines a function for each kind of guest paging; the stand-ins are for nested EPT. */
export function tableName(entity: string): string | null {
  const inTemplate = /^FNAME \( (\w+) \)$|^FNAME\((\w+)\)$/.exec(entity);
  const name = inTemplate === null ? entity : `ept_${inTemplate[1] ?? inTemplate[2]}`;
  return tableNames.has(name) ? name : null;
}

/** 8 hexadecimal digits over the tokens of one or more definitions, in any order. */
export function fingerprintBodies(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of [...texts].sort()) hash.update(text).update('\n');
  return hash.digest('hex').slice(0, 8);
}

/** Definitions in a C text that something stands in for, by name in the table. */
export function bodiesIn(text: string): ReadonlyMap<string, readonly Entity[]> {
  const found = new Map<string, Entity[]>();
  for (const entity of scanC(text).entities) {
    if (entity.kind !== 'function' && entity.kind !== 'macro') continue;
    const name = tableName(entity.name);
    if (name !== null) found.set(name, [...(found.get(name) ?? []), entity]);
  }
  return found;
}

export interface KnownBody {
  readonly file: string;
  readonly name: string;
  /** One a kernel that the stand-in was written after; equal ones once. */
  readonly fingerprints: readonly string[];
}

let known: readonly KnownBody[] | null = null;

/** What scripts/record-bodies.ts found in the kernels that the tests run on. */
export function knownBodies(): readonly KnownBody[] {
  known ??= parseKnown(knownBodiesText());
  return known;
}

function parseKnown(text: string): KnownBody[] {
  const rows: KnownBody[] = [];
  let file = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('#') || line === '') continue;
    if (!line.startsWith(' ')) {
      file = line;
      continue;
    }
    const [name, ...fingerprints] = line.trim().split(' ');
    if (name !== undefined) rows.push({ file, name, fingerprints });
  }
  return rows;
}

/** Files in which a body of this name lives in some kernel. */
export function homesOf(name: string): readonly string[] {
  return knownBodies()
    .filter(b => b.name === name)
    .map(b => b.file);
}

export interface FoundBody {
  readonly file: string;
  readonly name: string;
  readonly line: number;
  readonly fingerprint: string;
  /** As in a kernel that the stand-in was written after. */
  readonly known: boolean;
}

/** The bodies of a tree that something stands in for, in the files where kernels have them. */
export function bodiesOf(tree: SourceReader, isWanted = (_name: string) => true): FoundBody[] {
  const found: FoundBody[] = [];
  const wanted = knownBodies().filter(b => isWanted(b.name));
  for (const file of new Set(wanted.map(b => b.file))) {
    const text = tree.read(file);
    if (text === null) continue;
    const here = new Map(wanted.filter(b => b.file === file).map(b => [b.name, b.fingerprints]));
    for (const [name, entities] of bodiesIn(text)) {
      if (!isWanted(name)) continue;
      const fingerprint = fingerprintBodies(entities.map(e => e.text));
      const line = entities[0]?.firstLine ?? 0;
      const isKnown = here.get(name)?.includes(fingerprint) ?? false;
      found.push({ file, name, line, fingerprint, known: isKnown });
    }
  }
  return found;
}

/**
 * What drivers follow is known from the bodies alone, unlike the kernel's own services, whose meaning is documented.
 * Where a tree has a mirrored body within the unit, that one is lifted.
 */
export function followedBodies(tree: SourceReader): FoundBody[] {
  const replaced = new Set(replacedBodies.map(b => b.name));
  const mirrored = new Set(mirroredBodies.map(b => b.name));
  return bodiesOf(tree, name => replaced.has(name) || mirrored.has(name)).filter(
    b => replaced.has(b.name) || !MMU_FILES.includes(b.file),
  );
}
