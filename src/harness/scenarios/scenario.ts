/**
 * A scenario: a VM and the threads that call KVM's entry points on it at the same time. The threads are driver
 * functions in kernel C (../drivers); the numbers that bound the VM are their macros.
 */
export interface ScenarioThread {
  /** Column heading, e.g. `vcpu0`. */
  readonly id: string;
  /** `vcpu`, or what a host thread is; threads of one role are compared with each other. */
  readonly role: string;
  /** Driver function. */
  readonly entry: string;
  readonly vcpu: number | null;
  /** What the thread does, in a few words. */
  readonly op: string;
}

export type ScenarioSize = 'small' | 'medium' | 'large';

/**
 * What a tree must have for the scenario to apply to it: a function with a body, a macro, or `struct.field`. The
 * drivers define `mmd_can_...` functions where a tree has one of several.
 */
export interface Need {
  readonly kind: 'function' | 'macro' | 'field';
  readonly name: string;
  /** What a tree without it lacks; its name when absent. */
  readonly says?: string;
}

export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  /** Where the need for it comes from: kernel documentation, functions whose protocol it exercises. */
  readonly source: string;
  readonly threads: readonly ScenarioThread[];
  readonly defines: Readonly<Record<string, string>>;
  /** Functions of the tree whose call closure makes the scenario worth running. */
  readonly entryPoints: readonly string[];
  readonly needs: readonly Need[];
  readonly axes: ScenarioAxes;
  readonly size: ScenarioSize;
  /** Files whose functions it never enters, although they can be called as far as the code says. */
  readonly without?: readonly string[];
  /** Guest frames whose mappings count as outcome. */
  readonly gfns: readonly number[];
}

/** Stated with every result. */
export interface ScenarioAxes {
  readonly paging: 'tdp' | 'tdp-mmu-off' | 'shadow' | 'nested-ept';
  readonly accessedDirty: boolean;
  readonly quirk: 'on' | 'off' | 'toggled';
  readonly vcpus: number;
  /** vCPUs run in system management mode. */
  readonly smm: boolean;
}

const tdp: ScenarioAxes = { paging: 'tdp', accessedDirty: true, quirk: 'on', vcpus: 1, smm: false };

export function axes(changes: Partial<ScenarioAxes> = {}): ScenarioAxes {
  return { ...tdp, ...changes };
}

export function vcpuThread(index: number, op: string, life = 'vcpu'): ScenarioThread {
  return { id: `vcpu${index}`, role: 'vcpu', entry: `mmd_thread_${life}`, vcpu: index, op };
}

export function hostThread(id: string, entry: string, op: string): ScenarioThread {
  return { id, role: id, entry: `mmd_thread_${entry}`, vcpu: null, op };
}

/** What the drivers' `mmd_can_...` stand for. */
const abilities: Readonly<Record<string, string>> = {
  mmd_can_nest: 'shadow paging for nested guests that the drivers know',
  mmd_can_shadow: 'reverse maps that the drivers know',
  mmd_can_read_in: 'faults that wait until the host has read a page in',
  mmd_can_recover_nx: 'recovery of NX huge pages',
  mmd_can_recover_huge_pages: 'recovery of huge pages',
};

export function needsFunction(...names: readonly string[]): Need[] {
  return names.map(name => {
    const says = abilities[name];
    return { kind: 'function', name, ...(says === undefined ? {} : { says }) };
  });
}

/** What a guest page fault and the reload before it go through in every kernel. */
export const faultPath: readonly string[] = [
  'kvm_mmu_reload',
  'kvm_mmu_load',
  'kvm_mmu_free_obsolete_roots',
  'kvm_mmu_do_page_fault',
  'kvm_tdp_page_fault',
];
