/**
 * Reference models to IR: every name gets the meaning it has in the tree's unit, so that fields, widths and signatures
 * are the tree's own. A model that does not fit the tree (another signature, a field that is not there) is left out,
 * and why is said.
 */
import type { FunctionDeclaration, SourceFile } from 'ts-morph';
import { type CType, VOID } from '../../c/types.ts';
import type { Local, ModelFunction } from '../../ir/ir.ts';
import { FunctionContext } from '../../lift/context.ts';
import type { Lifter } from '../../lift/lift.ts';
import { NotLifted } from '../../lift/scope.ts';
import { type Env, Refused } from './env.ts';
import { compileBlock } from './statements.ts';

export interface Compiled {
  readonly models: ReadonlyMap<string, ModelFunction>;
  /** Models of the file that do not fit this tree, by name. */
  readonly refused: ReadonlyMap<string, string>;
}

/** Compiles the exported functions of a file; `name` is what provenance says. */
export async function compileReferences(
  lifter: Lifter,
  name: string,
  text: string,
): Promise<Compiled> {
  const { Project } = await import('ts-morph');
  const project = new Project({ useInMemoryFileSystem: true, skipLoadingLibFiles: true });
  return compileFile(lifter, name, project.createSourceFile('/model.ts', text));
}

function compileFile(lifter: Lifter, name: string, source: SourceFile): Compiled {
  const models = new Map<string, ModelFunction>();
  const refused = new Map<string, string>();
  for (const fn of source.getFunctions().filter(f => f.isExported())) {
    const own = fn.getName() ?? '';
    try {
      models.set(own, compileFunction(lifter, name, fn));
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof NotLifted)) throw error;
      refused.set(own, error.message);
    }
  }
  return { models, refused };
}

function compileFunction(lifter: Lifter, file: string, fn: FunctionDeclaration): ModelFunction {
  const name = fn.getName() ?? '';
  const type: CType = lifter.unit.functionType(name) ?? VOID;
  if (type.kind !== 'fn') throw new Refused(`the tree has no ${name}()`);
  const parameters = fn.getParameters();
  if (parameters.length !== type.params.length) {
    throw new Refused(
      `${name}() takes ${type.params.length} arguments here, not ${parameters.length}`,
    );
  }
  const cx = new FunctionContext(lifter.unit, name, type.ret);
  const env: Env = { cx, file, locals: new Map<string, Local>() };
  const params = parameters.map((p, i) => {
    const local = cx.newLocal(p.getName(), type.params[i] as CType, true);
    env.locals.set(p.getName(), local);
    return local;
  });
  const body = compileBlock(env, fn.getStatements());
  return {
    name,
    ret: type.ret,
    params,
    variadic: false,
    locals: cx.locals,
    body,
    loc: { file, line: fn.getStartLineNumber(), macro: null },
    endLine: fn.getEndLineNumber(),
    unsupported: cx.unsupported,
    callees: [...cx.callees],
    provided: [...cx.provided],
  };
}
