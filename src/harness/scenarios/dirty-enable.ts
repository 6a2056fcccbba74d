import type { Scenario } from './scenario.ts';
import { axes, faultPath, hostThread, vcpuThread } from './scenario.ts';

export const dirtyEnable: Scenario = {
  id: 'dirty-enable',
  title: 'Enabling dirty logging against a write',
  why: 'All writable mappings of the slot become read-only, huge ones are split, and one flush follows.',
  source: 'arch/x86/kvm/x86.c kvm_mmu_slot_apply_flags()',
  threads: [
    vcpuThread(0, 'faults and runs'),
    hostThread('migration', 'dirty_enable', 'userspace enables dirty logging'),
  ],
  defines: { MMD_LEVELS: '2', MMD_PREMAP: '1', MMD_HOST_LEVEL: '2' },
  entryPoints: [
    ...faultPath,
    'kvm_mmu_slot_remove_write_access',
    'kvm_mmu_slot_try_split_huge_pages',
  ],
  needs: [],
  axes: axes(),
  size: 'small',
  gfns: [0],
};
