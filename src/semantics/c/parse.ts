import type {
  BlockStmt,
  Declaration,
  Declarator,
  DeclPart,
  DeclSpec,
  External,
  FunctionDefinition,
  InitDeclarator,
  Token,
} from './ast.ts';
import type { CDiagnostic, CLimits } from './diagnostic.ts';
import type { FileTypedefs, Rules } from './parse-cursor.ts';
import { CSyntaxError, Cursor, isAsmWord } from './parse-cursor.ts';
import { assignment, conditional, expression, initializer } from './parse-expression.ts';
import { asmParts, block, openBlock, statement, staticAssert } from './parse-statement.ts';
import { attributes, declarator, declSpec, plainAttributes, typeName } from './parse-type.ts';

const rules: Rules = {
  expression,
  assignment,
  conditional,
  initializer,
  typeName,
  block,
  statement,
  declaration: c => declaration(c),
};

function initDeclarator(c: Cursor, found: Declarator): InitDeclarator {
  const init = c.eat('=') ? c.rules.initializer(c) : null;
  const after = attributes(c);
  const whole =
    after.length > 0 ? { ...found, attributes: [...found.attributes, ...after] } : found;
  return { declarator: whole, init };
}

/** The rest of a declaration whose first declarator has been read. */
function declarationAfter(c: Cursor, at: number, spec: DeclSpec, first: Declarator): Declaration {
  const isTypedef = spec.storage.includes('typedef');
  const items: InitDeclarator[] = [];
  for (let found = first; ; found = declarator(c, 'named')) {
    c.declare(found.name as string, isTypedef);
    items.push(initDeclarator(c, found));
    if (!c.eat(',')) break;
    plainAttributes(c);
  }
  c.need(';');
  return { kind: 'declaration', at, spec, items };
}

function declaration(c: Cursor): Declaration {
  const at = c.pos;
  const spec = declSpec(c);
  if (c.eat(';')) return { kind: 'declaration', at, spec, items: [] };
  if (spec.type === null && spec.storage.length === 0 && !spec.isConst)
    c.fail('expected a declaration');
  return declarationAfter(c, at, spec, declarator(c, 'named'));
}

/** Growing state of one unit's parse: tokens may be appended and parsing resumed. */
export interface ParseState {
  readonly tokens: readonly Token[];
  readonly externals: External[];
  /** Token after each external. */
  readonly ends: number[];
  readonly typedefs: FileTypedefs;
  readonly diagnostics: CDiagnostic[];
  readonly limits: CLimits;
  /** First token that has not been parsed. */
  next: number;
}

export function startParse(tokens: readonly Token[], limits: CLimits): ParseState {
  return {
    tokens,
    externals: [],
    ends: [],
    typedefs: new Map(),
    diagnostics: [],
    limits,
    next: 0,
  };
}

/** Number of tokens that both lists have in common at their beginning; the same objects, not merely alike. */
function commonPrefix(a: readonly Token[], b: readonly Token[]): number {
  const limit = Math.min(a.length, b.length);
  let i = 0;
  while (i < limit && a[i] === b[i]) i++;
  return i;
}

/** Starts with the declarations that an earlier parse made of the same tokens. */
export function resumeParse(
  tokens: readonly Token[],
  earlier: readonly ParseState[],
  limits: CLimits,
): ParseState {
  const state = startParse(tokens, limits);
  let best: ParseState | null = null;
  let shared = 0;
  for (const candidate of earlier) {
    if (candidate.diagnostics.length > 0) continue;
    const length = commonPrefix(tokens, candidate.tokens);
    if (length > shared) [best, shared] = [candidate, length];
  }
  if (best === null) return state;
  for (let i = 0; i < best.ends.length && (best.ends[i] as number) <= shared; i++) {
    state.externals.push(best.externals[i] as External);
    state.ends.push(best.ends[i] as number);
  }
  state.next = state.ends[state.ends.length - 1] ?? 0;
  for (const [name, at] of best.typedefs) if (at < state.next) state.typedefs.set(name, at);
  return state;
}

function functionBody(state: ParseState, params: DeclPart, from: number): () => BlockStmt {
  let parsed: BlockStmt | null = null;
  return () => {
    if (parsed !== null) return parsed;
    const c = new Cursor(state.tokens, from, state.typedefs, rules, state.limits, from);
    c.pushScope();
    if (params.kind === 'function') {
      for (const p of params.params)
        if (p.declarator.name !== null) c.declare(p.declarator.name, false);
    }
    parsed = openBlock(c);
    return parsed;
  };
}

function functionDefinition(
  state: ParseState,
  c: Cursor,
  at: number,
  spec: DeclSpec,
  found: Declarator,
): FunctionDefinition {
  const from = c.pos;
  c.pos = c.matching('{', '}');
  const body = functionBody(state, found.parts[0] as DeclPart, from);
  return {
    kind: 'function',
    at,
    name: found.name as string,
    spec,
    declarator: found,
    end: c.pos,
    body,
  };
}

function external(state: ParseState, c: Cursor): External | null {
  if (c.eat(';')) return null;
  const at = c.pos;
  if (isAsmWord(c.text())) {
    asmParts(c);
    c.eat(';');
    return { kind: 'asm', at };
  }
  if (c.is('_Static_assert')) return staticAssert(c);
  const spec = declSpec(c);
  if (c.eat(';')) return { kind: 'declaration', at, spec, items: [] };
  const first = declarator(c, 'named');
  if (first.parts[0]?.kind === 'function' && c.is('{'))
    return functionDefinition(state, c, at, spec, first);
  if (spec.type === null) c.fail('expected a declaration');
  return declarationAfter(c, at, spec, first);
}

/** Goes on after the declaration that could not be read: past its closing brace or semicolon. */
function skipExternal(c: Cursor, from: number): void {
  let depth = 0;
  for (c.pos = from; c.pos < c.tokens.length; ) {
    const { text } = c.tokens[c.pos++] as Token;
    if (text === '{') depth++;
    else if (text === '}' && --depth <= 0) return;
    else if (text === ';' && depth === 0) return;
  }
}

/** Parses all tokens that came since the last call; syntax errors become diagnostics. */
export function parseMore(state: ParseState): void {
  const c = new Cursor(
    state.tokens,
    state.next,
    state.typedefs,
    rules,
    state.limits,
    Number.POSITIVE_INFINITY,
  );
  while (c.pos < state.tokens.length) {
    const from = c.pos;
    try {
      const found = external(state, c);
      if (found !== null) {
        state.externals.push(found);
        state.ends.push(c.pos);
      }
    } catch (error) {
      if (!(error instanceof CSyntaxError)) throw error;
      state.diagnostics.push(error.diagnostic);
      // Each error may have cost a look through all tokens.
      if (state.diagnostics.length >= state.limits.maxDiagnostics) c.pos = state.tokens.length;
      if (c.pos >= state.tokens.length) break;
      c.resetScopes();
      skipExternal(c, from);
    }
  }
  state.next = c.pos;
}

/** Parses every function body from external `from` on and returns what could not be parsed. */
export function parseAllBodies(externals: readonly External[], from = 0): CDiagnostic[] {
  const diagnostics: CDiagnostic[] = [];
  for (let i = from; i < externals.length; i++) {
    const found = externals[i] as External;
    if (found.kind !== 'function') continue;
    try {
      found.body();
    } catch (error) {
      if (!(error instanceof CSyntaxError)) throw error;
      diagnostics.push(error.diagnostic);
    }
  }
  return diagnostics;
}
