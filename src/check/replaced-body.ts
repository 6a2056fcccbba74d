/** Bodies that a patch changes and no scenario runs: what stands in for them is as it was, so nothing is known. */
import type { Touched } from '../diff/touched.ts';
import type { TreeSide } from '../diff/types.ts';
import { bodiesIn, fingerprintBodies, homesOf } from '../harness/bodies.ts';
import { scenarios } from '../harness/scenarios/all.ts';
import type { Scenario } from '../harness/scenarios/scenario.ts';
import type { SideModels } from '../harness/side.ts';
import type { InconclusiveReason } from '../result.ts';

export interface ChangedBody {
  readonly name: string;
  readonly file: string;
  readonly line: number | null;
}

interface Found {
  readonly before: string[];
  readonly after: string[];
  /** A file that counts holds it on one of the sides. */
  counts: boolean;
  place: { file: string; line: number | null };
}

/**
 * Compares bodies by their tokens, over all files of the patch, so that one that only moves is none. A name counts where
 * some kernel is known to have it; elsewhere, only in files that `isRead` holds for.
 */
export function changedBodies(
  touched: Touched,
  before: TreeSide,
  after: TreeSide,
  isRead: (path: string) => boolean,
): ChangedBody[] {
  const all = new Map<string, Found>();
  for (const file of touched.files) {
    if (file.tokensEqual) continue;
    note(all, 'before', before, file.oldPath ?? file.path, isRead);
    note(all, 'after', after, file.path, isRead);
  }
  return [...all]
    .filter(([, f]) => f.counts && fingerprintBodies(f.before) !== fingerprintBodies(f.after))
    .map(([name, f]) => ({ name, ...f.place }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function note(
  all: Map<string, Found>,
  which: 'before' | 'after',
  tree: TreeSide,
  path: string,
  isRead: (path: string) => boolean,
): void {
  const text = /\.[ch]$/.test(path) ? tree.read(path) : null;
  if (text === null) return;
  for (const [name, entities] of bodiesIn(text)) {
    const line = which === 'after' ? (entities[0]?.firstLine ?? null) : null;
    const found = all.get(name) ?? {
      before: [],
      after: [],
      counts: false,
      place: { file: path, line },
    };
    all.set(name, found);
    found[which].push(...entities.map(e => e.text));
    if (which === 'after') found.place = { file: path, line };
    if (isRead(path) || homesOf(name).includes(path)) found.counts = true;
  }
}

/** Scenarios that run something in place of the body, on either side. */
export function dependsOn(
  body: ChangedBody,
  scenario: Scenario,
  before: SideModels,
  after: SideModels,
): boolean {
  return [before, after].some(side => side.fits.get(scenario.id)?.standIns.has(body.name) ?? false);
}

const MOST_NAMED = 3;

/** A reason for each body on which a scenario that could run depends; one that none depends on changes nothing here. */
export function replacedReasons(
  bodies: readonly ChangedBody[],
  before: SideModels,
  after: SideModels,
  isAskedFor: (scenario: Scenario) => boolean,
): InconclusiveReason[] {
  return bodies.flatMap(body => {
    const ids = scenarios
      .filter(s => isAskedFor(s) && fitsBoth(s, before, after) && dependsOn(body, s, before, after))
      .map(s => s.id);
    if (ids.length === 0) return [];
    const more = ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : '';
    const named = `${ids.slice(0, MOST_NAMED).join(', ')}${more}`;
    return [
      {
        code: 'replaced-body',
        message: `${body.name}() changes, but a stand-in runs instead of it in ${named}`,
        file: body.file,
        line: body.line,
      },
    ];
  });
}

function fitsBoth(s: Scenario, before: SideModels, after: SideModels): boolean {
  return [before, after].every(side => {
    const fit = side.fits.get(s.id);
    return fit !== undefined && fit.missing === null && fit.gap === null;
  });
}
