/** Everything `mmudelta explain` knows, by id. */
import { invariants } from '../../harness/invariants/all.ts';
import type { Invariant } from '../../harness/invariants/invariant.ts';
import { scenarios } from '../../harness/scenarios/all.ts';
import type { Scenario } from '../../harness/scenarios/scenario.ts';
import { cCodes } from './c-codes.ts';
import type { CodeEntry, WordEntry } from './entry.ts';
import { intakeCodes } from './intake-codes.ts';
import { checkCodes, liftCodes, litmusCodes } from './model-codes.ts';
import { nearest } from './nearest.ts';
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

/** Ids that are spelt most like `id`, nearest first. */
export const nearestTopics = (id: string): string[] =>
  nearest(
    id,
    topics.map(t => t.id),
  );
