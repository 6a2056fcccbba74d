/** Everything `mmudelta explain` knows, by id. */
import { invariants } from '../../harness/invariants/all.ts';
import type { Invariant } from '../../harness/invariants/invariant.ts';
import { scenarios } from '../../harness/scenarios/all.ts';
import type { Scenario } from '../../harness/scenarios/scenario.ts';
import { cCodes } from './c-codes.ts';
import type { CodeEntry, WordEntry } from './entry.ts';
import { intakeCodes } from './intake-codes.ts';
import { checkCodes, liftCodes, litmusCodes } from './model-codes.ts';
import { words } from './words.ts';

/** Where a code may turn up. */
export type CodeArea = 'intake' | 'C' | 'lifting' | 'check' | 'litmus';

export type Topic =
  | { readonly kind: 'invariant'; readonly id: string; readonly invariant: Invariant }
  | { readonly kind: 'scenario'; readonly id: string; readonly scenario: Scenario }
  | { readonly kind: 'word'; readonly id: string; readonly word: WordEntry }
  | {
      readonly kind: 'code';
      readonly id: string;
      readonly area: CodeArea;
      readonly entry: CodeEntry;
    };

const codes = (area: CodeArea, entries: readonly CodeEntry[]): Topic[] =>
  entries.map(entry => ({ kind: 'code', id: entry.code, area, entry }));

export const topics: readonly Topic[] = [
  ...words.map((word): Topic => ({ kind: 'word', id: word.word, word })),
  ...invariants.map((invariant): Topic => ({ kind: 'invariant', id: invariant.id, invariant })),
  ...scenarios.map((scenario): Topic => ({ kind: 'scenario', id: scenario.id, scenario })),
  ...codes('intake', intakeCodes),
  ...codes('C', cCodes),
  ...codes('lifting', liftCodes),
  ...codes('check', checkCodes),
  ...codes('litmus', litmusCodes),
];

export const findTopic = (id: string): Topic | null => topics.find(t => t.id === id) ?? null;

const NEAREST = 3;
/** An id is worth a line of `mmudelta explain`, a page of somebody else's text is not worth comparing. */
const LONGEST = 80;

/** Ids that are spelt most like `id`, nearest first. */
export function nearestTopics(id: string): string[] {
  const wanted = id.slice(0, LONGEST).toLowerCase();
  const scored = topics.map(t => {
    const contains = wanted.length >= 3 && t.id.includes(wanted);
    return { id: t.id, distance: contains ? 0 : editDistance(wanted, t.id) };
  });
  scored.sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1));
  return scored.slice(0, NEAREST).map(s => s.id);
}

/** Levenshtein. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
