import type { CheckResult } from '../../../src/result.ts';
import { broken } from './broken.ts';
import { hostile } from './hostile.ts';
import { changed, equivalent, failed, inconclusive, twelve } from './others.ts';

export const samples: Readonly<Record<string, CheckResult>> = {
  equivalent,
  changed,
  broken,
  inconclusive,
  failed,
  twelve,
  hostile,
};
