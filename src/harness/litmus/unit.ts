/** What every litmus test becomes: C text for the front end, and where its observables are found. */
import { placeText } from './condition.ts';
import {
  type Initial,
  type Literal,
  LitmusSyntaxError,
  type LitmusTest,
  type Place,
} from './litmus-test.ts';

export interface LitmusUnit {
  readonly text: string;
  /** Entry function of each thread. */
  readonly threads: readonly string[];
  /** Variables of the test, by their names in the test. */
  readonly globals: ReadonlyMap<string, GlobalVariable>;
  /** Global that keeps a register's final value, by {@link placeText}. */
  readonly registers: ReadonlyMap<string, string>;
}

export interface GlobalVariable {
  readonly cName: string;
  readonly type: string;
  readonly length: number | null;
}

/** One thread's function and the variables it is called with. */
export interface ThreadText {
  readonly text: string;
  readonly call: string;
}

/** Names of the test live in a space of their own. */
export const globalName = (name: string): string => `mmd_g_${name.replace(/[.$]/g, '_')}`;
export const outputName = (thread: number, name: string): string => `mmd_out_${thread}_${name}`;

const WIDE = /\b(?:long|atomic64_t|atomic_long_t|atomic_long|[su]64|u?int64_t|u?intptr_t|size_t)\b/;
export const isWide = (type: string): boolean => WIDE.test(type) && !type.includes('*');

/** Types of all variables: as declared, or else as threads see them; the wider one where they differ. */
export function variables(
  test: LitmusTest,
  seen: ReadonlyMap<string, readonly string[]>,
): Map<string, GlobalVariable> {
  const found = new Map<string, GlobalVariable>();
  const add = (name: string, declared: string | null, length: number | null): void => {
    const types = [...(declared === null ? [] : [declared]), ...(seen.get(name) ?? [])].map(
      cleanType,
    );
    const type = types.find(isWide) ?? types.find(each => each !== 'int') ?? 'int';
    const known = found.get(name);
    if (known === undefined) found.set(name, { cName: globalName(name), type, length });
  };
  for (const initial of test.initial) {
    if (initial.place.kind === 'memory') add(initial.place.name, initial.type, initial.length);
  }
  for (const name of seen.keys()) add(name, null, null);
  for (const place of observed(test)) if (place.kind === 'memory') add(place.name, null, null);
  for (const initial of test.initial) {
    for (const value of initial.values) if (!/^-?\d/.test(value)) add(value, null, null);
  }
  return found;
}

function cleanType(type: string): string {
  const plain = type
    .replace(/\b(?:volatile|const|static|extern|register|_Atomic)\b/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (!/^[\w\s*]+$/.test(plain)) throw new LitmusSyntaxError(`cannot read the type ${type}`);
  return plain;
}

/** Places the test's outcome is made of. */
export function observed(test: LitmusTest): Place[] {
  const places = new Map<string, Place>();
  const note = (place: Place): void => void places.set(placeText(place), place);
  const visit = (p: NonNullable<LitmusTest['filter']>): void => {
    if (p.kind === 'equals') {
      note(p.place);
      if (typeof p.value !== 'string') note(p.value);
    } else if (p.kind === 'not') visit(p.of);
    else if (p.kind !== 'constant') {
      visit(p.left);
      visit(p.right);
    }
  };
  test.locations.forEach(note);
  if (test.condition !== null) visit(test.condition.proposition);
  if (test.filter !== null) visit(test.filter);
  return [...places.values()];
}

/** A value of the initial state as a C expression. */
export function valueText(value: Literal, names: ReadonlyMap<string, GlobalVariable>): string {
  if (/^-?\d+$/.test(value)) return value.startsWith('-') ? `(${value})` : value;
  const target = names.get(value);
  if (target === undefined) throw new LitmusSyntaxError(`nothing is called ${value}`);
  return target.length === null ? `&${target.cName}` : target.cName;
}

export function globalText(test: LitmusTest, names: ReadonlyMap<string, GlobalVariable>): string {
  const lines: string[] = [];
  for (const { cName, type, length } of names.values()) {
    lines.push(`static ${type} ${cName}${length === null ? '' : `[${length}]`};`);
  }
  const setup = test.initial.flatMap(initial => initialText(initial, names));
  return `${lines.join('\n')}\nstatic void mmd_setup(void) {\n${setup.join('\n')}\n}`;
}

function initialText(initial: Initial, names: ReadonlyMap<string, GlobalVariable>): string[] {
  if (initial.place.kind !== 'memory') return [];
  const variable = names.get(initial.place.name) as GlobalVariable;
  return initial.values.flatMap((value, i) => {
    if (value === '0') return [];
    if (/^struct\b/.test(variable.type) && !variable.type.includes('*')) {
      throw new LitmusSyntaxError(`${initial.place.name} cannot start as ${value}`);
    }
    const isAddress = !/^-?\d+$/.test(value);
    const cast = isAddress ? `(${variable.type})` : '';
    const place = `${variable.cName}${variable.length === null ? '' : `[${i}]`}`;
    return [`  ${place} = ${cast}${valueText(value, names)};`];
  });
}

/** Puts the parts together; every thread's entry calls its function with the variables it names. */
export function assembleUnit(
  test: LitmusTest,
  names: ReadonlyMap<string, GlobalVariable>,
  threads: readonly ThreadText[],
  outputs: ReadonlyMap<string, { readonly name: string; readonly type: string }>,
): LitmusUnit {
  const declared = [...outputs.values()].map(({ name, type }) => `static ${type} ${name};`);
  const entries = threads.map((t, i) => `static void mmd_thread_${i}(void) { ${t.call}; }`);
  const text = [globalText(test, names), ...declared, ...threads.map(t => t.text), ...entries].join(
    '\n',
  );
  return {
    text: `${text}\n`,
    threads: threads.map((_, i) => `mmd_thread_${i}`),
    globals: names,
    registers: new Map([...outputs].map(([place, { name }]) => [place, name])),
  };
}
