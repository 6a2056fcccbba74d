/** Models as TypeScript modules: one per C file, their types, and the runtime they import. */
import type { CType } from '../c/types.ts';
import { Layout } from '../compile/layout.ts';
import type { Global, InitItem, ModelFunction } from '../ir/ir.ts';
import type { Lifter } from '../lift/lift.ts';
import { NotLifted } from '../lift/scope.ts';
import type { Shared } from './expressions.ts';
import { identifier } from './names.ts';
import { ModelPrinter } from './statements.ts';
import { TypesText } from './types-text.ts';
import { globalsOf } from './uses.ts';

export interface PrintedFunction {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly params: readonly { readonly name: string; readonly type: string }[];
  readonly result: string;
  readonly body: readonly string[];
}

export interface Printed {
  readonly functions: readonly PrintedFunction[];
  /** Text of types.ts after its imports. */
  readonly types: string;
  /** Statements that give the globals their initial values. */
  readonly start: readonly string[];
}

/** All models, as text. Members are laid out as the models use them. */
export function printModels(lifter: Lifter, models: ReadonlyMap<string, ModelFunction>): Printed {
  const inits = new Map<Global, readonly InitItem[]>();
  for (const global of globalsOf(models)) inits.set(global, initOf(lifter, global));
  const layout = new Layout();
  layout.use(models.values(), inits.values());
  const shared: Shared = {
    types: new TypesText(layout, [...models.keys()]),
    models,
    services: new Map(),
  };
  const functions = [...models.values()].map(model => printFunction(shared, model));
  const start = printStart(shared, inits);
  return { functions, start, types: `${shared.types.render()}\n\n${kernelInterface(shared)}` };
}

/** An initialiser outside the subset counts as zero, as it does in the engine. */
function initOf(lifter: Lifter, global: Global): readonly InitItem[] {
  try {
    return lifter.globalInit(global) ?? [];
  } catch (error) {
    if (error instanceof NotLifted) return [];
    throw error;
  }
}

function printFunction(shared: Shared, model: ModelFunction): PrintedFunction {
  const printer = new ModelPrinter(shared, model);
  const { params, result, body } = printer.function();
  return {
    name: identifier(model.name),
    file: model.loc.file,
    line: model.loc.line,
    params,
    result,
    body,
  };
}

function printStart(shared: Shared, inits: ReadonlyMap<Global, readonly InitItem[]>): string[] {
  const loc = { file: '', line: 0, macro: null };
  const nothing: CType = { kind: 'void' };
  const model: ModelFunction = {
    name: 'start',
    ret: nothing,
    params: [],
    variadic: false,
    locals: [],
    body: [],
    loc,
    endLine: 0,
    unsupported: [],
    callees: [],
    provided: [],
  };
  const printer = new ModelPrinter(shared, model);
  return [...inits].flatMap(([global, init]) =>
    printer.initialise(
      { kind: 'global', global, type: global.type },
      init.filter(item => isLinked(shared, item)),
    ),
  );
}

/** The engine leaves pointers to functions it has no model of null; so does this. */
function isLinked(shared: Shared, item: InitItem): boolean {
  let value = item.value;
  while (value.kind === 'convert') value = value.value;
  return value.kind !== 'text' && (value.kind !== 'function' || shared.models.has(value.name));
}

function kernelInterface(shared: Shared): string {
  const members = [...shared.services].map(([name, use]) => {
    if (use.result.has('')) return `  ${identifier(name)}: Atomic['${name}'];`;
    const params = use.args.map(
      (kinds, i) => `a${i}${i < use.fewest ? '' : '?'}: ${[...kinds].join(' | ')}`,
    );
    return `  ${identifier(name)}(${params.join(', ')}): ${[...use.result].join(' | ')};`;
  });
  return `interface Atomic {
  xchg<V>(at: Ref<V>, value: V): V;
  cmpxchg<V>(at: Ref<V>, old: V, value: V): V;
  try_cmpxchg<V>(at: Ref<V>, old: Ref<V>, value: V): boolean;
}

/** Services of the simulated kernel these models use. */
export interface Kernel {
${members.join('\n')}
}
export const k = services as Kernel;`;
}
