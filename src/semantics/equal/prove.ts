/**
 * Whether two functions do the same: both are walked at once, and have to make the same accesses, calls and services,
 * on equal values and in one order, until they return equal values. What one access yields is one symbol for both.
 * Where they stand together a second time, what the walks do not agree on becomes a symbol of its own, so that loops
 * and ways that meet come to an end: a simulation relation, as in translation validation (Necula, PLDI 2000).
 *
 * Equal functions make equal runs under every schedule, so nothing has to be searched for them. No is no answer: the
 * functions may still behave alike.
 */
import { typeName } from '../c/types.ts';
import type { ModelFunction } from '../ir/ir.ts';
import { type Graph, graphOf, type Inline, type Node, NoGraph, type Pure } from './graph.ts';
import { live } from './live.ts';
import { isBoolean, isCommutative, type Term, Terms } from './term.ts';

export interface EqualityQuestion {
  readonly before: ModelFunction;
  readonly after: ModelFunction;
  readonly inlineBefore: Inline;
  readonly inlineAfter: Inline;
}

/** Null when they are equal, else the first thing that kept that from being shown. */
export function whyNotEqual(q: EqualityQuestion): string | null {
  if (signature(q.before) !== signature(q.after)) return 'their parameters differ';
  try {
    return new Walk(graphOf(q.before, q.inlineBefore), graphOf(q.after, q.inlineAfter)).run();
  } catch (error) {
    if (error instanceof NoGraph) return error.message;
    throw error;
  }
}

const signature = (m: ModelFunction): string =>
  [m.ret, ...m.params.map(p => p.type)].map(typeName).join(', ') + (m.variadic ? ', ...' : '');

/** Steps of one walk; functions of the MMU need some hundreds. */
const MAX_STEPS = 20_000;

type Values = ReadonlyMap<number, Term>;
type Sides<T> = readonly [T, T];

interface Standing {
  readonly at: Sides<Node>;
  readonly values: Sides<Values>;
  /** Terms that are known to be zero, or not to be. */
  readonly facts: ReadonlyMap<Term, boolean>;
  /** Symbols that were made here, where the walks met again. */
  readonly own: ReadonlySet<Term>;
}

class Walk {
  private readonly terms = new Terms();
  private readonly graphs: Sides<Graph>;
  private readonly live: Sides<readonly ReadonlySet<number>[]>;
  private readonly known = new Map<string, Standing>();
  private readonly queue: string[] = [];

  constructor(before: Graph, after: Graph) {
    this.graphs = [before, after];
    this.live = [live(before), live(after)];
  }

  run(): string | null {
    const [a, b] = this.graphs;
    const values: Sides<Map<number, Term>> = [new Map(), new Map()];
    a.params.forEach((p, i) => {
      const symbol = this.terms.fresh(p.type);
      values[0].set(p.register, symbol);
      values[1].set((b.params[i] as { register: number }).register, symbol);
    });
    this.arrive([a.entry, b.entry], values, new Map());
    for (let steps = 0; ; steps++) {
      const key = this.queue.pop();
      if (key === undefined) return null;
      if (steps > MAX_STEPS) return 'the comparison takes too long';
      const why = this.step(this.known.get(key) as Standing);
      if (why !== null) return why;
    }
  }

  private term(p: Pure, values: Values): Term {
    if (p.kind === 'register')
      return values.get(p.register) ?? this.terms.make('undefined', [], p.type);
    return this.terms.make(
      p.op,
      p.args.map(a => this.term(a, values)),
      p.type,
    );
  }

  /** The same value, in the simplest words that what is known allows. */
  private plain(term: Term, facts: ReadonlyMap<Term, boolean>): Term {
    if (!isBoolean(term)) return term;
    const truth = this.truth(term, facts);
    return truth === null ? term : this.terms.make(truth ? '#1 0' : '#0 0', [], term.type);
  }

  private truth(term: Term, facts: ReadonlyMap<Term, boolean>): boolean | null {
    const asked = this.terms.condition(term);
    const truth = this.terms.truth(asked.term) ?? facts.get(asked.term) ?? null;
    return truth === null ? null : truth === asked.holds;
  }

  /** Goes on to where something can be seen, or to a test that nothing decides. */
  private settle(from: Node, into: Map<number, Term>, facts: ReadonlyMap<Term, boolean>): Node {
    let at = from;
    for (let n = 0; n < MAX_STEPS; n++) {
      const { what } = at;
      let next: Node | null = null;
      if (what.kind === 'nothing') next = at.next;
      else if (what.kind === 'set') {
        into.set(what.register, this.term(what.value, into));
        next = at.next;
      } else if (what.kind === 'test') {
        const truth = this.truth(this.term(what.value, into), facts);
        if (truth === null) return at;
        next = truth ? at.next : at.otherwise;
      } else return at;
      if (next === null) throw new NoGraph('a way that leads nowhere');
      at = next;
    }
    throw new NoGraph('a loop without an access');
  }

  private arrive(
    from: Sides<Node>,
    values: Sides<Map<number, Term>>,
    facts: ReadonlyMap<Term, boolean>,
  ): void {
    const at: Sides<Node> = [
      this.settle(from[0], values[0], facts),
      this.settle(from[1], values[1], facts),
    ];
    const pruned: Sides<Values> = [
      this.alive(0, at[0], values[0], facts),
      this.alive(1, at[1], values[1], facts),
    ];
    const key = `${at[0].id} ${at[1].id}`;
    const old = this.known.get(key);
    const next: Standing | null =
      old === undefined
        ? { at, values: pruned, facts, own: new Set() }
        : this.widened(old, pruned, facts);
    if (next === null) return;
    this.known.set(key, next);
    if (!this.queue.includes(key)) this.queue.push(key);
  }

  private alive(side: 0 | 1, at: Node, values: Values, facts: ReadonlyMap<Term, boolean>): Values {
    const kept = new Map<number, Term>();
    for (const register of this.live[side][at.id] as ReadonlySet<number>) {
      const value = values.get(register);
      if (value !== undefined) kept.set(register, this.plain(value, facts));
    }
    return kept;
  }

  /** What holds both of the old and of the new standing; null when the old one says it already. */
  private widened(
    old: Standing,
    values: Sides<Values>,
    facts: ReadonlyMap<Term, boolean>,
  ): Standing | null {
    const stands = new Map<Term, Term>();
    const classes = new Map<string, Term>();
    const own = new Set(old.own);
    let isCovered = true;
    const merged: Sides<Map<number, Term>> = [new Map(), new Map()];
    for (const side of [0, 1] as const) {
      for (const [register, was] of old.values[side]) {
        const is = values[side].get(register);
        if (is === undefined || !covers(was, is, old.own, stands)) isCovered = false;
        // What is not defined on each way is read by nobody.
        if (is !== undefined) merged[side].set(register, this.general(was, is, classes, own));
      }
    }
    const common = new Map([...old.facts].filter(([term, holds]) => facts.get(term) === holds));
    if (common.size < old.facts.size) isCovered = false;
    return isCovered ? null : { at: old.at, values: merged, facts: common, own };
  }

  /** The least general term that both are cases of (Plotkin, 1970): one symbol for each two parts that differ. */
  private general(was: Term, is: Term, classes: Map<string, Term>, own: Set<Term>): Term {
    if (was === is) return was;
    if (was.op === is.op && was.type === is.type && was.args.length > 0) {
      const other = aligned(was, is);
      const args = was.args.map((a, i) => this.general(a, other[i] as Term, classes, own));
      return this.terms.make(was.op, args, was.type);
    }
    const key = `${was.id} ${is.id}`;
    let symbol = classes.get(key);
    if (symbol === undefined) {
      symbol = this.terms.fresh(was.type === is.type ? was.type : 'mixed');
      classes.set(key, symbol);
      own.add(symbol);
    }
    return symbol;
  }

  private step({ at, values, facts }: Standing): string | null {
    for (const side of [0, 1] as const) {
      const { what } = at[side];
      if (what.kind !== 'test') continue;
      const { term } = this.terms.condition(this.term(what.value, values[side]));
      for (const truth of [false, true])
        this.arrive(
          at,
          [new Map(values[0]), new Map(values[1])],
          new Map([...facts, [term, truth]]),
        );
      return null;
    }
    const [a, b] = [at[0].what, at[1].what];
    if (a.kind === 'return' && b.kind === 'return') {
      const results = [a.value, b.value].map((v, side) =>
        v === null ? null : this.plain(this.term(v, values[side as 0 | 1]), facts),
      );
      return results[0] === results[1] ? null : 'they return other values';
    }
    if (a.kind !== 'effect' || b.kind !== 'effect') return 'one does more than the other';
    if (a.op !== b.op) return `${a.op} on one side, ${b.op} on the other`;
    const [left, right] = [a, b].map((e, side) =>
      e.args.map(arg => this.plain(this.term(arg, values[side as 0 | 1]), facts)),
    ) as [Term[], Term[]];
    if (left.length !== right.length || left.some((t, i) => t !== right[i]))
      return `${a.op} of other values`;
    const next: Sides<Map<number, Term>> = [new Map(values[0]), new Map(values[1])];
    const symbol = this.terms.fresh(a.type);
    if (a.into !== null) next[0].set(a.into, symbol);
    if (b.into !== null) next[1].set(b.into, symbol);
    if (at[0].next === null || at[1].next === null) return 'a way that leads nowhere';
    this.arrive([at[0].next, at[1].next], next, facts);
    return null;
  }
}

/** Whether the term is what the pattern says, with each of its own symbols standing for one term throughout. */
function covers(
  pattern: Term,
  term: Term,
  own: ReadonlySet<Term>,
  stands: Map<Term, Term>,
): boolean {
  if (own.has(pattern)) {
    const stood = stands.get(pattern) ?? term;
    stands.set(pattern, stood);
    return stood === term;
  }
  if (pattern.op !== term.op || pattern.type !== term.type) return false;
  const args = aligned(pattern, term);
  return pattern.args.every((p, i) => covers(p, args[i] as Term, own, stands));
}

/** The other term's operands, so that one that both have stands in one place where their order means nothing. */
function aligned(one: Term, other: Term): readonly Term[] {
  const [a, b] = one.args;
  const [x, y] = other.args;
  if (!isCommutative(one.op) || a === x || b === y || (a !== y && b !== x)) return other.args;
  return [y as Term, x as Term];
}
