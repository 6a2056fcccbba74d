import type { Invariant } from './invariant.ts';

export const leak: Invariant = {
  id: 'leak',
  scope: 'always',
  says: 'When everything rests, every object is reachable by somebody who will free it.',
  why: 'Page tables that nobody knows are lost until reboot.',
  source: 'Documentation/dev-tools/kmemleak.rst',
  example: ['vcpu0: loses the race to install a page table and forgets to free its own'],
};
