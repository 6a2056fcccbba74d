/** Statements of reference models. */
import { Node, type Statement, type VariableDeclaration } from 'ts-morph';
import { type CType, isScalar } from '../../c/types.ts';
import type { Stmt } from '../../ir/ir.ts';
import { convert } from '../../lift/expressions.ts';
import { type Env, inner, locOf, refuse } from './env.ts';
import { compileExpression, compileTest } from './expressions.ts';

export function compileBlock(env: Env, statements: readonly Statement[]): Stmt[] {
  const scope = inner(env);
  return statements.flatMap(s => compileStatement(scope, s));
}

function compileStatement(env: Env, s: Statement): Stmt[] {
  const loc = locOf(env, s);
  if (Node.isBlock(s)) return [{ kind: 'block', body: compileBlock(env, s.getStatements()), loc }];
  if (Node.isVariableStatement(s)) return s.getDeclarations().map(d => declaration(env, d));
  if (Node.isExpressionStatement(s)) {
    return [{ kind: 'expr', expr: compileExpression(env, s.getExpression()), loc }];
  }
  if (Node.isIfStatement(s)) {
    const otherwise = s.getElseStatement();
    return [
      {
        kind: 'if',
        test: compileTest(env, s.getExpression()),
        then: single(env, s.getThenStatement()),
        otherwise: otherwise === undefined ? null : single(env, otherwise),
        loc,
      },
    ];
  }
  if (Node.isWhileStatement(s)) {
    const test = compileTest(env, s.getExpression());
    return [
      {
        kind: 'loop',
        test,
        testLast: false,
        init: [],
        step: null,
        body: single(env, s.getStatement()),
        loc,
      },
    ];
  }
  if (Node.isReturnStatement(s)) return [returnStatement(env, s, loc)];
  if (Node.isBreakStatement(s)) return [{ kind: 'break', loc }];
  if (Node.isContinueStatement(s)) return [{ kind: 'continue', loc }];
  return refuse(s, 'a statement the model language does not have');
}

function returnStatement(
  env: Env,
  s: Node & { getExpression?(): unknown },
  loc: Stmt['loc'],
): Stmt {
  const value = Node.isReturnStatement(s) ? s.getExpression() : undefined;
  if (value === undefined) return { kind: 'return', value: null, loc };
  return { kind: 'return', value: convert(compileExpression(env, value), env.cx.ret), loc };
}

function single(env: Env, s: Statement): Stmt {
  const body = compileStatement(inner(env), s);
  const [only] = body;
  return body.length === 1 && only !== undefined
    ? only
    : { kind: 'block', body, loc: locOf(env, s) };
}

/** A local has the C type of its first value: that of a member, or of what a helper returns. */
function declaration(env: Env, d: VariableDeclaration): Stmt {
  const initializer = d.getInitializer();
  if (initializer === undefined) return refuse(d, 'a variable without a first value');
  const annotation = d.getTypeNode()?.getText();
  const first = compileExpression(env, initializer);
  const type = annotation === undefined ? first.type : annotated(env, d, annotation);
  if (!isScalar(type)) return refuse(d, 'a variable that is no integer and no pointer');
  const local = env.cx.newLocal(d.getName(), type, false);
  env.locals.set(d.getName(), local);
  const value = convert(first, type);
  return {
    kind: 'declare',
    local,
    init: [{ path: [], type, value }],
    cleanup: null,
    loc: locOf(env, d),
  };
}

function annotated(env: Env, d: VariableDeclaration, name: string): CType {
  const record = env.cx.unit.findTag(name);
  if (record === null) return refuse(d, `the tree has no struct ${name}`);
  return { kind: 'ptr', to: { kind: 'record', record } };
}
