/** Variants of scenarios: the same operations on other VMs. */
import type { Scenario, ScenarioSize, ScenarioThread } from './scenario.ts';
import { needsFunction, vcpuThread } from './scenario.ts';

/** Id of the scenario that a variant, or a variant of a variant, is made of. */
export const baseId = (id: string): string => id.replace(/^legacy-|^mixed-|-2$|-boundaries$/g, '');

const wholeMemory = {
  MMD_NR_SLOTS: '2',
  MMD_SLOT_PAGES: '2',
  MMD_NR_ACCESSES: '4',
  MMD_ACCESS_GFNS: '{ 0, 1, 2, 3 }',
  MMD_ACCESS_WRITES: '{ 1, 1, 1, 1 }',
  MMD_ACCESS_FETCHES: '{ 0, 0, 0, 0 }',
  MMD_PREMAP: '15',
  MMD_IDLE: '1',
  // From the last page of the first slot to the first page of the second.
  MMD_RANGE_START: '1',
  MMD_RANGE_END: '3',
};

/**
 * What an operation on a range does at the range's ends. All pages of two memslots are mapped and nobody runs, so that
 * hardly anything is left to search but which pages the operation takes.
 */
export function boundaries(scenario: Scenario): Scenario {
  const threads = scenario.threads.filter(t => t.role !== 'vcpu');
  return {
    ...scenario,
    id: `${scenario.id}-boundaries`,
    title: `${scenario.title.split(' against ')[0]} with all pages around mapped, and no vCPU that runs`,
    why: 'A range has two ends: what lies in it is dealt with, what lies beside it is not.',
    threads: [vcpuThread(0, 'stays in userspace with its root loaded', 'vcpu_idle'), ...threads],
    defines: { ...scenario.defines, ...wholeMemory },
    size: 'small',
    gfns: [0, 1, 2, 3],
  };
}

/**
 * Shadow pages and the TDP MMU's side by side: one vCPU runs a guest of the guest, another one does not. Operations of
 * the host have to deal with both.
 */
export function mixed(scenario: Scenario): Scenario {
  return {
    ...scenario,
    id: `mixed-${scenario.id}`,
    title: `${scenario.title}; one vCPU runs a nested guest`,
    why: 'Pages may be mapped by shadow pages and by the TDP MMU at the same time: each operation is for both.',
    threads: [
      vcpuThread(0, 'stays in userspace with the root of a nested guest loaded', 'vcpu_idle'),
      vcpuThread(1, 'stays in userspace with its root loaded', 'vcpu_idle'),
      ...scenario.threads.filter(t => t.role !== 'vcpu'),
    ],
    // The guest's own tables lie behind the pages that its guest uses.
    defines: {
      ...scenario.defines,
      MMD_INDIRECT: '1',
      MMD_NR_VCPUS: '2',
      MMD_NOT_NESTED: '2',
      MMD_NR_SLOTS: '1',
      MMD_SLOT_PAGES: '16',
      MMD_NR_ACCESSES: '2',
      MMD_ACCESS_GFNS: '{ 0, 1 }',
      MMD_ACCESS_WRITES: '{ 1, 1 }',
      MMD_ACCESS_FETCHES: '{ 0, 0 }',
      MMD_PREMAP: '3',
      MMD_RANGE_START: '0',
      MMD_RANGE_END: '2',
    },
    needs: [...scenario.needs, ...needsFunction('mmd_can_nest')],
    axes: { ...scenario.axes, paging: 'nested-ept', vcpus: 2 },
    gfns: [0, 1],
  };
}

const larger: Readonly<Record<ScenarioSize, ScenarioSize>> = {
  small: 'medium',
  medium: 'large',
  large: 'large',
};

/** The same with the TDP MMU off: direct page tables with reverse maps, as on hosts that say tdp_mmu=N. */
export function legacy(scenario: Scenario): Scenario {
  return {
    ...scenario,
    id: `legacy-${scenario.id}`,
    title: `${scenario.title}, TDP MMU off`,
    // mmu_alloc_direct_roots() knows roots of four levels and more.
    defines: {
      MMD_SLOT_PAGES: '4',
      ...scenario.defines,
      MMD_LEVELS: '4',
      MMD_INDIRECT: '1',
      MMD_LEGACY: '1',
    },
    needs: [...scenario.needs, ...needsFunction('mmd_can_shadow')],
    without: ['arch/x86/kvm/mmu/tdp_mmu.c', 'arch/x86/kvm/mmu/tdp_iter.c'],
    axes: { ...scenario.axes, paging: 'tdp-mmu-off' },
  };
}

/** The same with a second vCPU that lives like the first. */
export function doubled(scenario: Scenario): Scenario {
  const first = scenario.threads.find(t => t.role === 'vcpu');
  if (first === undefined) throw new Error(`${scenario.id} has no vCPU to double`);
  const second: ScenarioThread = { ...first, id: 'vcpu1', vcpu: 1 };
  return {
    ...scenario,
    id: `${scenario.id}-2`,
    title: `${scenario.title}, two vCPUs`,
    threads: [first, second, ...scenario.threads.filter(t => t !== first)],
    defines: { ...scenario.defines, MMD_NR_VCPUS: '2' },
    axes: { ...scenario.axes, vcpus: 2 },
    size: larger[scenario.size],
  };
}
