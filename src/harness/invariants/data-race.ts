import type { Invariant } from './invariant.ts';

export const dataRace: Invariant = {
  id: 'data-race',
  scope: 'always',
  says: 'No plain access races with a write, unless both sides agreed on it with marked accesses.',
  why: 'The compiler may tear, repeat or reorder plain accesses.',
  source: 'tools/memory-model/Documentation/access-marking.txt',
  example: [
    'one thread writes a field under a lock',
    'another reads it without the lock and without READ_ONCE()',
  ],
};
