/** What the primitives tell the ledger of references: every change of a count, whose operation it is, the lock. */
import type { Machine } from './machine.ts';
import { type Ledger, RootLedger } from './references.ts';

type Prim = (...args: number[]) => number;

/** Where the address of the count stands among the arguments of a primitive. */
function countArgument(name: string): number | null {
  if (/^p_refcount_(?:add|add_not_zero|sub_and_test)$/.test(name)) return 1;
  if (
    /^p_atomic_(?:add|sub|fetch_add|add_return|sub_return|sub_and_test|fetch_and|and)$/.test(name)
  )
    return 1;
  if (/^p_(?:refcount|atomic)_(?!read)/.test(name)) return 0;
  return /^p_(?:try_)?(?:cmp)?xchg32$/.test(name) ? 0 : null;
}

const SETS = /_set(?:_release)?$|xchg/;

/** Lets the ledger see what the primitives do to counts. */
export function aroundCounts(
  m: Machine,
  ledger: Ledger | null,
  primitives: Readonly<Record<string, Prim>>,
): Record<string, Prim> {
  const out: Record<string, Prim> = { ...primitives };
  if (!(ledger instanceof RootLedger)) return out;
  for (const [name, run] of Object.entries(primitives)) {
    const at = countArgument(name);
    if (at === null) continue;
    const isSet = SETS.test(name);
    out[name] = (...args) => {
      const root = ledger.rootAt(args[at] as number);
      if (root < 0) return run(...args);
      const old = ledger.count(root);
      const result = run(...args);
      ledger.changed(root, old, isSet, args.at(-1) as number);
      return result;
    };
  }
  const after = (name: string, then: (args: readonly number[]) => void): void => {
    const run = out[name] as Prim;
    out[name] = (...args) => {
      const result = run(...args);
      then(args);
      return result;
    };
  };
  after('p_mmd_act_as', args => ledger.actAs(args[0] as number));
  after('p_mmd_op_end', args => ledger.operationEnds(args.at(-1) as number));
  const { mmuLock } = ledger.spec.fields;
  if (mmuLock !== null)
    after('p_write_lock', args => {
      if (args[0] === m.addressOf(mmuLock)) ledger.checkList(args.at(-1) as number);
    });
  return out;
}
