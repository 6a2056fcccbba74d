import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { invariants } from '../../../src/harness/invariants/all.ts';
import type { JobResult } from '../../../src/harness/job.ts';
import { editedTree, runScenario } from '../scenarios/run-scenario.ts';
import { breaking } from './cases.ts';

const tree = fileURLToPath(new URL('../../../fixtures/linux/', import.meta.url));

/** Rules about who owns a reference: their cases stand with the ghost state that they need. */
const ownership = ['foreign-put', 'gifted-reference', 'root-resurrected'];

const asItStands = new Map<string, JobResult>();
function unbroken(scenario: string): JobResult {
  let result = asItStands.get(scenario);
  if (result === undefined) {
    result = runScenario(editedTree(tree), scenario);
    asItStands.set(scenario, result);
  }
  return result;
}

describe('every invariant', () => {
  test.each(invariants.map(i => i.id).filter(id => !ownership.includes(id)))(
    '%s has a case that breaks it',
    id => {
      expect(breaking.map(c => c.id)).toContain(id);
    },
  );

  test.each(breaking)('$id: $what', { timeout: 60_000 }, ({ id, scenario, edits }) => {
    const before = unbroken(scenario);
    expect(before.quiescent).toBeGreaterThan(0);
    expect(before.violations.map(v => v.invariant)).not.toContain(id);
    const after = runScenario(editedTree(tree, edits), scenario);
    const found = after.violations.find(v => v.invariant === id);
    expect(
      found,
      [...after.violations.map(v => v.text), ...after.unmodelled.map(u => u.message)].join('\n'),
    ).toBeDefined();
    expect(found?.identity).not.toMatch(/:\d+/);
  });
});
