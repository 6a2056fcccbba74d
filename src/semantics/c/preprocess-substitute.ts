import { lexText, Tok } from './lex.ts';
import type { BodyItem, MacroDefinition } from './preprocess-macro.ts';

/** One use of a macro whose replacement needs more than a copy. */
export interface MacroUse {
  readonly name: Tok;
  readonly macro: MacroDefinition;
  /** Unexpanded; one per parameter. */
  readonly args: readonly (readonly Tok[])[];
  /** The argument of a parameter, expanded; the same list each time. */
  readonly expand: (param: number) => readonly Tok[];
}

/** Stands for an empty operand of `##` while a replacement is being built. */
const placemarker = new Tok('punct', '', '<placemarker>', 0, null, false);

/**
 * A token made by the use of a macro at `name`: it stands where the name stands in the file. In a name that itself
 * came from a macro's body that is the outer use; in one written among the arguments it is its own place.
 */
function made(kind: Tok['kind'], text: string, name: Tok, spaceBefore: boolean): Tok {
  return new Tok(kind, text, name.file, name.line, name.macro ?? name.text, spaceBefore);
}

/** The replacement of a macro that only needs a copy of its body. */
export function copyBody(name: Tok, macro: MacroDefinition): Tok[] {
  const { items } = macro.body;
  const tokens: Tok[] = new Array(items.length);
  for (let i = 0; i < items.length; i++) {
    const { tok } = items[i] as BodyItem;
    tokens[i] = made(tok.kind, tok.text, name, i === 0 ? name.spaceBefore : tok.spaceBefore);
  }
  return tokens;
}

export function substitute(use: MacroUse): Tok[] {
  const out: Tok[] = [];
  substituteInto(out, use.macro.body.items, use);
  const first = out[0];
  if (first !== undefined && first.spaceBefore !== use.name.spaceBefore) {
    out[0] = withSpace(first, use.name.spaceBefore);
  }
  return out;
}

function substituteInto(out: Tok[], items: readonly BodyItem[], use: MacroUse): void {
  let pasting = false;
  for (const item of items) {
    const piece = pieceOf(item, pasting || item.pasteNext, use);
    if (!pasting) append(out, piece, item.tok.spaceBefore);
    else if (!swallowComma(out, item, use.macro, piece)) paste(out, piece, use.name);
    if (item.pasteNext && !pasting && piece.length === 0) out.push(placemarker);
    pasting = item.pasteNext;
    if (!pasting && out[out.length - 1] === placemarker) out.pop();
  }
}

/** What an item contributes; operands of `##` are taken unexpanded. */
function pieceOf(item: BodyItem, raw: boolean, use: MacroUse): readonly Tok[] {
  const { name, args } = use;
  if (item.optional !== null) {
    if (use.expand(args.length - 1).length === 0) return [];
    const inner: Tok[] = [];
    substituteInto(inner, item.optional, use);
    return inner;
  }
  if (item.param < 0) return [made(item.tok.kind, item.tok.text, name, item.tok.spaceBefore)];
  const arg = args[item.param] as readonly Tok[];
  if (item.stringify) return [made('string', stringify(arg), name, item.tok.spaceBefore)];
  return raw ? arg : use.expand(item.param);
}

/** GNU `, ## __VA_ARGS__`: the comma goes when there are no further arguments, and nothing is pasted to it. */
function swallowComma(
  out: Tok[],
  item: BodyItem,
  macro: MacroDefinition,
  piece: readonly Tok[],
): boolean {
  const isRest =
    macro.body.variadic && item.param === (macro.params as readonly string[]).length - 1;
  if (!isRest || out[out.length - 1]?.text !== ',') return false;
  if (piece.length === 0) out.pop();
  else append(out, piece, item.tok.spaceBefore);
  return true;
}

function paste(out: Tok[], piece: readonly Tok[], name: Tok): void {
  const right = piece[0];
  if (right === undefined) return;
  const left = out.pop();
  if (left === undefined || left === placemarker) {
    append(out, piece, false);
    return;
  }
  out.push(...glue(left, right, name));
  for (let i = 1; i < piece.length; i++) out.push(piece[i] as Tok);
}

/** One token of two; both as they are when they do not make one, as GCC has it. */
function glue(left: Tok, right: Tok, name: Tok): Tok[] {
  const text = left.text + right.text;
  if (left.kind === 'ident' && (right.kind === 'ident' || /^\d+$/.test(right.text))) {
    return [made('ident', text, name, left.spaceBefore)];
  }
  const tokens = lexText(text, name.file);
  const only = tokens.length === 1 ? tokens[0] : undefined;
  return only === undefined ? [left, right] : [made(only.kind, text, name, left.spaceBefore)];
}

/** Names that met their own running expansion: never expanded again. Few, so no token has room for it. */
const frozenTokens = new WeakSet<Tok>();

export function isFrozen(tok: Tok): boolean {
  return frozenTokens.has(tok);
}

export function frozen(tok: Tok): Tok {
  const copy = new Tok(tok.kind, tok.text, tok.file, tok.line, tok.macro, tok.spaceBefore);
  frozenTokens.add(copy);
  return copy;
}

function withSpace(tok: Tok, spaceBefore: boolean): Tok {
  const copy = new Tok(tok.kind, tok.text, tok.file, tok.line, tok.macro, spaceBefore);
  if (frozenTokens.has(tok)) frozenTokens.add(copy);
  return copy;
}

/** Appends `piece`; its first token takes the white space of the parameter it replaces. */
function append(out: Tok[], piece: readonly Tok[], spaceBefore: boolean): void {
  const first = piece[0];
  if (first === undefined) return;
  out.push(first.spaceBefore === spaceBefore ? first : withSpace(first, spaceBefore));
  for (let i = 1; i < piece.length; i++) out.push(piece[i] as Tok);
}

function stringify(arg: readonly Tok[]): string {
  let text = '"';
  arg.forEach((tok, i) => {
    if (i > 0 && tok.spaceBefore) text += ' ';
    const quoted = tok.kind === 'string' || tok.kind === 'char';
    text += quoted ? tok.text.replace(/[\\"]/g, '\\$&') : tok.text;
  });
  return `${text}"`;
}
