/**
 * The part of a parsed unit that some functions need, as C text for a native compiler: their declarations and bodies
 * token by token, in their order, with everything the names in them mention.
 */
import type { DeclSpec, External, TranslationUnit } from '../../../src/semantics/c/ast.ts';

function specNames(spec: DeclSpec, names: string[]): void {
  const type = spec.type;
  if (type?.kind === 'enum') {
    if (type.tag !== null) names.push(type.tag);
    for (const member of type.members ?? []) names.push(member.name);
  }
  if (type?.kind !== 'record') return;
  // A mere mention of a tag declares nothing another declaration could need.
  if (type.tag !== null && type.fields !== null) names.push(type.tag);
  for (const field of type.fields ?? []) specNames(field.spec, names);
}

function declaredNames(external: External): string[] {
  const names: string[] = [];
  if (external.kind === 'function') names.push(external.name);
  if (external.kind === 'declaration') {
    for (const item of external.items) if (item.declarator.name) names.push(item.declarator.name);
  }
  if (external.kind === 'function' || external.kind === 'declaration') {
    specNames(external.spec, names);
  }
  return names;
}

/** Names the native text defines itself: no declaration of the unit is taken for them. */
export function nativeText(
  unit: TranslationUnit,
  roots: readonly string[],
  provided: ReadonlySet<string>,
): string {
  const { tokens, externals } = unit;
  const declaring = new Map<string, number[]>();
  externals.forEach((external, i) => {
    for (const name of declaredNames(external)) {
      const list = declaring.get(name);
      if (list === undefined) declaring.set(name, [i]);
      else list.push(i);
    }
  });
  const endOf = (i: number): number => externals[i + 1]?.at ?? tokens.length;
  const wanted = new Set<number>();
  const seen = new Set<string>(provided);
  const queue = [...roots];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const i of declaring.get(name) ?? []) {
      if (wanted.has(i)) continue;
      wanted.add(i);
      for (let t = (externals[i] as External).at; t < endOf(i); t++) {
        const token = tokens[t];
        const before = tokens[t - 1]?.text;
        if (token?.kind === 'ident' && before !== '.' && before !== '->') queue.push(token.text);
      }
    }
  }
  return [...wanted]
    .sort((a, b) => a - b)
    .map(i => {
      const from = (externals[i] as External).at;
      return tokens
        .slice(from, endOf(i))
        .map(t => t.text)
        .join(' ');
    })
    .join('\n');
}
