import { mmioGenerationWrap } from './mmio-generation-wrap.ts';
import type { Scenario } from './scenario.ts';

export const mmioGenerationWrapSmm: Scenario = {
  ...mmioGenerationWrap,
  id: 'mmio-generation-wrap-smm',
  title: 'The memslot generation wraps in the address space of system management mode',
  why: 'The generations of the two address spaces differ in their lowest bit, and both wrap.',
  defines: { ...mmioGenerationWrap.defines, MMD_SMM: '1' },
  axes: { ...mmioGenerationWrap.axes, smm: true },
  needs: [{ kind: 'field', name: 'kvm_mmu_page_role.smm' }],
};
