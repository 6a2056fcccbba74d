/**
 * The lifter: functions of a parsed unit to IR, one at a time and on demand, each memoised. A function that cannot be
 * lifted in part keeps its other parts; the rest is an `unsupported` node with place and reason.
 */
import type { FunctionDefinition, TranslationUnit } from '../c/ast.ts';
import { VOID } from '../c/types.ts';
import type { Global, InitItem, ModelFunction } from '../ir/ir.ts';
import { evaluateConstant } from './constant.ts';
import { FunctionContext } from './context.ts';
import { typeOf } from './expressions.ts';
import { liftInitialiser } from './initialisers.ts';
import { decay, NotLifted, Scope, UnitScope } from './scope.ts';
import { liftBlockItems } from './statements.ts';

export class Lifter {
  readonly unit: UnitScope;
  private readonly done = new Map<string, ModelFunction | null>();

  constructor(tu: TranslationUnit) {
    this.unit = new UnitScope(tu, {
      typeOf: (e, scope) => {
        const cx = new FunctionContext(this.unit, '', VOID);
        cx.scope = scope;
        return typeOf(cx, e);
      },
      constant: (e, scope) => evaluateConstant(e, scope),
    });
  }

  /** The model of a function, or null when the unit has no body for it. */
  function(name: string): ModelFunction | null {
    const known = this.done.get(name);
    if (known !== undefined) return known;
    const definition = this.unit.functions.get(name);
    const model = definition === undefined ? null : this.lift(definition);
    this.done.set(name, model);
    return model;
  }

  /** All models reachable by direct calls and taken addresses from `roots`, in order of discovery. */
  closure(roots: readonly string[]): Map<string, ModelFunction> {
    const models = new Map<string, ModelFunction>();
    const queue = [...roots];
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      if (models.has(name)) continue;
      const model = this.function(name);
      if (model === null) continue;
      models.set(name, model);
      queue.push(...model.callees);
    }
    return models;
  }

  private lift(fn: FunctionDefinition): ModelFunction {
    const type = this.unit.functionType(fn.name);
    const ret = type?.kind === 'fn' ? type.ret : VOID;
    const cx = new FunctionContext(this.unit, fn.name, ret);
    const params = this.bindParams(cx, fn);
    const block = fn.body();
    const body = cx.inScope(() => liftBlockItems(cx, block.items));
    return {
      name: fn.name,
      ret,
      params,
      variadic: type?.kind === 'fn' && type.variadic,
      locals: cx.locals,
      body,
      loc: cx.loc(fn.at),
      endLine: cx.loc(block.end).line,
      unsupported: cx.unsupported,
      callees: [...cx.callees],
      provided: [...cx.provided],
    };
  }

  private bindParams(cx: FunctionContext, fn: FunctionDefinition): ModelFunction['params'] {
    const part = fn.declarator.parts[0];
    if (part?.kind !== 'function') return [];
    const params = [];
    for (const p of part.params) {
      const type = decay(cx.scope.declaratorType(cx.scope.specType(p.spec), p.declarator));
      if (type.kind === 'void') continue;
      const local = cx.newLocal(p.declarator.name ?? `unnamed${params.length}`, type, true);
      if (p.declarator.name !== null) cx.scope.bind(p.declarator.name, { kind: 'local', local });
      params.push(local);
    }
    return params;
  }

  /** A global's initialiser; null when it has none. Throws {@link NotLifted} when it is outside the subset. */
  globalInit(global: Global): readonly InitItem[] | null {
    const entry = this.unit.globals.get(global.name);
    if (entry === undefined || entry.item.init === null) return null;
    const cx = new FunctionContext(this.unit, global.name, VOID);
    cx.scope = new Scope(this.unit, this.unit.oracle);
    return liftInitialiser(cx, entry.item.init, global.type);
  }
}
