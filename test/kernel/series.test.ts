import { describe, test } from 'vitest';
import { isJudgedAsExpected, longSeries } from '../e2e/example-series.ts';

describe('the long ones of the example series', () => {
  test.each(longSeries)('%s is judged as expected', isJudgedAsExpected, 240_000);
});
