import { hasAttribute, hasBuiltin } from './preprocess-compiler.ts';

/** Names that GCC's preprocessor answers in `#if`. */
const predicateNames = new Set([
  '__has_attribute',
  '__has_builtin',
  '__has_include',
  '__has_include_next',
  '__has_feature',
  '__has_extension',
  '__has_cpp_attribute',
  '__has_c_attribute',
  '__has_declspec_attribute',
  '__has_warning',
]);

/** Macros that the preprocessor itself replaces. */
const specialNames = new Set([
  '__LINE__',
  '__FILE__',
  '__COUNTER__',
  '__INCLUDE_LEVEL__',
  '__BASE_FILE__',
  '__DATE__',
  '__TIME__',
  '__TIMESTAMP__',
]);

export function isSpecialName(name: string): boolean {
  return specialNames.has(name);
}

export function isBuiltIn(name: string): boolean {
  return specialNames.has(name) || predicateNames.has(name);
}

/** What the compiler says to `name(words)` in `#if`; null when it knows no such name. */
export function compilerPredicate(
  name: string,
  words: readonly string[],
  hasInclude: (spec: string, quoted: boolean) => boolean,
): number | null {
  const first = words[0] ?? '';
  switch (name) {
    case '__has_attribute':
      return hasAttribute(first) ? 1 : 0;
    case '__has_builtin':
      return hasBuiltin(first) ? 1 : 0;
    case '__has_include': {
      const quoted = first.startsWith('"');
      const spec = quoted ? first : words.join('');
      return hasInclude(spec.slice(1, -1), quoted) ? 1 : 0;
    }
    default:
      return predicateNames.has(name) ? 0 : null;
  }
}
