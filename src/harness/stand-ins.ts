/**
 * What a side's functions want of stand-ins that they cannot tell: arguments a stand-in does not look at, and results
 * that go to a body which a stand-in runs instead of. A patch may change either without any difference to be seen.
 */
import { type CType, typeName } from '../semantics/c/types.ts';
import { visit } from '../semantics/compile/program.ts';
import { expressionKey, localsUsed } from '../semantics/ir/fingerprint.ts';
import type { ModelFunction } from '../semantics/ir/ir.ts';
import { REPLACE_PREFIX, STATIC_CALL_PREFIX } from '../semantics/lift/calls.ts';
import type { Lifter } from '../semantics/lift/lift.ts';

/** There is one VM, and its vCPUs are told apart by other means. */
const isGiven = (type: CType): boolean =>
  type.kind === 'ptr' && /^struct kvm(?:_vcpu)?$/.test(typeName(type.to));

export class StandIns {
  private readonly lifter: Lifter;
  private readonly ignored = new Map<string, readonly number[]>();

  constructor(lifter: Lifter) {
    this.lifter = lifter;
  }

  /** Positions of the parameters that the stand-in does not mention. */
  private ignoredBy(standIn: string): readonly number[] {
    let known = this.ignored.get(standIn);
    if (known === undefined) {
      const model = this.lifter.function(standIn);
      const used = model === null ? new Set<number>() : localsUsed(model);
      known = (model?.params ?? []).flatMap((p, i) =>
        used.has(p.id) || isGiven(p.type) ? [] : [i],
      );
      this.ignored.set(standIn, known);
    }
    return known;
  }

  /** Calls of stand-ins that are told something they do not look at: the function's name, a blank, what it is told. */
  callsIn(model: ModelFunction): string[] {
    const out: string[] = [];
    visit(model.body, e => {
      if (e.kind !== 'call') return;
      const prefix = [REPLACE_PREFIX, STATIC_CALL_PREFIX].find(p => e.name.startsWith(p));
      if (prefix === undefined) return;
      const keys = this.ignoredBy(e.name).flatMap(i => {
        const arg = e.args[i];
        return arg === undefined ? [] : [expressionKey(arg)];
      });
      if (keys.length === 0) return;
      out.push([e.name.slice(prefix.length), ...keys].join(' '));
    });
    return out;
  }
}
