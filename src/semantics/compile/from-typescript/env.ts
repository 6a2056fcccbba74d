import type { Node } from 'ts-morph';
import type { Loc, Local } from '../../ir/ir.ts';
import type { FunctionContext } from '../../lift/context.ts';

export interface Env {
  readonly cx: FunctionContext;
  /** The model's file, for provenance. */
  readonly file: string;
  readonly locals: Map<string, Local>;
}

/** The model does not fit the tree, or uses what the language does not have. */
export class Refused extends Error {}

export function locOf(env: Env, node: Node): Loc {
  return { file: env.file, line: node.getStartLineNumber(), macro: null };
}

export function refuse(node: Node, what: string): never {
  throw new Refused(`line ${node.getStartLineNumber()}: ${what}: ${node.getText().slice(0, 60)}`);
}

/** A block has names of its own. */
export function inner(env: Env): Env {
  return { ...env, locals: new Map(env.locals) };
}
