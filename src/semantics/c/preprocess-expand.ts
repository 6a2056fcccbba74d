import type { CLimits } from './diagnostic.ts';
import { LimitError } from './diagnostic.ts';
import type { Tok } from './lex.ts';
import type { MacroDefinition } from './preprocess-macro.ts';
import { copyBody, frozen, isFrozen, substitute } from './preprocess-substitute.ts';

/** Where the expander goes on reading when an argument list runs past the tokens it was given. */
export interface TokenSource {
  /** The next raw token without taking it, or null at the end. */
  readonly peek: () => Tok | null;
  readonly take: () => Tok | null;
}

const emptySource: TokenSource = { peek: () => null, take: () => null };

/** Tokens being read. A null `macro` is an argument or a directive line: reading stops at its end. */
interface Context {
  readonly tokens: readonly Tok[];
  pos: number;
  readonly macro: MacroDefinition | null;
}

export interface ExpandHost {
  readonly macros: ReadonlyMap<string, MacroDefinition>;
  /** Like `macros.get`, and notes that the name was looked up. */
  readonly lookup: (name: string) => MacroDefinition | undefined;
  /** Function-like and object-like names that stay as they stand outside of `#if`. */
  readonly opaque: ReadonlySet<string>;
  readonly limits: CLimits;
  readonly report: (code: string, message: string, at: Tok) => void;
  /** `__LINE__`, `__FILE__`, `__COUNTER__` and the like; null for any other name. */
  readonly builtin: (name: Tok) => Tok | null;
  /** Names that take a name in `#if`, which is then not expanded. */
  readonly takesName: (name: string) => boolean;
}

/**
 * Macro expansion as GCC's preprocessor does it: a macro is disabled while its replacement is being read, and a name
 * that meets its own disabled macro is never expanded again. (Hide sets cost an allocation per token and differ from
 * GCC where an argument list runs past the end of a replacement.)
 */
export class Expander {
  readonly #host: ExpandHost;
  #contexts: Context[] = [];
  #source: TokenSource = emptySource;
  #site: Tok | null = null;
  #produced = 0;
  #work = 0;
  #depth = 0;
  #inCondition = false;

  constructor(host: ExpandHost) {
    this.#host = host;
  }

  /** The macro that `tok` would be expanded by right now, or null. */
  macroOf(tok: Tok): MacroDefinition | null {
    const macro = this.#host.lookup(tok.text);
    if (macro === undefined) return null;
    return this.#host.opaque.has(tok.text) && !this.#inCondition ? null : macro;
  }

  /** Expands the use of `macro` at `name`, whose arguments come from `source`, into `out`. */
  expandUse(name: Tok, macro: MacroDefinition, source: TokenSource, out: Tok[]): void {
    this.#guarded(source, name, () => {
      if (this.#enter(name, macro)) this.#drain(out);
      else out.push(name);
    });
  }

  /** Handles `__LINE__`, `_Pragma(...)` and the like at the top level; false when `name` is none of them. */
  expandPseudo(name: Tok, source: TokenSource, out: Tok[]): boolean {
    let done = false;
    this.#guarded(source, name, () => {
      done = this.#pseudo(name, out);
    });
    return done;
  }

  /** Expands a whole token list, which nothing follows. With `inCondition`, `defined X` is left alone. */
  expandList(tokens: readonly Tok[], inCondition: boolean): Tok[] {
    const out: Tok[] = [];
    const first = tokens[0];
    if (first === undefined) return out;
    this.#guarded(emptySource, first, () => {
      this.#inCondition = inCondition;
      this.#contexts.push({ tokens, pos: 0, macro: null });
      this.#drain(out);
    });
    return out;
  }

  #guarded(source: TokenSource, site: Tok, run: () => void): void {
    const saved = [
      this.#contexts,
      this.#source,
      this.#site,
      this.#produced,
      this.#inCondition,
    ] as const;
    this.#contexts = [];
    this.#source = source;
    this.#site = site;
    this.#produced = 0;
    try {
      run();
    } finally {
      for (const context of this.#contexts)
        if (context.macro !== null) context.macro.disabled = false;
      [this.#contexts, this.#source, this.#site, this.#produced, this.#inCondition] = saved;
    }
  }

  #fail(code: string, message: string): never {
    const site = this.#site as Tok;
    throw new LimitError({ code, message, file: site.file, line: site.line });
  }

  /** Every token made on the way counts, against the bound of this macro use and that of the unit. */
  #count(tokens: number): void {
    const { maxExpansionTokens, maxExpansionWork } = this.#host.limits;
    this.#produced += tokens;
    this.#work += tokens;
    if (this.#produced > maxExpansionTokens) {
      const message = `expansion of ${this.#site?.text} makes more than ${maxExpansionTokens} tokens`;
      this.#fail('c/macro-size', message);
    }
    if (this.#work > maxExpansionWork) {
      this.#fail('c/macro-size', `expansions make more than ${maxExpansionWork} tokens in all`);
    }
  }

  /** Reads to the end of the current contexts, or of the argument on top, expanding on the way. */
  #drain(out: Tok[]): void {
    for (;;) {
      const tok = this.#nextInContext();
      if (tok === null) return;
      if (tok.kind !== 'ident') {
        out.push(tok);
        continue;
      }
      if (this.#inCondition && this.#host.takesName(tok.text)) {
        this.#passDefined(tok, out);
        continue;
      }
      const macro = this.macroOf(tok);
      if (macro !== null && !isFrozen(tok)) {
        if (macro.disabled) out.push(frozen(tok));
        else if (!this.#enter(tok, macro)) out.push(tok);
        continue;
      }
      if (macro === null && tok.text.charCodeAt(0) === 95 && this.#pseudo(tok, out)) continue;
      out.push(tok);
    }
  }

  /** `defined X`, `defined(X)` and the like: the names must not be expanded. */
  #passDefined(tok: Tok, out: Tok[]): void {
    out.push(tok);
    let next = this.#nextInContext();
    if (next === null) return;
    out.push(next);
    if (next.text !== '(') return;
    while (next !== null && next.text !== ')') {
      next = this.#nextInContext();
      if (next !== null) out.push(next);
    }
  }

  /** Built-in names and `_Pragma("...")`, which leaves nothing. */
  #pseudo(tok: Tok, out: Tok[]): boolean {
    if (tok.text === '_Pragma' && this.#peek()?.text === '(') {
      for (let depth = 0; ; ) {
        const next = this.#next();
        if (next === null) return true;
        if (next.text === '(') depth++;
        else if (next.text === ')' && --depth === 0) return true;
      }
    }
    const made = this.#host.builtin(tok);
    if (made !== null) out.push(made);
    return made !== null;
  }

  /** Next token of the macros being read; null at the end of them or of an argument. */
  #nextInContext(): Tok | null {
    for (;;) {
      const top = this.#contexts[this.#contexts.length - 1];
      if (top === undefined) return null;
      if (top.pos < top.tokens.length) return top.tokens[top.pos++] as Tok;
      if (top.macro === null) return null;
      top.macro.disabled = false;
      this.#contexts.pop();
    }
  }

  #peek(): Tok | null {
    for (;;) {
      const top = this.#contexts[this.#contexts.length - 1];
      if (top === undefined) return this.#source.peek();
      if (top.pos < top.tokens.length) return top.tokens[top.pos] as Tok;
      if (top.macro === null) return null;
      top.macro.disabled = false;
      this.#contexts.pop();
    }
  }

  #next(): Tok | null {
    const tok = this.#nextInContext();
    return tok === null && this.#contexts.length === 0 ? this.#source.take() : tok;
  }

  /** Puts the replacement of `macro` on the stack; false when a function-like name has no arguments here. */
  #enter(name: Tok, macro: MacroDefinition): boolean {
    let tokens: readonly Tok[];
    const { body } = macro;
    if (body.error !== null) {
      this.#host.report('c/define', `${body.error} (macro ${macro.name})`, name);
      return false;
    }
    if (body.params === null) {
      tokens = body.plain ? copyBody(name, macro) : this.#replacement(name, macro, []);
    } else {
      if (this.#peek()?.text !== '(') return false;
      this.#next();
      const args = this.#collect(macro);
      if (args === null) {
        this.#host.report('c/macro-arguments', `unterminated argument list of ${macro.name}`, name);
        return true;
      }
      if (!this.#checkCount(name, macro, args)) return true;
      tokens = body.plain ? copyBody(name, macro) : this.#replacement(name, macro, args);
    }
    this.#count(tokens.length + 1);
    if (tokens.length === 0) return true;
    const { maxExpansionDepth } = this.#host.limits;
    if (this.#contexts.length > maxExpansionDepth * 10) {
      this.#fail('c/macro-depth', `expansion of ${this.#site?.text} nests too deeply`);
    }
    macro.disabled = true;
    this.#contexts.push({ tokens, pos: 0, macro });
    return true;
  }

  #replacement(name: Tok, macro: MacroDefinition, args: readonly Tok[][]): Tok[] {
    const expanded: (Tok[] | undefined)[] = [];
    const expand = (param: number): Tok[] => {
      expanded[param] ??= this.#expandArgument(args[param] as Tok[]);
      return expanded[param];
    };
    return substitute({ name, macro, args, expand });
  }

  #checkCount(name: Tok, macro: MacroDefinition, args: Tok[][]): boolean {
    const want = (macro.params as readonly string[]).length;
    if (want === 0 && args.length === 1 && (args[0] as Tok[]).length === 0) args.pop();
    if (macro.body.variadic && args.length === want - 1) args.push([]);
    if (args.length === want) return true;
    this.#host.report(
      'c/macro-arguments',
      `${macro.name} takes ${want} arguments, not ${args.length}`,
      name,
    );
    return false;
  }

  /** Arguments up to the closing parenthesis, unexpanded; null when it never comes. */
  #collect(macro: MacroDefinition): Tok[][] | null {
    const want = (macro.params as readonly string[]).length;
    const { variadic } = macro.body;
    const args: Tok[][] = [];
    let current: Tok[] = [];
    for (let depth = 0; ; ) {
      let tok = this.#next();
      if (tok === null) return null;
      if (tok.kind === 'punct') {
        if (tok.text === '(') depth++;
        else if (tok.text === ')' && depth-- === 0) {
          args.push(current);
          return args;
        } else if (tok.text === ',' && depth === 0 && !(variadic && args.length >= want - 1)) {
          args.push(current);
          current = [];
          continue;
        }
      } else if (
        tok.kind === 'ident' &&
        this.#host.macros.get(tok.text)?.disabled &&
        !isFrozen(tok)
      ) {
        tok = frozen(tok);
      }
      current.push(tok);
      this.#count(1);
    }
  }

  #expandArgument(tokens: Tok[]): Tok[] {
    if (++this.#depth > this.#host.limits.maxExpansionDepth) {
      this.#depth = 0;
      this.#fail('c/macro-depth', `arguments of ${this.#site?.text} nest too deeply`);
    }
    const out: Tok[] = [];
    this.#contexts.push({ tokens, pos: 0, macro: null });
    this.#drain(out);
    this.#contexts.pop();
    this.#depth--;
    this.#count(out.length);
    return out;
  }
}
