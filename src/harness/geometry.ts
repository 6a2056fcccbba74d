/** The scaled-down page tables every claim is about. */
import type { Geometry } from '../result.ts';

export function geometryOf(levels: number | null): Geometry {
  return {
    levels: levels ?? 2,
    entriesPerTable: 2,
    overrides: [
      { name: 'KVM_MIN_FREE_MMU_PAGES', value: '1' },
      { name: 'KVM_REFILL_PAGES', value: '1' },
      { name: 'BATCH_ZAP_PAGES', value: '1' },
      { name: 'PTE_PREFETCH_NUM', value: '2' },
    ],
  };
}
