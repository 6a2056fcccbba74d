/** Reads herd's litmus format: header, initial state, program, final condition. */
import { ConditionReader, tokens } from './condition.ts';
import {
  type Condition,
  type CThread,
  type Initial,
  type Literal,
  LitmusSyntaxError,
  type LitmusTest,
  type Place,
  type Proposition,
} from './litmus-test.ts';

/** A hostile file must not take the machine's memory. */
const MAX_BYTES = 1 << 20;
const MAX_THREADS = 16;
/** Conditions are walked recursively. */
const MAX_TOKENS = 20_000;

export function parseLitmus(source: string): LitmusTest {
  if (source.length > MAX_BYTES) throw new LitmusSyntaxError(`longer than ${MAX_BYTES} characters`);
  const text = withoutComments(source.replace(/\r\n?/g, '\n'));
  const header = /^\s*(\S+)[ \t]+([^\s"{]+)/.exec(text);
  const arch = header?.[1] ?? '';
  if (header === null || (arch !== 'C' && arch !== 'X86' && arch !== 'X86_64')) {
    throw new LitmusSyntaxError(
      `the first word names the architecture, C, X86 or X86_64, not ${arch || 'nothing'}`,
    );
  }
  const rest = text.slice(header[0].length);
  const open = initialStart(rest);
  const close = matching(rest, open, '{', '}');
  const initial = readInitial(rest.slice(open + 1, close));
  const after = rest.slice(close + 1).replace(/^\s*;/, '');
  const program = arch === 'C' ? readC(after) : readAssembly(after);
  const tail = readTail(program.rest);
  if (program.value.threads.length === 0) throw new LitmusSyntaxError('no thread');
  if (program.value.threads.length > MAX_THREADS)
    throw new LitmusSyntaxError(`more than ${MAX_THREADS} threads`);
  const parsed: LitmusTest = {
    arch,
    name: header[2] as string,
    initial,
    program: program.value,
    ...tail,
  };
  return arch === 'C' ? parsed : withRegisterCase(parsed, arch === 'X86');
}

/** Registers are written in either case; herd shows those of X86 in capitals, those of X86_64 small. */
function withRegisterCase(test: LitmusTest, isUpper: boolean): LitmusTest {
  const fix = (place: Place): Place =>
    place.kind === 'memory'
      ? place
      : { ...place, name: isUpper ? place.name.toUpperCase() : place.name.toLowerCase() };
  const inside = (p: Proposition): Proposition => {
    switch (p.kind) {
      case 'equals':
        return {
          ...p,
          place: fix(p.place),
          value: typeof p.value === 'string' ? p.value : fix(p.value),
        };
      case 'not':
        return { ...p, of: inside(p.of) };
      case 'constant':
        return p;
      default:
        return { ...p, left: inside(p.left), right: inside(p.right) };
    }
  };
  const { condition } = test;
  return {
    ...test,
    initial: test.initial.map(each => ({ ...each, place: fix(each.place) })),
    locations: test.locations.map(fix),
    filter: test.filter === null ? null : inside(test.filter),
    condition:
      condition === null ? null : { ...condition, proposition: inside(condition.proposition) },
  };
}

/**
 * Takes out comments: OCaml's, which nest, and C's. `(*` inside a function of C is a parenthesis and a star; the
 * initial state is the first pair of braces, functions are the later ones.
 */
function withoutComments(source: string): string {
  let out = '';
  let depth = 0;
  let groups = 0;
  for (let i = 0; i < source.length; ) {
    const inFunction = depth > 0 && groups > 0;
    const end = inFunction ? cCommentEnd(source, i) : commentEnd(source, i);
    if (end > i) {
      out += source.slice(i, end).replace(/[^\n]+/g, ' ');
      i = end;
      continue;
    }
    const c = source[i] as string;
    if (c === '"' && !inFunction) {
      const quoted = /^"[^"\n]*"/.exec(source.slice(i, i + 4096))?.[0] ?? c;
      out += quoted;
      i += quoted.length;
      continue;
    }
    if (c === '{') depth++;
    else if (c === '}' && depth > 0 && --depth === 0) groups++;
    out += c;
    i++;
  }
  return out;
}

function cCommentEnd(source: string, at: number): number {
  const two = source.slice(at, at + 2);
  if (two === '//') {
    const line = source.indexOf('\n', at);
    return line < 0 ? source.length : line;
  }
  if (two !== '/*') return at;
  const end = source.indexOf('*/', at + 2);
  if (end < 0) throw new LitmusSyntaxError('a comment does not end');
  return end + 2;
}

function commentEnd(source: string, at: number): number {
  if (source.slice(at, at + 2) !== '(*') return cCommentEnd(source, at);
  let depth = 0;
  for (let i = at; i < source.length; i++) {
    const two = source.slice(i, i + 2);
    if (two !== '(*' && two !== '*)') continue;
    depth += two === '(*' ? 1 : -1;
    i++;
    if (depth === 0) return i + 1;
  }
  throw new LitmusSyntaxError('a comment does not end');
}

/** The brace that opens the initial state: the first one outside of quoted descriptions. */
function initialStart(text: string): number {
  const plain = text.replace(/"[^"\n]*"/g, quoted => ' '.repeat(quoted.length));
  const at = plain.indexOf('{');
  if (at < 0) throw new LitmusSyntaxError('no initial state in braces');
  return at;
}

function matching(text: string, from: number, open: string, close: string): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    if (text[i] === open) depth++;
    else if (text[i] === close && --depth === 0) return i;
  }
  throw new LitmusSyntaxError(`${open} without its ${close}`);
}

function readInitial(text: string): Initial[] {
  const entries: Initial[] = [];
  for (const part of text.split(';').map(each => each.trim())) {
    if (part === '') continue;
    const [left = '', ...right] = part.split('=');
    const place =
      /^(.*?)(?:(?:P?(\d+)\s*:\s*)(%?\w+)|\[?\s*([A-Za-z_.$][\w.$]*)\s*\]?)\s*(?:\[\s*(\d*)\s*\])?\s*$/s.exec(
        left.trim(),
      );
    if (place === null) throw new LitmusSyntaxError(`cannot read the initial value ${part}`);
    const [, type = '', thread, register, name, length] = place;
    const values = readValues(right.join('='));
    entries.push({
      place:
        thread === undefined
          ? { kind: 'memory', name: name as string, index: null }
          : {
              kind: 'register',
              thread: Number(thread),
              name: (register as string).replace(/^%/, ''),
            },
      type: type.trim() === '' ? null : type.trim(),
      values,
      length: length === undefined ? null : Number(length) || values.length,
    });
  }
  return entries;
}

function readValues(text: string): Literal[] {
  const inner = text.replace(/^\s*[A-Z_]*INIT\w*\s*\(/, '').replace(/[{}()]/g, ' ');
  return inner.split(',').flatMap(part => {
    const word = part.replace(/[&$#]/g, '').trim();
    if (word === '') return [];
    if (/^[-+]?\s*(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*$/.test(word)) {
      const digits = word.replace(/[uUlL]+$/, '').replace(/\s/g, '');
      return [
        digits.startsWith('-')
          ? String(-BigInt(digits.slice(1)))
          : String(BigInt(digits.replace('+', ''))),
      ];
    }
    const name = /[A-Za-z_.$][\w.$]*$/.exec(word);
    if (word.includes('UNLOCKED') || name === null || name[0].toUpperCase() === 'NULL')
      return ['0'];
    return [name[0]];
  });
}

interface Cut<T> {
  readonly value: T;
  readonly rest: string;
}

function readC(text: string): Cut<LitmusTest['program'] & { kind: 'c' }> {
  const threads: CThread[] = [];
  let rest = text;
  for (;;) {
    const head = /^\s*(?:static\s+)?(?:void\s+)?P(\d+)\s*\(/.exec(rest);
    if (head === null) break;
    const open = head[0].length - 1;
    const close = matching(rest, open, '(', ')');
    const start = rest.indexOf('{', close);
    if (start < 0) throw new LitmusSyntaxError(`P${head[1]} has no body`);
    const end = matching(rest, start, '{', '}');
    if (Number(head[1]) !== threads.length)
      throw new LitmusSyntaxError('threads are P0, P1 and so on, in order');
    threads.push({ params: rest.slice(open + 1, close), body: rest.slice(start + 1, end) });
    rest = rest.slice(end + 1).replace(/^\s*;/, '');
  }
  return { value: { kind: 'c', threads }, rest };
}

/** A table: columns are threads, rows end with semicolons. */
function readAssembly(text: string): Cut<LitmusTest['program'] & { kind: 'assembly' }> {
  const threads: string[][] = [];
  let rest = text;
  for (let row = 0; ; row++) {
    if (/^\s*(?:exists|forall|locations|filter|final|~\s*exists|not\s+exists|$)/.test(rest)) break;
    const end = rest.indexOf(';');
    if (end < 0) {
      if (rest.trim() === '' || row > 0) break;
      throw new LitmusSyntaxError('a row of the program does not end with ;');
    }
    const cells = rest
      .slice(0, end)
      .split('|')
      .map(cell => cell.trim().replace(/\s+/g, ' '));
    rest = rest.slice(end + 1);
    if (row === 0) {
      if (!cells.every((cell, i) => new RegExp(`^P?${i}\\b`).test(cell))) {
        throw new LitmusSyntaxError('the first row names the threads: P0 | P1 ;');
      }
      for (const _ of cells) threads.push([]);
      continue;
    }
    cells.forEach((cell, i) => {
      const label = /^([A-Za-z_.][\w.]*)\s*:\s*(.*)$/.exec(cell);
      const parts = label === null ? [cell] : [`${label[1]}:`, label[2] as string];
      const thread = threads[i];
      if (thread === undefined) {
        if (cell !== '')
          throw new LitmusSyntaxError(`row ${row} has more columns than there are threads`);
      } else thread.push(...parts.filter(part => part !== ''));
    });
  }
  return { value: { kind: 'assembly', threads }, rest };
}

interface Tail {
  readonly locations: readonly Place[];
  readonly filter: Proposition | null;
  readonly condition: Condition | null;
}

function readTail(text: string): Tail {
  const list = tokens(text);
  if (list.length > MAX_TOKENS)
    throw new LitmusSyntaxError(`a condition of more than ${MAX_TOKENS} words`);
  const reader = new ConditionReader(list);
  const locations: Place[] = [];
  let filter: Proposition | null = null;
  let condition: Condition | null = null;
  while (reader.at < list.length && condition === null) {
    const word = reader.peek();
    reader.at++;
    if (word === 'locations') locations.push(...readLocations(reader));
    else if (word === 'filter') filter = reader.proposition();
    else if (word === 'final')
      condition = { quantifier: 'exists', proposition: reader.proposition() };
    else if (word === 'exists' || word === 'forall')
      condition = { quantifier: word, proposition: reader.proposition() };
    else if ((word === '~' || word === 'not') && reader.peek() === 'exists') {
      reader.at++;
      condition = { quantifier: '~exists', proposition: reader.proposition() };
    } else if (word !== ';') {
      throw new LitmusSyntaxError(`expected a condition, found ${word}`);
    }
  }
  if (condition === null && list.length === 0 && text.trim() !== '') {
    throw new LitmusSyntaxError('cannot read what follows the program');
  }
  return { locations, filter, condition };
}

function readLocations(reader: ConditionReader): Place[] {
  const places: Place[] = [];
  if (reader.peek() !== '[') throw new LitmusSyntaxError('locations stand in brackets');
  reader.at++;
  while (reader.peek() !== ']') {
    if (reader.peek() === '') throw new LitmusSyntaxError('locations do not end');
    places.push(reader.place());
    // A type may follow the name.
    while (reader.peek() !== ';' && reader.peek() !== ']' && reader.peek() !== '') reader.at++;
    if (reader.peek() === ';') reader.at++;
  }
  reader.at++;
  return places;
}
