import type { CDiagnostic, CLimits } from './diagnostic.ts';
import { LimitError } from './diagnostic.ts';
import type { FilePart, LexedFile } from './lex.ts';
import { lexFile, Tok } from './lex.ts';
import { Expander } from './preprocess-expand.ts';
import { Frame, includeTarget } from './preprocess-frame.ts';
import { Condition, ConditionError } from './preprocess-if.ts';
import type { MacroDefinition } from './preprocess-macro.ts';
import { defineMacro } from './preprocess-macro.ts';
import type { MemoStore } from './preprocess-memo.ts';
import { findMemo, keepMemo, Recorder } from './preprocess-memo.ts';
import { compilerPredicate, isBuiltIn, isSpecialName } from './preprocess-names.ts';
import type { SourceFiles, TreeFile } from './source.ts';

/** Answers `NAME(arguments)` in `#if`. */
export type Predicate = (args: readonly string[]) => number;

export interface PreprocessOptions {
  readonly opaque: ReadonlySet<string>;
  readonly limits: CLimits;
  /** What headers did before, under the same options. */
  readonly memos: MemoStore;
}

/** Headers included from headers are remembered too, to this depth: a patch may change only the outer one. */
const memoDepth = 3;

/** Turns files into one token stream, keeping the macro table between them. */
export class Preprocessor {
  readonly macros = new Map<string, MacroDefinition>();
  readonly out: Tok[] = [];
  readonly diagnostics: CDiagnostic[] = [];
  /** Predicates beside the compiler's own. */
  readonly predicates = new Map<string, Predicate>();
  readonly #files: SourceFiles;
  readonly #options: PreprocessOptions;
  readonly #locked = new Set<string>();
  readonly #once = new Set<string>();
  readonly #expander: Expander;
  #recorder: Recorder | null = null;
  #includeDepth = 0;
  #includes = 0;
  #directives = 0;
  #counter = 0;
  #baseFile = '';

  constructor(files: SourceFiles, options: PreprocessOptions) {
    this.#files = files;
    this.#options = options;
    this.#expander = new Expander({
      macros: this.macros,
      lookup: name => this.#lookup(name),
      opaque: options.opaque,
      limits: options.limits,
      report: (code, message, at) => this.#report(code, message, at.file, at.line),
      builtin: name => this.#special(name),
      takesName: name => name === 'defined' || this.predicates.has(name),
    });
  }

  /** Reads a file of the tree as the compiler reads its argument; false when there is no such file. */
  runFile(path: string): boolean {
    const file = this.#files.file(path);
    if (file === null) return false;
    this.#baseFile = path;
    this.#run(file.lexed(this.#options.limits));
    return true;
  }

  /** Reads a header of the tree as if it were included at this point; none there, nothing read. */
  runHeader(path: string): void {
    const file = this.#files.file(path);
    if (file !== null) this.#runHeader(file);
  }

  /** Reads text that is not in the tree; `name` should look like `<...>`. */
  runText(name: string, text: string): void {
    this.#baseFile = name;
    this.#run(lexFile(text, name, this.#options.limits));
  }

  /** Like {@link runText}, for definitions that win over all later ones. */
  runLocked(name: string, text: string): void {
    const before = new Map(this.macros);
    this.runText(name, text);
    for (const [key, macro] of this.macros) if (before.get(key) !== macro) this.#locked.add(key);
  }

  isDefined(name: string): boolean {
    return this.#lookup(name) !== undefined || isBuiltIn(name) || this.predicates.has(name);
  }

  #lookup(name: string): MacroDefinition | undefined {
    const macro = this.macros.get(name);
    if (this.#recorder !== null) this.#recorder.read(name, macro);
    return macro;
  }

  #find(spec: string, quoted: boolean, from: string): TreeFile | null {
    const found = this.#files.include(spec, quoted, from);
    this.#recorder?.resolve({ spec, quoted, from, found });
    return found;
  }

  /** The header at hand did something that its memo would not repeat. */
  #notRepeatable(): void {
    if (this.#recorder !== null) this.#recorder.repeatable = false;
  }

  #report(code: string, message: string, file: string, line: number): void {
    this.#notRepeatable();
    if (this.diagnostics.length < this.#options.limits.maxDiagnostics) {
      this.diagnostics.push({ code, message, file, line });
    }
  }

  #run(lexed: LexedFile): void {
    for (const d of lexed.diagnostics) this.#report(d.code, d.message, d.file, d.line);
    this.#includes++;
    const frame = new Frame(lexed, f => this.#advance(f));
    const { out } = this;
    const { opaque } = this.#options;
    const { tokens } = lexed;
    while (this.#advance(frame)) {
      while (frame.pos < frame.end) {
        const tok = tokens[frame.pos++] as Tok;
        if (tok.kind !== 'ident') {
          out.push(tok);
          continue;
        }
        const known = this.#lookup(tok.text);
        if (known !== undefined) {
          if (opaque.has(tok.text)) out.push(tok);
          else {
            this.#expander.expandUse(tok, known, frame, out);
            this.#checkSize(lexed.file);
          }
        } else if (tok.text.charCodeAt(0) !== 95 || !this.#expander.expandPseudo(tok, frame, out)) {
          out.push(tok);
        }
      }
      this.#checkSize(lexed.file);
    }
  }

  #checkSize(file: string): void {
    const { maxTokens } = this.#options.limits;
    if (this.out.length > maxTokens) {
      throw new LimitError({
        code: 'c/unit-too-long',
        message: `more than ${maxTokens} tokens after preprocessing`,
        file,
        line: 0,
      });
    }
  }

  /** Moves to the next text part that is compiled, carrying out the directives before it; false at the end. */
  #advance(frame: Frame): boolean {
    const { parts } = frame.lexed;
    for (;;) {
      const part = parts[frame.next];
      if (part === undefined) return false;
      frame.next++;
      if (part.name === '') {
        frame.pos = part.from;
        frame.end = part.to;
        return true;
      }
      this.#directive(frame, part);
    }
  }

  /** Bounds what headers can do that include one another, or hold nothing but directives. */
  #countWork(file: string, line: number): void {
    const { maxIncludes, maxDirectives } = this.#options.limits;
    const fail = (code: string, message: string): never => {
      throw new LimitError({ code, message, file, line });
    };
    if (this.#includes > maxIncludes) fail('c/include-count', `more than ${maxIncludes} includes`);
    if (++this.#directives > maxDirectives) {
      fail('c/directive-count', `more than ${maxDirectives} directives`);
    }
  }

  #directive(frame: Frame, part: FilePart): void {
    this.#countWork(frame.lexed.file, part.line);
    switch (part.name) {
      case 'if':
      case 'ifdef':
      case 'ifndef':
        frame.enterGroup(part, p => this.#holds(frame, p));
        return;
      case 'elif':
      case 'elifdef':
      case 'elifndef':
      case 'else':
        frame.skipToEnd(part);
        return;
      case 'define':
        this.#define(frame, part);
        return;
      case 'undef':
        this.#undef(frame, part);
        return;
      case 'include':
        this.#include(frame, part);
        return;
      case 'pragma':
        if (frame.lexed.tokens[part.from]?.text === 'once') {
          this.#once.add(frame.lexed.file);
          this.#notRepeatable();
        }
        return;
      case 'error':
        this.#report('c/error-directive', spelled(frame, part), frame.lexed.file, part.line);
        return;
      case 'endif':
      case 'null':
      case 'line':
      case 'warning':
      case 'ident':
        return;
      default:
        this.#report('c/directive', `unknown directive #${part.name}`, frame.lexed.file, part.line);
    }
  }

  #holds(frame: Frame, part: FilePart): boolean {
    const { tokens, file } = frame.lexed;
    const name = tokens[part.from];
    if (part.name !== 'if' && part.name !== 'elif') {
      if (name === undefined || part.from >= part.to || name.kind !== 'ident') {
        this.#report('c/directive', `#${part.name} wants a name`, file, part.line);
        return false;
      }
      return this.isDefined(name.text) !== part.name.endsWith('ndef');
    }
    try {
      const expanded = this.#expander.expandList(frame.words(part), true);
      const call = (callee: string, args: readonly Tok[]) => this.#predicate(callee, args, file);
      return new Condition(expanded, n => this.isDefined(n), call).evaluate();
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error;
      this.#report('c/condition', error.message, file, part.line);
      return false;
    }
  }

  #predicate(name: string, args: readonly Tok[], from: string): number | null {
    const words = args.filter(t => t.text !== ',').map(t => t.text);
    const own = this.predicates.get(name);
    if (own !== undefined) return own(words);
    return compilerPredicate(
      name,
      words,
      (spec, quoted) => this.#find(spec, quoted, from) !== null,
    );
  }

  #define(frame: Frame, part: FilePart): void {
    const { file } = frame.lexed;
    part.macro ??= defineMacro(part.definition, file, part.line);
    const { macro } = part;
    if (typeof macro === 'string') {
      this.#report('c/define', macro, file, part.line);
      return;
    }
    if (this.#locked.has(macro.name)) return;
    // Headers are full of macros that nobody uses: what is wrong with those is said on use.
    const error = this.#includeDepth === 0 ? macro.body.error : null;
    if (error !== null) this.#report('c/define', error, file, part.line);
    this.macros.set(macro.name, macro);
    this.#recorder?.writes.set(macro.name, macro);
  }

  #undef(frame: Frame, part: FilePart): void {
    const name = frame.lexed.tokens[part.from];
    if (name === undefined || part.from >= part.to) {
      this.#report('c/directive', '#undef wants a name', frame.lexed.file, part.line);
    } else if (!this.#locked.has(name.text)) {
      this.macros.delete(name.text);
      this.#recorder?.writes.set(name.text, undefined);
    }
  }

  #include(frame: Frame, part: FilePart): void {
    const { file } = frame.lexed;
    const fail = (code: string, message: string) => this.#report(code, message, file, part.line);
    let words = frame.words(part);
    if (words[0]?.kind === 'ident') words = this.#expander.expandList(words, false);
    const target = includeTarget(words);
    if (target === null) {
      fail('c/directive', '#include wants "file" or <file>');
      return;
    }
    const { spec, quoted } = target;
    const found = this.#find(spec, quoted, file);
    if (found === null) {
      fail('c/include-missing', `no such file: ${spec}`);
      return;
    }
    if (this.#once.has(found.path)) {
      this.#notRepeatable();
      return;
    }
    if (this.#isGuarded(found)) return;
    const { maxIncludeDepth } = this.#options.limits;
    if (this.#includeDepth >= maxIncludeDepth) {
      throw new LimitError({
        code: 'c/include-depth',
        message: `more than ${maxIncludeDepth} files include one another`,
        file,
        line: part.line,
      });
    }
    this.#includeDepth++;
    this.#runHeader(found);
    this.#includeDepth--;
  }

  /** Is the header's guard macro set, so that it would add nothing? */
  #isGuarded(header: TreeFile): boolean {
    const guard = header.guard(this.#options.limits);
    return guard !== null && this.#lookup(guard) !== undefined;
  }

  /** Reads a header, or does again what it did before when nothing it depends on has changed. */
  #runHeader(header: TreeFile): void {
    if (this.#includeDepth > memoDepth) {
      this.#run(header.lexed(this.#options.limits));
      return;
    }
    const { memos } = this.#options;
    const memo = findMemo(memos, header, {
      macros: this.macros,
      counter: this.#counter,
      include: (spec, quoted, from) => this.#files.include(spec, quoted, from),
    });
    if (memo !== null) {
      const { tokens } = memo;
      for (let i = 0; i < tokens.length; i++) this.out.push(tokens[i] as Tok);
      for (const [name, macro] of memo.writes) {
        if (macro === undefined) this.macros.delete(name);
        else this.macros.set(name, macro);
      }
      this.#counter += memo.counterAfter - memo.counterBefore;
      this.#recorder?.absorb(memo);
      this.#includes++;
      this.#checkSize(header.path);
      return;
    }
    this.#record(header);
  }

  #record(header: TreeFile): void {
    const outer = this.#recorder;
    const recorder = new Recorder(outer);
    const from = this.out.length;
    const counterBefore = this.#counter;
    this.#recorder = recorder;
    this.#run(header.lexed(this.#options.limits));
    this.#recorder = outer;
    if (recorder.repeatable) {
      const { reads, writes, resolutions } = recorder;
      keepMemo(this.#options.memos, {
        file: header,
        reads,
        writes,
        resolutions,
        tokens: this.out.slice(from),
        counterBefore,
        counterAfter: this.#counter,
        outermost: outer === null,
      });
    } else {
      this.#notRepeatable();
    }
    this.#recorder?.absorb(recorder);
  }

  #special(name: Tok): Tok | null {
    if (!isSpecialName(name.text)) return null;
    const make = (kind: 'number' | 'string', text: string) =>
      new Tok(kind, text, name.file, name.line, name.macro, name.spaceBefore);
    switch (name.text) {
      case '__LINE__':
        return make('number', String(name.line));
      case '__FILE__':
        return make('string', JSON.stringify(name.file));
      case '__BASE_FILE__':
        this.#notRepeatable();
        return make('string', JSON.stringify(this.#baseFile));
      case '__COUNTER__':
        return make('number', String(this.#counter++));
      case '__INCLUDE_LEVEL__':
        this.#notRepeatable();
        return make('number', String(this.#includeDepth));
      default:
        return make('string', '"??? ?? ????"');
    }
  }
}

function spelled(frame: Frame, part: FilePart): string {
  const words = frame.words(part).map(t => t.text);
  return `#${part.name} ${words.join(' ')}`.slice(0, 200);
}
