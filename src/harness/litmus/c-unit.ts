/** C tests: the threads' functions as written, called with the variables their parameters name. */
import { placeText } from './condition.ts';
import { type CThread, LitmusSyntaxError, type LitmusTest } from './litmus-test.ts';
import {
  assembleUnit,
  type GlobalVariable,
  isWide,
  type LitmusUnit,
  observed,
  outputName,
  type ThreadText,
  valueText,
  variables,
} from './unit.ts';

interface Param {
  readonly name: string;
  readonly type: string;
}

export function cUnit(test: LitmusTest, threads: readonly CThread[]): LitmusUnit {
  const params = threads.map(thread => readParams(thread.params));
  const seen = new Map<string, string[]>();
  for (const { name, type } of params.flat()) {
    const pointee = type.replace(/\*\s*(?:const|volatile)?\s*$/, '').trim();
    seen.set(name, [
      ...(seen.get(name) ?? []),
      ...(pointee === '' || pointee === type.trim() ? [] : [pointee]),
    ]);
  }
  const names = variables(test, seen);
  const outputs = new Map<string, { name: string; type: string }>();
  const texts = threads.map((thread, i) =>
    threadText(test, thread, i, params[i] as Param[], names, outputs),
  );
  return assembleUnit(test, names, texts, outputs);
}

function readParams(text: string): Param[] {
  if (/^\s*(?:void)?\s*$/.test(text)) return [];
  return text.split(',').map(part => {
    const match = /^\s*(.*?[\s*])(\w+)\s*((?:\[\s*\d*\s*\])?)\s*$/s.exec(part);
    if (match === null) throw new LitmusSyntaxError(`cannot read the parameter ${part.trim()}`);
    const [, type = '', name = '', array] = match;
    return { name, type: array === '' ? type.trim() : `${type.trim()} *` };
  });
}

const KEYWORDS = new Set([
  'return',
  'else',
  'do',
  'goto',
  'case',
  'sizeof',
  'typeof',
  'if',
  'while',
  'for',
  'switch',
]);

interface Declaration {
  readonly at: number;
  readonly end: number;
  readonly type: string;
}

/** The place where a body declares a name by itself, at any depth. */
function declarationOf(body: string, name: string): Declaration | null {
  const pattern = new RegExp(
    `((?:\\b(?:const|volatile|struct|unsigned|signed|long|short)\\s+)*\\b[A-Za-z_]\\w*\\s*(?:\\*\\s*)*)\\b${name}\\b(?=\\s*[=;,])`,
    'g',
  );
  for (const match of body.matchAll(pattern)) {
    const type = (match[1] as string).trim();
    if (KEYWORDS.has(type) || !/[\s*]$/.test(match[1] as string)) continue;
    return { at: match.index, end: match.index + match[0].length, type };
  }
  return null;
}

/** A name in a list of declarators: `int r1, r2;`. */
function listedType(body: string, name: string): string | null {
  const pattern = new RegExp(
    `(?:^|[;{}])\\s*((?:\\w+\\s+)*?\\w+)\\s+\\**\\w+[^;(){}]*,\\s*(\\**)\\s*${name}\\s*[,;=]`,
  );
  const match = pattern.exec(body);
  return match === null || KEYWORDS.has(match[1] as string)
    ? null
    : `${match[1]} ${match[2]}`.trim();
}

function depthAt(body: string, at: number): number {
  let depth = 0;
  for (let i = 0; i < at; i++) {
    if (body[i] === '{') depth++;
    else if (body[i] === '}') depth--;
  }
  return depth;
}

function threadText(
  test: LitmusTest,
  thread: CThread,
  number: number,
  params: readonly Param[],
  names: ReadonlyMap<string, GlobalVariable>,
  outputs: Map<string, { name: string; type: string }>,
): ThreadText {
  let { body } = thread;
  const top: string[] = [];
  const last: string[] = [];
  const hoist = (name: string, type: string, value: string | null): void => {
    top.push(`${type} ${name}${value === null ? '' : ` = ${value}`};`);
  };
  const own = new Set(params.map(p => p.name));
  for (const initial of test.initial) {
    const { place } = initial;
    const value = initial.values[0] ?? '0';
    if (place.kind !== 'register' || place.thread !== number || value === '0') continue;
    const found = declarationOf(body, place.name);
    const type = initial.type ?? found?.type ?? 'int';
    if (found !== null) body = dropDeclaration(body, found, place.name);
    hoist(place.name, type, `(${type})${valueText(value, names)}`);
    own.add(place.name);
  }
  for (const place of observed(test)) {
    if (place.kind !== 'register' || place.thread !== number) continue;
    const { name } = place;
    const found = declarationOf(body, name);
    let type =
      found?.type ?? listedType(body, name) ?? params.find(p => p.name === name)?.type ?? null;
    if (found !== null && depthAt(body, found.at) > 0 && !own.has(name)) {
      body = dropDeclaration(body, found, name);
      hoist(name, found.type, null);
    }
    if (type === null) {
      type = 'intptr_t';
      if (!own.has(name)) hoist(name, type, null);
    }
    own.add(name);
    outputs.set(placeText(place), { name: outputName(number, name), type });
    last.push(`${outputName(number, name)} = ${name};`);
  }
  const free = undeclared(body, own, names);
  for (const name of free) hoist(name, 'intptr_t', null);
  const isHeld = new Set([...params.map(p => p.name), ...names.keys()]);
  body = dereferencedIntegers(body, isHeld, names);
  if (/\breturn\b/.test(body)) {
    body = `${body.replace(/\breturn\b[^;]*;/g, 'goto mmd_end;')}\nmmd_end: ;`;
  }
  const list = params.map(p => `${p.type} ${p.name}`).join(', ');
  const call = `P${number}(${params.map(p => argument(p, names)).join(', ')})`;
  return {
    text: `static void P${number}(${list === '' ? 'void' : list}) {\n${top.join('\n')}\n${body}\n${last.join('\n')}\n}`,
    call,
  };
}

/** herd lets a test follow an integer that holds an address: `*r1`. */
function dereferencedIntegers(
  body: string,
  own: ReadonlySet<string>,
  names: ReadonlyMap<string, GlobalVariable>,
): string {
  const word = [...names.values()].some(each => isWide(each.type)) ? 'intptr_t' : 'int';
  const pattern = /(^|[;{}(,=]\s*)\*\s*([A-Za-z_]\w*)\b(?!\s*[([])/g;
  return body.replace(pattern, (whole, before: string, name: string) => {
    const type =
      declarationOf(body, name)?.type ?? listedType(body, name) ?? (own.has(name) ? '*' : word);
    return type.includes('*') ? whole : `${before}*(${isWide(type) ? 'intptr_t' : word} *)${name}`;
  });
}

function dropDeclaration(body: string, found: Declaration, name: string): string {
  return `${body.slice(0, found.at)}${name}${body.slice(found.end)}`;
}

function argument(param: Param, names: ReadonlyMap<string, GlobalVariable>): string {
  const variable = names.get(param.name);
  if (variable === undefined) throw new LitmusSyntaxError(`nothing is called ${param.name}`);
  if (!param.type.includes('*')) return variable.cName;
  return `(${param.type})${variable.length === null ? '&' : ''}${variable.cName}`;
}

/** Registers that are only ever assigned: herd needs no declaration. */
function undeclared(
  body: string,
  own: ReadonlySet<string>,
  names: ReadonlyMap<string, GlobalVariable>,
): string[] {
  const found = new Set<string>();
  for (const [, name] of body.matchAll(/(?:^|[;{}])\s*([A-Za-z_]\w*)\s*=(?!=)/g)) {
    if (name === undefined || own.has(name) || names.has(name)) continue;
    if (declarationOf(body, name) === null && listedType(body, name) === null) found.add(name);
  }
  return [...found];
}
