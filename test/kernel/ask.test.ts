import { describe, expect, test } from 'vitest';
import { answerQuestion } from '../../src/harness/ask/answer.ts';
import { parseQuestion } from '../../src/harness/ask/question.ts';
import { scenarios } from '../../src/harness/scenarios/all.ts';
import { editedTree } from '../harness/scenarios/run-scenario.ts';
import { kernelTree } from './trees.ts';

const question = parseQuestion(
  'who holds root-reference at kvm_tdp_mmu_zap_invalidated_roots while root.invalid',
);

describe.each(['6.12.117', '7.2'])('%s', { timeout: 240_000 }, version => {
  const tree = kernelTree(version);

  test.skipIf(tree === null)('who keeps a reference past the zap: vCPUs and notifiers', () => {
    const answer = answerQuestion(
      editedTree(tree as string),
      question,
      scenarios.filter(s => ['zap-all-fast', 'zap-all-fast-unmap-range'].includes(s.id)),
      { byDefault: true, maxStates: 100_000, progress: () => {} },
    );
    const told = answer.findings.map(f => `${f.role}: ${f.how}`);
    expect(told).toEqual(
      expect.arrayContaining([
        'vcpu: has the root loaded',
        'notifier: in kvm_unmap_gfn_range()',
        'notifier: in kvm_unmap_gfn_range(), without mmu_lock',
      ]),
    );
    expect(answer.unknown).toBeNull();
    for (const { witness } of answer.findings)
      expect(witness.replay.schedule.length).toBe(witness.steps.length);
  });
});
