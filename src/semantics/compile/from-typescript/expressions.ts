/** Expressions of reference models, typed by the tree. */
import { type BinaryExpression, type CallExpression, type Expression, Node } from 'ts-morph';
import { BOOL, type CType, INT, isPtr, pointerTo, ULONG, VOID } from '../../c/types.ts';
import type { BinaryOperator, Expr, Place } from '../../ir/ir.ts';
import { REPLACE_PREFIX } from '../../lift/calls.ts';
import {
  addressOf,
  binary,
  constant,
  convert,
  derefPlace,
  fieldPath,
  loadPlace,
  memberPlace,
} from '../../lift/expressions.ts';
import { PRIMITIVES } from '../../lift/primitives.ts';
import { type Env, locOf, refuse } from './env.ts';

const operators: Readonly<Record<string, BinaryOperator>> = {
  '===': '==',
  '!==': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  '+': '+',
  '-': '-',
  '*': '*',
  '&': '&',
  '|': '|',
  '^': '^',
  '<<': '<<',
  '>>': '>>',
};

/** As a condition of the IR: any scalar. */
export function compileTest(env: Env, e: Expression): Expr {
  return compileExpression(env, e);
}

export function compileExpression(env: Env, e: Expression): Expr {
  const loc = locOf(env, e);
  if (Node.isParenthesizedExpression(e)) return compileExpression(env, e.getExpression());
  if (Node.isNumericLiteral(e)) return constant(BigInt(e.getText()), INT, loc);
  if (Node.isBigIntLiteral(e)) return constant(BigInt(e.getText().slice(0, -1)), ULONG, loc);
  if (Node.isTrueLiteral(e)) return constant(1n, BOOL, loc);
  if (Node.isFalseLiteral(e)) return constant(0n, BOOL, loc);
  if (Node.isIdentifier(e) && e.getText() === 'NULL') return constant(0n, pointerTo(VOID), loc);
  if (Node.isIdentifier(e) || Node.isPropertyAccessExpression(e)) return read(env, e);
  if (Node.isCallExpression(e)) return call(env, e);
  if (Node.isBinaryExpression(e)) return binaryExpression(env, e);
  if (Node.isConditionalExpression(e)) {
    const then = compileExpression(env, e.getWhenTrue());
    const otherwise = compileExpression(env, e.getWhenFalse());
    const type = isPtr(otherwise.type) && !isPtr(then.type) ? otherwise.type : then.type;
    const test = compileTest(env, e.getCondition());
    return {
      kind: 'choose',
      type,
      loc,
      test,
      then: convert(then, type),
      otherwise: convert(otherwise, type),
    };
  }
  if (Node.isPrefixUnaryExpression(e) && e.getText().startsWith('!')) {
    return { kind: 'not', type: INT, loc, value: compileExpression(env, e.getOperand()) };
  }
  return refuse(e, 'an expression the model language does not have');
}

/** A record in a value position is a pointer to it, as its view is in TypeScript. */
function read(env: Env, e: Expression): Expr {
  const loc = locOf(env, e);
  if (Node.isIdentifier(e) && !env.locals.has(e.getText())) {
    const name = env.cx.unit.find(e.getText());
    if (name?.kind === 'constant') return constant(name.value, INT, loc);
    if (name?.kind === 'function') {
      const type = env.cx.unit.functionType(e.getText()) ?? VOID;
      env.cx.callees.add(e.getText());
      return { kind: 'function', type: pointerTo(type), loc, name: e.getText() };
    }
  }
  const place = compilePlace(env, e);
  if (place.type.kind === 'record') return addressOf(place, loc, pointerTo(place.type));
  return loadPlace(place, loc, 'plain');
}

function compilePlace(env: Env, e: Expression): Place {
  if (Node.isIdentifier(e)) {
    const local = env.locals.get(e.getText());
    if (local !== undefined) return { kind: 'local', local, type: local.type };
    const name = env.cx.unit.find(e.getText());
    if (name?.kind === 'global')
      return { kind: 'global', global: name.global, type: name.global.type };
    return refuse(e, 'a name the tree does not have');
  }
  if (!Node.isPropertyAccessExpression(e)) return refuse(e, 'no place');
  const base = e.getExpression();
  const pointer = read(env, base);
  if (!isPtr(pointer.type)) return refuse(e, 'a member of something that is no record');
  return memberPlace(derefPlace(pointer, 0), e.getName(), 0);
}

function binaryExpression(env: Env, e: BinaryExpression): Expr {
  const loc = locOf(env, e);
  const op = e.getOperatorToken().getText();
  if (op === '=') {
    const place = compilePlace(env, e.getLeft());
    const value = convert(compileExpression(env, e.getRight()), place.type);
    return {
      kind: 'assign',
      type: place.type,
      loc,
      place,
      op: null,
      opType: place.type,
      value,
      mode: 'plain',
    };
  }
  const left = compileExpression(env, e.getLeft());
  const right = compileExpression(env, e.getRight());
  if (op === '&&' || op === '||') return { kind: 'logical', type: INT, loc, op, left, right };
  const known = operators[op];
  if (known === undefined) return refuse(e, 'an operator the model language does not have');
  return binary(known, left, right, loc, 0);
}

function call(env: Env, e: CallExpression): Expr {
  const callee = e.getExpression();
  const args = e.getArguments().filter(Node.isExpression);
  const written = callee.getText();
  // Where the environment stands in for a helper, it does so for references too.
  const standIn = `${REPLACE_PREFIX}${written}`;
  const name = env.cx.unit.functions.has(standIn) ? standIn : written;
  if (name === 'READ_ONCE') return marked(env, e, args);
  if (name === 'containerOf') return containerOf(env, e, args);
  if (Node.isPropertyAccessExpression(callee) && callee.getExpression().getText() === 'k') {
    return service(env, e, callee.getName(), args);
  }
  const type: CType = env.cx.unit.functionType(name) ?? VOID;
  if (type.kind !== 'fn') return refuse(e, 'a function the tree does not have');
  env.cx.callees.add(name);
  const values = args.map((arg, i) => convert(compileExpression(env, arg), type.params[i] ?? VOID));
  return { kind: 'call', type: type.ret, loc: locOf(env, e), name, args: values };
}

function marked(env: Env, e: CallExpression, args: readonly Expression[]): Expr {
  const [only] = args;
  if (only === undefined) return refuse(e, 'READ_ONCE() of nothing');
  return loadPlace(compilePlace(env, only), locOf(env, e), 'marked');
}

function containerOf(env: Env, e: CallExpression, args: readonly Expression[]): Expr {
  const [pointer, record, member] = args;
  if (pointer === undefined || !Node.isStringLiteral(record) || !Node.isStringLiteral(member)) {
    return refuse(e, 'containerOf() wants a pointer, a record and a member');
  }
  const info = env.cx.unit.findTag(record.getLiteralValue());
  if (info === null) return refuse(e, 'a record the tree does not have');
  const type: CType = { kind: 'record', record: info };
  const path = fieldPath(type, [member.getLiteralValue()], 0);
  const value = compileExpression(env, pointer);
  return { kind: 'container-of', type: pointerTo(type), loc: locOf(env, e), value, path };
}

function service(env: Env, e: CallExpression, name: string, args: readonly Expression[]): Expr {
  const loc = locOf(env, e);
  const notes = args.filter(Node.isStringLiteral).map(s => s.getLiteralValue());
  const values = args.filter(a => !Node.isStringLiteral(a)).map(a => compileExpression(env, a));
  if (name === 'warn') {
    const [condition] = values;
    if (condition === undefined) return refuse(e, 'warn() of nothing');
    const truth: Expr = { kind: 'convert', type: BOOL, loc, value: condition };
    return {
      kind: 'primitive',
      type: INT,
      loc,
      name,
      args: [convert(truth, INT)],
      note: notes.join(''),
    };
  }
  const primitive = PRIMITIVES.get(name);
  if (primitive === undefined) return refuse(e, 'a service the simulated kernel does not have');
  for (const value of values) if (value.kind === 'function') env.cx.callees.add(value.name);
  const shapes: Readonly<Record<string, CType>> = {
    int: INT,
    bool: BOOL,
    u64: ULONG,
    pointer: pointerTo(VOID),
    prototype: INT,
  };
  const type = shapes[primitive.returns] ?? VOID;
  return { kind: 'primitive', type, loc, name, args: values, note: notes.join('') };
}
