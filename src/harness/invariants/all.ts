import { dataRace } from './data-race.ts';
import { deadlock } from './deadlock.ts';
import { doubleFree } from './double-free.ts';
import { foreignPut } from './foreign-put.ts';
import { frozenSpteOverwritten } from './frozen-spte-overwritten.ts';
import { giftedReference } from './gifted-reference.ts';
import { invalidRootUsed } from './invalid-root-used.ts';
import type { Invariant } from './invariant.ts';
import { leak } from './leak.ts';
import { listProtocol } from './list-protocol.ts';
import { livelock } from './livelock.ts';
import { lockBalance } from './lock-balance.ts';
import { lockOrder } from './lock-order.ts';
import { lockdepAssertion } from './lockdep-assertion.ts';
import { lostDirty } from './lost-dirty.ts';
import { missedTlbFlush } from './missed-tlb-flush.ts';
import { notifierMissedSpte } from './notifier-missed-spte.ts';
import { quirkReadOnce } from './quirk-read-once.ts';
import { rcuDereferenceOutsideReader } from './rcu-dereference-outside-reader.ts';
import { refcountMisuse } from './refcount-misuse.ts';
import { requestInSameSection } from './request-in-same-section.ts';
import { rootFreedUnzapped } from './root-freed-unzapped.ts';
import { rootResurrected } from './root-resurrected.ts';
import { sleepInAtomic } from './sleep-in-atomic.ts';
import { spteOutlivesMemslot } from './spte-outlives-memslot.ts';
import { strandedInvalidRoot } from './stranded-invalid-root.ts';
import { undefinedBehaviour } from './undefined-behaviour.ts';
import { useAfterFree } from './use-after-free.ts';
import { warnReached } from './warn-reached.ts';
import { wildPointer } from './wild-pointer.ts';
import { yieldRule } from './yield-rule.ts';
import { zappedRangeMapped } from './zapped-range-mapped.ts';

/** Rules of the MMU first, then what holds for any kernel code. */
export const invariants: readonly Invariant[] = [
  spteOutlivesMemslot,
  notifierMissedSpte,
  zappedRangeMapped,
  giftedReference,
  foreignPut,
  rootResurrected,
  invalidRootUsed,
  rootFreedUnzapped,
  strandedInvalidRoot,
  requestInSameSection,
  missedTlbFlush,
  quirkReadOnce,
  yieldRule,
  listProtocol,
  useAfterFree,
  doubleFree,
  refcountMisuse,
  lockBalance,
  lockOrder,
  lockdepAssertion,
  sleepInAtomic,
  rcuDereferenceOutsideReader,
  dataRace,
  warnReached,
  deadlock,
  livelock,
  leak,
  frozenSpteOverwritten,
  lostDirty,
  wildPointer,
  undefinedBehaviour,
];
