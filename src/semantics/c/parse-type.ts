import type {
  Attribute,
  Declarator,
  DeclPart,
  DeclSpec,
  EnumSpec,
  Expr,
  FieldDecl,
  ParamDecl,
  RecordSpec,
  Storage,
  TypeName,
  TypeSpec,
} from './ast.ts';
import type { Cursor, WordKind } from './parse-cursor.ts';
import { isAsmWord, isAttributeWord, isQualifier, isReserved, wordKind } from './parse-cursor.ts';

const noAttributes: readonly Attribute[] = [];

function trimUnderscores(name: string): string {
  return name.replace(/^__(.+)__$/, '$1');
}

/** The list inside `__attribute__((...))`. */
function readAttributeList(c: Cursor, into: Attribute[]): void {
  c.pos++;
  const open = c.pos;
  if (!c.is('(') || c.text(1) !== '(') c.fail("expected '(('");
  const end = c.matching('(', ')');
  for (let i = open + 2; i < end - 2; ) {
    const name = c.tokens[i];
    c.pos = i + 1;
    if (name?.kind === 'ident') {
      const range = c.is('(') ? c.parens() : { from: c.pos, to: c.pos };
      into.push({ name: trimUnderscores(name.text), ...range });
    }
    i = c.pos;
  }
  c.pos = end;
}

/** Attributes, `asm("label")`, `_Alignas(...)` and `__extension__`, in any order. */
export function attributes(c: Cursor): readonly Attribute[] {
  let found: Attribute[] | null = null;
  for (;;) {
    const text = c.text();
    if (isAttributeWord(text)) {
      found ??= [];
      readAttributeList(c, found);
    } else if (text === '__extension__') {
      c.pos++;
    } else if (isAsmWord(text) || text === '_Alignas') {
      c.pos++;
      found ??= [];
      found.push({ name: text === '_Alignas' ? 'aligned' : 'asm', ...c.parens() });
    } else {
      return found ?? noAttributes;
    }
  }
}

/** Attributes where a label would make `asm` the start of something else. */
export function plainAttributes(c: Cursor): readonly Attribute[] {
  let found: Attribute[] | null = null;
  while (isAttributeWord(c.text()) || c.is('__extension__')) {
    if (c.eat('__extension__')) continue;
    found ??= [];
    readAttributeList(c, found);
  }
  return found ?? noAttributes;
}

const storageKinds = new Map<string, Storage>([
  ['typedef', 'typedef'],
  ['extern', 'extern'],
  ['static', 'static'],
  ['auto', 'auto'],
  ['register', 'register'],
  ['inline', 'inline'],
  ['__inline', 'inline'],
  ['__inline__', 'inline'],
  ['_Noreturn', 'noreturn'],
  ['__thread', 'thread'],
  ['_Thread_local', 'thread'],
]);
const wordSpellings = new Map([
  ['__signed__', 'signed'],
  ['__signed', 'signed'],
]);

interface SpecParts {
  readonly storage: Storage[];
  readonly words: string[];
  readonly attributes: Attribute[];
  isConst: boolean;
  isVolatile: boolean;
  type: TypeSpec | null;
}

/** Takes one specifier; false when the token at hand is none. */
function specifier(c: Cursor, s: SpecParts): boolean {
  const tok = c.token();
  if (tok === undefined || tok.kind !== 'ident') return false;
  const { text } = tok;
  const kind = wordKind(text);
  switch (kind) {
    case 'storage':
      s.storage.push(storageKinds.get(text) as Storage);
      c.pos++;
      return true;
    case 'qualifier':
      if (text.includes('const')) s.isConst = true;
      if (text.includes('volatile')) s.isVolatile = true;
      c.pos++;
      return true;
    case 'attribute':
    case 'extension':
      s.attributes.push(...plainAttributes(c));
      return true;
    case 'aligned':
      s.attributes.push(...attributes(c));
      return true;
    case 'basic':
      if (s.type !== null) return false;
      s.words.push(wordSpellings.get(text) ?? text);
      c.pos++;
      return true;
    default:
      if (s.type !== null || s.words.length > 0) return false;
      s.type = typeSpec(c, kind, text);
      return s.type !== null;
  }
}

/** A type that one word begins; null when this word does not. */
function typeSpec(c: Cursor, kind: WordKind | undefined, text: string): TypeSpec | null {
  switch (kind) {
    case 'record':
      return recordSpec(c);
    case 'enum':
      return enumSpec(c);
    case 'typeof':
      return typeofSpec(c);
    case 'auto-type':
      c.pos++;
      return { kind: 'auto-type' };
    case undefined:
      if (!c.isTypedefName(text)) return null;
      c.pos++;
      return { kind: 'typedef-name', name: text };
    default:
      return null;
  }
}

export function declSpec(c: Cursor): DeclSpec {
  const at = c.pos;
  const s: SpecParts = {
    storage: [],
    words: [],
    attributes: [],
    isConst: false,
    isVolatile: false,
    type: null,
  };
  while (specifier(c, s));
  const type: TypeSpec | null = s.words.length > 0 ? { kind: 'basic', words: s.words } : s.type;
  return {
    at,
    storage: s.storage,
    isConst: s.isConst,
    isVolatile: s.isVolatile,
    type,
    attributes: s.attributes.length > 0 ? s.attributes : noAttributes,
  };
}

function typeofSpec(c: Cursor): TypeSpec {
  c.pos++;
  c.need('(');
  c.down();
  const type = c.startsType() ? c.rules.typeName(c) : null;
  const expr = type === null ? c.rules.expression(c) : null;
  c.up();
  c.need(')');
  return { kind: 'typeof', type, expr };
}

function optionalTag(c: Cursor): string | null {
  const tok = c.token();
  if (tok?.kind !== 'ident') return null;
  c.pos++;
  return tok.text;
}

function recordSpec(c: Cursor): RecordSpec {
  const at = c.pos;
  const which = c.eat('struct') ? 'struct' : 'union';
  if (which === 'union') c.need('union');
  const found = [...plainAttributes(c)];
  const tag = optionalTag(c);
  found.push(...plainAttributes(c));
  let fields: FieldDecl[] | null = null;
  if (c.eat('{')) {
    c.down();
    fields = [];
    while (!c.eat('}')) fieldLine(c, fields);
    c.up();
    found.push(...plainAttributes(c));
  } else if (tag === null) {
    c.fail("expected a tag or '{'");
  }
  return { kind: 'record', which, tag, fields, attributes: found, at };
}

function fieldLine(c: Cursor, fields: FieldDecl[]): void {
  if (c.eat(';')) return;
  if (c.is('_Static_assert')) {
    c.pos++;
    c.parens();
    c.need(';');
    return;
  }
  const at = c.pos;
  const spec = declSpec(c);
  if (spec.type === null) c.fail('expected a member');
  if (c.eat(';')) {
    fields.push({ at, spec, declarator: null, bits: null });
    return;
  }
  do {
    const fieldAt = c.pos;
    let found: Declarator | null = c.is(':') ? null : declarator(c, 'named');
    const bits: Expr | null = c.eat(':') ? c.rules.conditional(c) : null;
    const after = attributes(c);
    if (after.length > 0 && found !== null) {
      found = { ...found, attributes: [...found.attributes, ...after] };
    }
    fields.push({ at: fieldAt, spec, declarator: found, bits });
  } while (c.eat(','));
  c.need(';');
}

function enumSpec(c: Cursor): EnumSpec {
  const at = c.pos;
  c.need('enum');
  plainAttributes(c);
  const tag = optionalTag(c);
  plainAttributes(c);
  if (!c.eat('{')) {
    if (tag === null) c.fail("expected a tag or '{'");
    return { kind: 'enum', tag, members: null, at };
  }
  const members: { name: string; value: Expr | null }[] = [];
  while (!c.eat('}')) {
    const name = c.identifier();
    attributes(c);
    const value = c.eat('=') ? c.rules.conditional(c) : null;
    members.push({ name, value });
    c.declare(name, false);
    if (!c.eat(',') && !c.is('}')) c.fail("expected ',' or '}'");
  }
  plainAttributes(c);
  return { kind: 'enum', tag, members, at };
}

/** `named` must have a name, `abstract` must not, `either` may (parameters). */
export type Naming = 'named' | 'abstract' | 'either';

export function declarator(c: Cursor, naming: Naming): Declarator {
  const at = c.pos;
  const parts: DeclPart[] = [];
  const found: Attribute[] = [];
  const name = declaratorInto(c, naming, parts, found);
  if (naming === 'named' && name === null) c.fail('expected a name');
  return { at, name, parts, attributes: found.length > 0 ? found : noAttributes };
}

function declaratorInto(
  c: Cursor,
  naming: Naming,
  parts: DeclPart[],
  found: Attribute[],
): string | null {
  c.down();
  let pointers = 0;
  for (;;) {
    found.push(...plainAttributes(c));
    if (c.eat('*')) pointers++;
    else if (pointers > 0 && isQualifier(c.text())) c.pos++;
    else break;
  }
  let name: string | null = null;
  if (c.is('(') && opensDeclarator(c, naming)) {
    c.pos++;
    name = declaratorInto(c, naming, parts, found);
    c.need(')');
  } else if (
    naming !== 'abstract' &&
    c.token()?.kind === 'ident' &&
    !isReserved(c.text() as string)
  ) {
    name = c.identifier();
  }
  suffixes(c, parts);
  for (let i = 0; i < pointers; i++) parts.push({ kind: 'pointer' });
  found.push(...attributes(c));
  c.up();
  return name;
}

/** Is the `(` at hand one around a declarator, rather than a parameter list? */
function opensDeclarator(c: Cursor, naming: Naming): boolean {
  const next = c.tokens[c.pos + 1];
  if (next === undefined) return false;
  if (next.text === '*' || next.text === '(' || isAttributeWord(next.text)) return true;
  if (next.text === '[') return naming !== 'named';
  if (next.kind !== 'ident' || naming === 'abstract') return false;
  return naming === 'named' ? !isReserved(next.text) : !c.startsType(1);
}

function suffixes(c: Cursor, parts: DeclPart[]): void {
  for (;;) {
    if (c.eat('[')) {
      while (c.is('static') || isQualifier(c.text())) c.pos++;
      const size = c.is(']') ? null : c.rules.expression(c);
      c.need(']');
      parts.push({ kind: 'array', size });
    } else if (c.eat('(')) {
      parts.push(parameters(c));
    } else {
      return;
    }
    c.checkChain(parts.length);
  }
}

/** Parameters up to the closing parenthesis; `(void)` and `()` are both none. */
function parameters(c: Cursor): DeclPart {
  const params: ParamDecl[] = [];
  let variadic = false;
  c.pushScope();
  if (c.is('void') && c.text(1) === ')') c.pos++;
  if (!c.eat(')')) {
    for (;;) {
      if (c.eat('...')) variadic = true;
      else params.push(parameter(c));
      if (!c.eat(',')) break;
    }
    c.need(')');
  }
  c.popScope();
  return { kind: 'function', params, variadic };
}

function parameter(c: Cursor): ParamDecl {
  const at = c.pos;
  const spec = declSpec(c);
  if (spec.type === null && spec.storage.length === 0 && !spec.isConst)
    c.fail('expected a parameter');
  const found = declarator(c, 'either');
  if (found.name !== null) c.declare(found.name, false);
  return { at, spec, declarator: found };
}

export function typeName(c: Cursor): TypeName {
  const at = c.pos;
  const spec = declSpec(c);
  if (spec.type === null) c.fail('expected a type');
  return { at, spec, declarator: declarator(c, 'abstract') };
}
