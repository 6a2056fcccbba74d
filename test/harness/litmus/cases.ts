/** Litmus tests in their shortest form, each beside what x86-TSO allows. */
export interface Case {
  readonly name: string;
  readonly text: string;
  /** Values of the observables in the order of the states. */
  readonly allowed: readonly string[];
}

const X86_REGISTERS = ['EAX', 'EBX', 'ECX'];

/**
 * Threads are `|`-separated lists of `Wx1`, `Rx`, `F` (MFENCE), `Xx1` (XCHG), `Ix` (LOCK INC); the n-th read or exchange
 * of a thread goes to its n-th register.
 */
function rows(program: string): { table: string; observed: string[] } {
  const observed: string[] = [];
  const columns = program.split('|').map((thread, t) => {
    const column = [`P${t}`];
    let next = 0;
    for (const step of thread.trim().split(/\s+/)) {
      const [kind, place = '', value = ''] = step;
      const register = X86_REGISTERS[next] as string;
      if (kind === 'F') column.push('MFENCE');
      else if (kind === 'W') column.push(`MOV [${place}],$${value}`);
      else if (kind === 'I') column.push(`LOCK INC [${place}]`);
      else {
        if (kind === 'X') column.push(`MOV ${register},$${value}`, `XCHG ${register},[${place}]`);
        else column.push(`MOV ${register},[${place}]`);
        observed.push(`${t}:${register}`);
        next++;
      }
    }
    return column;
  });
  const height = Math.max(...columns.map(c => c.length));
  const lines = Array.from(
    { length: height },
    (_, i) => `${columns.map(c => c[i] ?? '').join(' | ')} ;`,
  );
  return { table: lines.join('\n'), observed };
}

/** `memory` adds final values of variables to what is observed. */
export function x86(name: string, program: string, memory: string, allowed: string): Case {
  const { table, observed } = rows(program);
  const places = [...observed, ...memory.split(' ').filter(each => each !== '')];
  const text = `X86 ${name}\n{ x=0; y=0; z=0; }\n${table}\nlocations [${places.join('; ')};]\nexists (true)\n`;
  return { name, text, allowed: allowed.split(' ') };
}

/** All words of n digits below `base`, but those listed. */
export function allBut(digits: number, base: number, forbidden: string): string {
  const not = new Set(forbidden.split(' '));
  const words = Array.from({ length: base ** digits }, (_, i) =>
    i.toString(base).padStart(digits, '0'),
  );
  return words.filter(word => !not.has(word)).join(' ');
}

export function c(
  name: string,
  threads: readonly string[],
  variables: string,
  observed: string,
  allowed: string,
): Case {
  const functions = threads.map((body, i) => `P${i}(${variables})\n{\n${body}\n}\n`);
  return {
    name,
    text: `C ${name}\n{}\n${functions.join('\n')}\nlocations [${observed}]\nexists (true)\n`,
    allowed: allowed.split(' '),
  };
}

/** Digits of each state, in the order of the observables. */
export function digits(states: readonly string[]): string[] {
  return states.map(state => [...state.matchAll(/=(-?\w+);/g)].map(m => m[1]).join(''));
}
