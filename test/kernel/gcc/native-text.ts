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

/** Some headers stand in for each other and define a tag twice. */
function definesTag(external: External, name: string): boolean {
  if (external.kind !== 'declaration' || external.items.length > 0) return false;
  return external.spec.type?.kind === 'record' && external.spec.type.tag === name;
}

const replacement = 'mmd_replace__';
const staticCall = 'mmd_static_call__';

/**
 * `provided`: what the native text defines itself; no declaration of the unit is taken for them. A function with a
 * stand-in in the driver is called by the stand-in's name and keeps only its prototype.
 */
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
  const replaced = new Set(
    [...declaring.keys()]
      .filter(n => n.startsWith(replacement))
      .map(n => n.slice(replacement.length)),
  );
  const endOf = (i: number): number => externals[i + 1]?.at ?? tokens.length;
  const textEnd = (i: number): number => {
    const external = externals[i] as External;
    if (external.kind !== 'function' || !replaced.has(external.name)) return endOf(i);
    return external.body().at;
  };
  const wanted = new Set<number>();
  const seen = new Set<string>(provided);
  const silenced = new Set<string>();
  const queue = [...roots];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (seen.has(name)) continue;
    if (name.startsWith('trace_')) {
      silenced.add(name);
      continue;
    }
    seen.add(name);
    if (replaced.has(name)) queue.push(replacement + name);
    if (declaring.has(staticCall + name)) queue.push(staticCall + name);
    for (const i of declaring.get(name) ?? []) {
      const sameTag = (k: number): boolean => definesTag(externals[k] as External, name);
      if (sameTag(i) && declaring.get(name)?.find(sameTag) !== i) continue;
      if (wanted.has(i)) continue;
      wanted.add(i);
      for (let t = (externals[i] as External).at; t < textEnd(i); t++) {
        const token = tokens[t];
        const before = tokens[t - 1]?.text;
        if (token?.kind === 'ident' && before !== '.' && before !== '->') queue.push(token.text);
      }
    }
  }
  // Trace points and what stands behind them are nothing a model keeps.
  const quiet = [...silenced].map(name => `#define ${name}(...) ((void)0)`);
  const text = [...wanted]
    .sort((a, b) => a - b)
    .map(i => {
      const from = (externals[i] as External).at;
      const end = textEnd(i);
      const text = tokens
        .slice(from, end)
        .map(t => (replaced.has(t.text) ? replacement + t.text : t.text))
        .join(' ');
      return end === endOf(i) ? text : `${text};`;
    });
  return [...quiet, ...text].join('\n');
}
