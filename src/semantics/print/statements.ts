/** IR statements as structured TypeScript: labels become blocks and loops, iteration macros `for` loops. */
import { type CType, isScalar } from '../c/types.ts';
import { stepInto } from '../compile/generate.ts';
import type { Expr, InitItem, Loc, Local, ModelFunction, Place, Stmt } from '../ir/ir.ts';
import { bodyOf, type CaseGroup, caseGroups, isSingle, mustHoist, usesLoop } from './cases.ts';
import { ExpressionPrinter, type Shared } from './expressions.ts';
import { type Label, labelsOf, leaves } from './gotos.ts';
import { zero } from './integers.ts';
import { identifier } from './names.ts';

/** What a `break` or `continue` may bind to, innermost last. */
interface Breakable {
  readonly of: 'loop' | 'switch' | 'artificial';
  /** False for a labelled block, which only a named break leaves. */
  readonly catchesBreak: boolean;
  readonly label: string;
  used: boolean;
}
interface Target {
  readonly jump: string;
}

export class ModelPrinter extends ExpressionPrinter {
  readonly model: ModelFunction;
  private readonly breakables: Breakable[] = [];
  private readonly targets = new Map<string, Target>();
  private readonly hoisted: string[] = [];
  private readonly hoists: boolean;
  private readonly declared = new Set<Local>();
  /** Functions around the text, beside the model itself. */
  private depth = 0;

  constructor(shared: Shared, model: ModelFunction) {
    super(shared);
    this.model = model;
    this.hoists = mustHoist(model.body);
  }

  /** Parameters, result and body lines of the function. */
  function(): { params: { name: string; type: string }[]; result: string; body: string[] } {
    const prologue: string[] = [];
    const params = this.model.params.map(p => {
      const name = this.names.of(p);
      if (!p.inMemory) return { name, type: this.types.value(p.type) };
      const given = this.names.fresh(`${name}_`);
      const descriptor = this.types.descriptor(p.type);
      if (p.type.kind === 'record')
        prologue.push(`const ${name} = snapshot(${given}, ${descriptor});`);
      else prologue.push(`const ${name} = local(${descriptor});`, `${name}.value = ${given};`);
      return { name: given, type: this.types.value(p.type) };
    });
    const body = this.lines(this.model.body);
    const { ret } = this.model;
    if (ret.kind !== 'void' && this.model.body.at(-1)?.kind !== 'return') {
      body.push(
        ret.kind === 'record'
          ? `return local(${this.types.descriptor(ret)});`
          : `return ${zero(ret)};`,
      );
    }
    this.declareRest();
    return {
      params,
      result: this.types.value(ret),
      body: [...prologue, ...this.temporaries, ...this.hoisted, ...body],
    };
  }

  /** Variables the lifter made up have no declaration of their own. */
  private declareRest(): void {
    for (const local of this.model.locals) {
      if (local.param || this.declared.has(local)) continue;
      const name = this.names.of(local);
      if (local.inMemory)
        this.hoisted.push(`const ${name} = local(${this.types.descriptor(local.type)});`);
      else this.hoisted.push(`let ${name}: ${this.types.value(local.type)} = ${zero(local.type)};`);
    }
  }

  closed<T>(work: () => T): T {
    const breakables = this.breakables.splice(0);
    const targets = new Map(this.targets);
    this.targets.clear();
    this.depth++;
    try {
      return work();
    } finally {
      this.depth--;
      this.breakables.push(...breakables);
      for (const [name, target] of targets) this.targets.set(name, target);
    }
  }

  lines(list: readonly Stmt[]): string[] {
    const labels = labelsOf(list);
    if (labels.length === 0) return this.plain(list);
    if (labels.every(l => !l.backward)) return this.forward(list, labels);
    const [only] = labels;
    if (labels.length === 1 && only !== undefined && !only.forward) return this.again(list, only);
    return this.dispatch(list, labels);
  }

  /** A list whose labels are all targets of gotos from outside of it, or that has none. */
  private plain(list: readonly Stmt[]): string[] {
    const out: string[] = [];
    for (const [i, s] of list.entries()) {
      out.push(...this.statement(s));
      if (s.kind === 'declare' && s.cleanup !== null) {
        const rest = this.lines(list.slice(i + 1));
        const place: Place = { kind: 'local', local: s.local, type: s.local.type };
        const call = `${identifier(s.cleanup)}(${this.reference(place)});`;
        return [...out, 'try {', ...rest, '} finally {', call, '}'];
      }
    }
    return out;
  }

  /** `out: { ... break out; ... }` for labels that are only jumped forward to. */
  private forward(list: readonly Stmt[], labels: readonly Label[]): string[] {
    const names = labels.map(l => this.names.fresh(identifier(l.name)));
    labels.forEach((l, i) => {
      this.targets.set(l.name, { jump: `break ${names[i]};` });
    });
    let out: string[] = [];
    let from = 0;
    for (const [i, label] of labels.entries()) {
      out.push(...this.plain(list.slice(from, label.at)));
      if (label.forward) out = [`${names[i]}: {`, ...out, '}'];
      from = label.at + 1;
    }
    return [...out, ...this.plain(list.slice(from))];
  }

  /** `again: for (;;) { ... continue again; ... break; }` for one label that is only jumped back to. */
  private again(list: readonly Stmt[], label: Label): string[] {
    const before = this.plain(list.slice(0, label.at));
    const name = this.names.fresh(identifier(label.name));
    this.targets.set(label.name, { jump: `continue ${name};` });
    const rest = list.slice(label.at + 1);
    const body = this.inside(
      { of: 'artificial', catchesBreak: true, label: name, used: false },
      () => this.plain(rest),
    );
    const end = leaves(rest) ? [] : [`break ${name};`];
    return [...before, `${name}: for (;;) {`, ...body, ...end, '}'];
  }

  /** Any other mix: the parts between labels in turn, each skipped by a goto past it. */
  private dispatch(list: readonly Stmt[], labels: readonly Label[]): string[] {
    const name = this.names.fresh('parts');
    const at = this.names.fresh('from');
    labels.forEach((l, i) => {
      this.targets.set(l.name, { jump: `${at} = ${i + 1};\ncontinue ${name};` });
    });
    const parts = [0, ...labels.map(l => l.at + 1)].map((from, i) =>
      list.slice(from, labels[i]?.at ?? list.length),
    );
    const body = this.inside(
      { of: 'artificial', catchesBreak: true, label: name, used: false },
      () =>
        parts.flatMap((part, i) => {
          const lines = this.plain(part);
          return i === parts.length - 1 ? lines : [`if (${at} <= ${i}) {`, ...lines, '}'];
        }),
    );
    this.hoisted.push(`let ${at} = 0;`);
    return [`${at} = 0;`, `${name}: for (;;) {`, ...body, `break ${name};`, '}'];
  }

  private inside<T>(breakable: Breakable, work: () => T): T {
    this.breakables.push(breakable);
    try {
      return work();
    } finally {
      this.breakables.pop();
    }
  }

  private provenance(loc: Loc): string {
    const file = loc.file === this.model.loc.file ? (loc.file.split('/').at(-1) ?? '') : loc.file;
    return ` // ${file.replaceAll(/[^\w./-]/g, '_')}:${loc.line}`;
  }

  statement(s: Stmt): string[] {
    const at = this.provenance(s.loc);
    switch (s.kind) {
      case 'expr':
        return this.effects(s.expr).map(text => `${text};${at}`);
      case 'declare':
        return this.declare(s);
      case 'block':
        return ['{', ...this.lines(s.body), '}'];
      case 'if':
        return this.ifStatement(s, at);
      case 'loop':
        return this.loop(s, at);
      case 'switch':
        return this.switchStatement(s, at);
      case 'case':
      case 'label':
        return [];
      case 'goto': {
        const target = this.targets.get(s.label);
        if (target === undefined)
          return [`unsupported('a jump into a block: ${identifier(s.label)}');${at}`];
        return `${target.jump}${at}`.split('\n');
      }
      case 'break':
      case 'continue':
        return [`${this.leave(s.kind)}${at}`];
      case 'return':
        return this.returnStatement(s, at);
    }
  }

  private effects(e: Expr): string[] {
    if (e.kind === 'sequence') return [...this.effects(e.first), ...this.effects(e.second)];
    return e.kind === 'const' ? [] : [this.effect(e)];
  }

  private returnStatement(s: Stmt & { kind: 'return' }, at: string): string[] {
    if (this.depth > 0) return [`unsupported('a return out of an expression');${at}`];
    if (s.value === null) return [`return;${at}`];
    const { ret } = this.model;
    if (ret.kind === 'void') return [`${this.effect(s.value)};${at}`, 'return;'];
    const value = this.value(s.value);
    return [
      `return ${ret.kind === 'record' ? `snapshot(${value}, ${this.types.descriptor(ret)})` : value};${at}`,
    ];
  }

  private leave(kind: 'break' | 'continue'): string {
    let direct = true;
    for (let i = this.breakables.length - 1; i >= 0; i--) {
      const b = this.breakables[i] as Breakable;
      const fits = kind === 'break' ? b.of !== 'artificial' : b.of === 'loop';
      if (fits) {
        const plain = direct && (kind === 'continue' || b.catchesBreak);
        if (!plain) b.used = true;
        return plain ? `${kind};` : `${kind} ${b.label};`;
      }
      if (b.of === 'artificial') direct = false;
    }
    return `unsupported('${kind} out of an expression');`;
  }

  // --- declarations ---
  private declare(s: Stmt & { kind: 'declare' }): string[] {
    const { local, init } = s;
    this.declared.add(local);
    const at = this.provenance(s.loc);
    const name = this.names.of(local);
    const place: Place = { kind: 'local', local, type: local.type };
    if (local.inMemory) {
      const made = `const ${name} = local(${this.types.descriptor(local.type)});`;
      if (this.hoists) this.hoisted.push(made);
      const clear = `clear(${name}, ${this.types.descriptor(local.type)});`;
      const first = this.hoists ? clear : made;
      if (init === null) return this.hoists ? [`${first}${at}`] : [`${first}${at}`];
      return [`${first}${at}`, ...this.initialise(place, init)];
    }
    const [only] = init ?? [];
    const value = only === undefined ? zero(local.type) : this.value(only.value);
    if (!this.hoists) {
      const annotation = local.type.kind === 'int' ? '' : `: ${this.types.value(local.type)}`;
      return [`let ${name}${annotation} = ${value};${at}`];
    }
    this.hoisted.push(`let ${name}: ${this.types.value(local.type)} = ${zero(local.type)};`);
    return only === undefined ? [] : [`${name} = ${value};${at}`];
  }

  /** Settings of an initialiser, one statement each. */
  initialise(place: Place, init: readonly InitItem[]): string[] {
    return init.flatMap(item => {
      const target = item.path.reduce<Place>((p, step) => stepInto(p, step), place);
      if (item.type.kind === 'record') {
        const cells = this.types.layout.cells(item.type);
        return [`copy(${this.place(target)}, ${this.value(item.value)}, ${cells});`];
      }
      if (!isScalar(item.type)) return [];
      return [`${this.place(target)} = ${this.value(item.value)};`];
    });
  }

  // --- control ---
  private ifStatement(s: Stmt & { kind: 'if' }, at: string): string[] {
    const then = this.lines(bodyOf(s.then));
    const otherwise = s.otherwise === null ? [] : this.lines(bodyOf(s.otherwise));
    if (then.length === 0 && otherwise.length > 0) {
      const negated: Expr = { kind: 'not', type: s.test.type, loc: s.loc, value: s.test };
      return [`if (${this.test(negated)}) {${at}`, ...otherwise, '}'];
    }
    const head = [`if (${this.test(s.test)}) {${at}`, ...then];
    if (otherwise.length === 0) return [...head, '}'];
    if (s.otherwise?.kind === 'if')
      return [...head, `} else ${otherwise[0]}`, ...otherwise.slice(1)];
    return [...head, '} else {', ...otherwise, '}'];
  }

  private loop(s: Stmt & { kind: 'loop' }, at: string): string[] {
    const breakable: Breakable = {
      of: 'loop',
      catchesBreak: true,
      label: this.names.fresh('loop'),
      used: false,
    };
    const { head, before } = this.forInit(s.init);
    const body = this.inside(breakable, () => this.lines(bodyOf(s.body)));
    const test = s.test === null ? '' : this.test(s.test);
    const label = breakable.used ? `${breakable.label}: ` : '';
    let lines: string[];
    if (s.testLast) {
      lines =
        test === 'false' && !breakable.used && !usesLoop(s.body)
          ? ['{', ...body, '}']
          : [`${label}do {${at}`, ...body, `} while (${test});`];
    } else if (s.step === null && head === '') {
      lines = [
        test === '' || test === 'true'
          ? `${label}for (;;) {${at}`
          : `${label}while (${test}) {${at}`,
        ...body,
        '}',
      ];
    } else {
      const step = s.step === null ? '' : this.effects(s.step).join(', ');
      lines = [`${label}for (${head}; ${test}; ${step}) {${at}`, ...body, '}'];
    }
    return before.length === 0 ? lines : [...before, ...lines];
  }

  /** What fits into the loop's head; declarations in memory stand before it. */
  private forInit(init: readonly Stmt[]): { head: string; before: string[] } {
    const heads: string[] = [];
    const before: string[] = [];
    for (const s of init) {
      const isExpr = s.kind === 'expr' && s.expr.kind !== 'const';
      if (isExpr && before.length === 0) heads.push(...this.effects(s.expr));
      else if (!isExpr) before.push(...this.statement(s));
    }
    return { head: heads.join(', '), before };
  }

  private switchStatement(s: Stmt & { kind: 'switch' }, at: string): string[] {
    const groups = caseGroups(bodyOf(s.body));
    if (groups === null) return [`unsupported('a case label inside a block');${at}`];
    const native =
      groups.every((g, i) => leaves(g.body) || i === groups.length - 1) &&
      groups.every(g => g.cases.every(isSingle));
    const label = this.names.fresh('cases');
    const breakable: Breakable = { of: 'switch', catchesBreak: native, label, used: false };
    const bodies = this.inside(breakable, () => groups.map(g => this.lines(g.body)));
    return native
      ? this.nativeSwitch(s, groups, bodies, breakable, at)
      : this.steppedSwitch(s, groups, bodies, label, at);
  }

  private literal(n: number, type: CType): string {
    const wide = type.kind === 'int' && type.bits === 64;
    const signed = type.kind !== 'int' || type.signed || type.bits < 32;
    if (wide) return `${signed ? BigInt(n) : BigInt.asUintN(64, BigInt(n))}n`;
    return String(signed ? n | 0 : n >>> 0);
  }

  private nativeSwitch(
    s: Stmt & { kind: 'switch' },
    groups: readonly CaseGroup[],
    bodies: readonly string[][],
    breakable: Breakable,
    at: string,
  ): string[] {
    const arms = groups.flatMap((g, i) => {
      const heads = g.cases.map(c =>
        c.from === null ? 'default:' : `case ${this.literal(c.from, s.value.type)}:`,
      );
      const last = heads.pop() ?? '';
      return [
        ...heads,
        `${last} {`,
        ...(bodies[i] ?? []),
        ...(leaves(g.body) ? [] : ['break;']),
        '}',
      ];
    });
    const label = breakable.used ? `${breakable.label}: ` : '';
    const value = this.value(s.value);
    // A constant's own type would make the other arms errors.
    const widened =
      s.value.kind === 'const' ? `${value} as ${this.types.value(s.value.type)}` : value;
    return [`${label}switch (${widened}) {${at}`, ...arms, '}'];
  }

  /** With ranges, or arms that fall into the next: arm numbers in order. */
  private steppedSwitch(
    s: Stmt & { kind: 'switch' },
    groups: readonly CaseGroup[],
    bodies: readonly string[][],
    label: string,
    at: string,
  ): string[] {
    const value = this.names.fresh('value');
    const arm = this.names.fresh('arm');
    let other = groups.length;
    const tests = groups.flatMap((g, i) =>
      g.cases.flatMap((c): string[] => {
        if (c.from === null) {
          other = i;
          return [];
        }
        const from = this.literal(c.from, s.value.type);
        const to = this.literal(c.to, s.value.type);
        return [
          `${from === to ? `${value} === ${from}` : `(${value} >= ${from} && ${value} <= ${to})`} ? ${i}`,
        ];
      }),
    );
    this.hoisted.push(
      `let ${value}: ${this.types.value(s.value.type)} = ${zero(s.value.type)};`,
      `let ${arm} = 0;`,
    );
    const arms = bodies.flatMap((body, i) => [`if (${arm} <= ${i}) {`, ...body, '}']);
    return [
      `${label}: {${at}`,
      `${value} = ${this.value(s.value)};`,
      `${arm} = ${[...tests, String(other)].join(' : ')};`,
      ...arms,
      '}',
    ];
  }
}
