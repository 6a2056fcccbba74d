import { age } from './age.ts';
import { ageNoAd } from './age-no-ad.ts';
import { ageZapAllFast } from './age-zap-all-fast.ts';
import { apicvInhibit } from './apicv-inhibit.ts';
import { dirtyClearHuge } from './dirty-clear-huge.ts';
import { dirtyClearHugeUnmap } from './dirty-clear-huge-unmap.ts';
import { dirtyDisable } from './dirty-disable.ts';
import { dirtyDisableNeighbour } from './dirty-disable-neighbour.ts';
import { dirtyDisableNx } from './dirty-disable-nx.ts';
import { dirtyDisableUnaligned } from './dirty-disable-unaligned.ts';
import { dirtyEnable } from './dirty-enable.ts';
import { dirtyEnableHuge } from './dirty-enable-huge.ts';
import { dirtyEnablePml } from './dirty-enable-pml.ts';
import { dirtyLog } from './dirty-log.ts';
import { dirtyLogUnmapNoAd } from './dirty-log-unmap-no-ad.ts';
import { dirtyLogZapAllFast } from './dirty-log-zap-all-fast.ts';
import { locklessWalkZapAllFast } from './lockless-walk-zap-all-fast.ts';
import { memslotDelete } from './memslot-delete.ts';
import { memslotDeleteIdle } from './memslot-delete-idle.ts';
import { memslotDeleteQuirkOff } from './memslot-delete-quirk-off.ts';
import { memslotDeleteQuirkOffIdle } from './memslot-delete-quirk-off-idle.ts';
import { memslotDeleteQuirkOffUnmap } from './memslot-delete-quirk-off-unmap.ts';
import { memslotDeleteQuirkToggled } from './memslot-delete-quirk-toggled.ts';
import { memslotDeleteSurvivor } from './memslot-delete-survivor.ts';
import { memslotDeleteTwice } from './memslot-delete-twice.ts';
import { memslotDeleteUnmap } from './memslot-delete-unmap.ts';
import { memslotMove } from './memslot-move.ts';
import { mmioGenerationWrap } from './mmio-generation-wrap.ts';
import { mmioGenerationWrapSmm } from './mmio-generation-wrap-smm.ts';
import { nestedRecycle } from './nested-recycle.ts';
import { nestedRecycleZapAllFast } from './nested-recycle-zap-all-fast.ts';
import { nestedUnmap } from './nested-unmap.ts';
import { nestedZapAllFast } from './nested-zap-all-fast.ts';
import { nxRecovery } from './nx-recovery.ts';
import { nxRecoveryTwo } from './nx-recovery-two.ts';
import { nxRecoveryZapAllFast } from './nx-recovery-zap-all-fast.ts';
import { prefaultAfterZap } from './prefault-after-zap.ts';
import { prefaultMemslotDelete } from './prefault-memslot-delete.ts';
import { prefaultZapAllFast } from './prefault-zap-all-fast.ts';
import { releaseZapAllFast } from './release-zap-all-fast.ts';
import type { Scenario } from './scenario.ts';
import { splitHuge } from './split-huge.ts';
import { splitHugeZapAllFast } from './split-huge-zap-all-fast.ts';
import { unmap } from './unmap.ts';
import { unmapIo } from './unmap-io.ts';
import { unmapNoAd } from './unmap-no-ad.ts';
import { unmapNonblocking } from './unmap-nonblocking.ts';
import { unmapRange } from './unmap-range.ts';
import { unmapRangeSparse } from './unmap-range-sparse.ts';
import { unmapSmm } from './unmap-smm.ts';
import { unmapTwoRanges } from './unmap-two-ranges.ts';
import { boundaries, doubled, legacy, mixed } from './variants.ts';
import { vmDestroy } from './vm-destroy.ts';
import { vmDestroyAfterDelete } from './vm-destroy-after-delete.ts';
import { vmDestroyRunning } from './vm-destroy-running.ts';
import { wrprotRange } from './wrprot-range.ts';
import { zapAllFast } from './zap-all-fast.ts';
import { zapAllFastNoAd } from './zap-all-fast-no-ad.ts';
import { zapAllFastTwice } from './zap-all-fast-twice.ts';
import { zapAllFastTwoRoots } from './zap-all-fast-two-roots.ts';
import { zapAllFastUnload } from './zap-all-fast-unload.ts';
import { zapAllFastUnmap } from './zap-all-fast-unmap.ts';
import { zapAllFastUnmapRange } from './zap-all-fast-unmap-range.ts';
import { zapGfnRange } from './zap-gfn-range.ts';
import { zapGfnRangeSmm } from './zap-gfn-range-smm.ts';
import { zapGfnRangeZapAllFast } from './zap-gfn-range-zap-all-fast.ts';

const single: readonly Scenario[] = [
  memslotDelete,
  memslotDeleteQuirkOff,
  memslotDeleteQuirkOffIdle,
  memslotDeleteQuirkToggled,
  memslotDeleteUnmap,
  memslotDeleteQuirkOffUnmap,
  memslotDeleteIdle,
  memslotDeleteTwice,
  memslotDeleteSurvivor,
  memslotMove,
  zapAllFast,
  zapAllFastNoAd,
  locklessWalkZapAllFast,
  zapAllFastTwice,
  zapAllFastUnmap,
  zapAllFastUnmapRange,
  zapAllFastUnload,
  zapAllFastTwoRoots,
  unmap,
  unmapNoAd,
  unmapRange,
  unmapRangeSparse,
  unmapTwoRanges,
  unmapNonblocking,
  age,
  ageNoAd,
  ageZapAllFast,
  vmDestroy,
  vmDestroyRunning,
  vmDestroyAfterDelete,
  releaseZapAllFast,
  dirtyLog,
  dirtyLogUnmapNoAd,
  dirtyLogZapAllFast,
  dirtyEnable,
  dirtyEnablePml,
  dirtyEnableHuge,
  dirtyClearHuge,
  dirtyDisable,
  dirtyDisableNx,
  dirtyDisableUnaligned,
  wrprotRange,
  splitHuge,
  splitHugeZapAllFast,
  nxRecovery,
  nxRecoveryTwo,
  nxRecoveryZapAllFast,
  prefaultAfterZap,
  prefaultZapAllFast,
  prefaultMemslotDelete,
  zapGfnRange,
  zapGfnRangeZapAllFast,
  mmioGenerationWrap,
  mmioGenerationWrapSmm,
  unmapSmm,
  zapGfnRangeSmm,
  apicvInhibit,
  dirtyDisableNeighbour,
  dirtyClearHugeUnmap,
  unmapIo,
  nestedZapAllFast,
  nestedUnmap,
  nestedRecycle,
  nestedRecycleZapAllFast,
];

/** Operations on a range of pages, or on a memslot of several. */
const onRange: readonly Scenario[] = [
  memslotDeleteQuirkOff,
  unmap,
  age,
  dirtyLog,
  dirtyEnable,
  dirtyEnablePml,
  dirtyDisable,
  wrprotRange,
  splitHuge,
  zapGfnRange,
].map(boundaries);

/** Where shadow pages and the TDP MMU's are both to be dealt with. */
const onBoth: readonly Scenario[] = [
  memslotDeleteQuirkOff,
  unmap,
  age,
  dirtyLog,
  dirtyEnable,
  dirtyDisable,
  wrprotRange,
  zapGfnRange,
]
  .map(boundaries)
  .map(mixed);

/** Those that work on direct page tables with reverse maps in another way. */
const withoutTdpMmu: readonly Scenario[] = [
  memslotDelete,
  memslotDeleteQuirkOff,
  memslotDeleteQuirkOffUnmap,
  memslotMove,
  zapAllFast,
  zapAllFastTwoRoots,
  unmap,
  unmapRange,
  age,
  vmDestroy,
  dirtyLog,
  dirtyEnable,
  dirtyEnableHuge,
  dirtyClearHuge,
  dirtyDisable,
  dirtyDisableUnaligned,
  wrprotRange,
  nxRecovery,
  zapGfnRange,
  mmioGenerationWrap,
  unmapSmm,
  zapGfnRangeSmm,
  apicvInhibit,
  dirtyLogZapAllFast,
  // Without the TDP MMU only shadow pages of nested guests are split eagerly.
  ...onRange.filter(s => s.id !== 'split-huge-boundaries'),
];

/** Those that a second vCPU adds interleavings to. */
const double: readonly Scenario[] = [
  memslotDelete,
  memslotDeleteQuirkOff,
  memslotDeleteSurvivor,
  zapAllFast,
  zapAllFastNoAd,
  zapAllFastUnmap,
  zapAllFastUnload,
  unmap,
  unmapNoAd,
  unmapRangeSparse,
  age,
  ageNoAd,
  dirtyLog,
  dirtyDisable,
  splitHuge,
  nxRecovery,
  zapGfnRange,
  nestedZapAllFast,
];

/** With two vCPUs these need hundreds of thousands of states: not by default. */
const heavy = new Set([
  'memslot-delete-2',
  'memslot-delete-survivor-2',
  'zap-all-fast-2',
  'zap-all-fast-no-ad-2',
  'zap-all-fast-unmap-2',
  'zap-all-fast-unload-2',
]);
const cost: Readonly<Record<Scenario['size'], number>> = { small: 0, medium: 2, large: 4 };
/** Shadow pages of guest tables need a unit and code of their own, which are worth making when the first have found nothing. */
const SHADOW_COST = 0.5;

/** The largest of their size, the larger the later. */
const last = [
  'zap-all-fast-two-roots',
  'memslot-delete-twice',
  'memslot-delete-quirk-toggled',
  'lockless-walk-zap-all-fast',
  'legacy-memslot-delete-quirk-off-unmap',
  'zap-gfn-range-zap-all-fast',
  'zap-all-fast-twice',
  'zap-all-fast-unmap',
  'memslot-delete-unmap',
  'age-zap-all-fast',
];

function costOf(s: Scenario): number {
  const position = last.indexOf(s.id);
  if (position >= 0) return cost[s.size] + 1 + position / last.length;
  return cost[s.size] + (s.defines['MMD_INDIRECT'] === '1' ? SHADOW_COST : 0);
}

function doubledScenario(scenario: Scenario): Scenario {
  const two = doubled(scenario);
  return heavy.has(two.id) ? { ...two, size: 'large' } : two;
}

/** All scenarios, the cheap ones first: what ends early should have cost little. */
export const scenarios: readonly Scenario[] = [
  ...onRange,
  ...onBoth,
  ...single,
  ...withoutTdpMmu.map(legacy),
  ...double.map(doubledScenario),
].sort((a, b) => costOf(a) - costOf(b));

export function findScenario(id: string): Scenario | null {
  return scenarios.find(s => s.id === id) ?? null;
}
