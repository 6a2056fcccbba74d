/** Codes of the C front end (src/semantics/c): text that is no C, or more of it than is read. */
import type { CodeEntry } from './entry.ts';

const CUT = 'Check the file: no kernel comes near this limit. Hostile input is the usual cause.';
const TREE = 'Check that the tree holds the file, and that --base names the right revision.';
const SYNTAX = 'Look at the line; a patch that breaks the build is the usual cause.';

export const cCodes: readonly CodeEntry[] = [
  {
    code: 'c/condition',
    means: 'the expression of an #if or #elif cannot be evaluated',
    todo: SYNTAX,
  },
  {
    code: 'c/conditional',
    means: 'an #else, #elif or #endif has no #if, or an #if no #endif',
    todo: SYNTAX,
  },
  { code: 'c/define', means: 'a #define is malformed, or tokens cannot be pasted', todo: SYNTAX },
  { code: 'c/directive', means: 'a preprocessor directive is malformed or unknown', todo: SYNTAX },
  {
    code: 'c/directive-count',
    means: 'more directives are carried out than is allowed',
    todo: CUT,
  },
  {
    code: 'c/error-directive',
    means: 'an #error is reached under the configuration',
    todo: 'Give another configuration with --config FILE.',
  },
  { code: 'c/file-missing', means: 'a source file of the MMU is not in the tree', todo: TREE },
  { code: 'c/file-too-long', means: 'a file is longer than is read', todo: CUT },
  { code: 'c/include-count', means: 'more files are included than is allowed', todo: CUT },
  { code: 'c/include-depth', means: 'includes are nested deeper than is allowed', todo: CUT },
  {
    code: 'c/include-missing',
    means: 'an included file is in none of the include folders',
    todo: TREE,
  },
  { code: 'c/line-too-long', means: 'a line is longer than is read', todo: CUT },
  {
    code: 'c/macro-arguments',
    means: 'a macro is used with too few or too many arguments',
    todo: SYNTAX,
  },
  { code: 'c/macro-depth', means: 'macro uses are nested deeper than is allowed', todo: CUT },
  { code: 'c/macro-size', means: 'a macro expands to more tokens than is allowed', todo: CUT },
  {
    code: 'c/nesting',
    means: 'parentheses, blocks or declarators are nested deeper than is allowed',
    todo: CUT,
  },
  { code: 'c/syntax', means: 'the text is no C; the message says what was expected', todo: SYNTAX },
  {
    code: 'c/unit-too-long',
    means: 'the preprocessed unit has more tokens than is allowed',
    todo: CUT,
  },
];
