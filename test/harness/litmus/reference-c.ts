/**
 * The kernel's locks and RCU on x86 once more, as small as can be. Steps: `Wx1` and `wx1` (marked and plain stores), `Rx`
 * and `rx` (loads), `F` (smp_mb), `L` and `U` (spin_lock, spin_unlock), `(` and `)` (rcu_read_lock, rcu_read_unlock), `G`
 * (synchronize_rcu; in one thread of a program at most).
 */

interface Thread {
  readonly at: number;
  readonly buffer: readonly (readonly [string, number])[];
  readonly registers: readonly number[];
  /** Depth of reader sections and held locks. */
  readonly reading: number;
  /** Entries at the head of the buffer that a grace period waits for once their section ended. */
  readonly old: number;
}
interface State {
  readonly memory: Readonly<Record<string, number>>;
  readonly threads: readonly Thread[];
  /** Threads the grace period under way waits for; null outside of one. */
  readonly waits: readonly number[] | null;
}

export function kernelOutcomes(
  code: readonly (readonly string[])[],
  places: readonly string[],
  model: 'tso' | 'sc',
): Set<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const threads = code.map(() => ({ at: 0, buffer: [], registers: [], reading: 0, old: 0 }));
  const stack: State[] = [{ memory: { x: 0, y: 0, l: 0 }, threads, waits: null }];
  for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
    const key = JSON.stringify(state);
    if (seen.has(key)) continue;
    seen.add(key);
    const here = state;
    const next = code.flatMap((steps, t) => moves(here, t, steps, model));
    const isDone = here.threads.every(
      (t, i) => t.at === (code[i] as string[]).length && t.buffer.length === 0,
    );
    if (isDone)
      found.add(
        [...here.threads.flatMap(t => t.registers), ...places.map(p => here.memory[p])].join(''),
      );
    stack.push(...next);
  }
  return found;
}

/** Takes out the threads a grace period need not wait for any more. */
function settled(state: State): State {
  const waits = state.waits?.filter(t => {
    const { reading, old } = state.threads[t] as Thread;
    return reading > 0 || old > 0;
  });
  return { ...state, waits: waits ?? null };
}

function moves(state: State, t: number, steps: readonly string[], model: 'tso' | 'sc'): State[] {
  const { memory } = state;
  const thread = state.threads[t] as Thread;
  const { buffer, registers, at, reading, old } = thread;
  const become = (changes: Partial<Thread>, more: Partial<State> = {}): State =>
    settled({
      ...state,
      ...more,
      threads: state.threads.map((each, i) => (i === t ? { ...each, ...changes } : each)),
    });
  const result: State[] = [];
  const [first, ...rest] = buffer;
  if (first !== undefined) {
    const arrived = { ...memory, [first[0]]: first[1] };
    result.push(become({ buffer: rest, old: Math.max(0, old - 1) }, { memory: arrived }));
  }
  const step = steps[at];
  if (step === undefined) return result;
  const [kind = '', place = '', value = ''] = step;
  const on = { at: at + 1 };
  const store = (where: string, what: number, changes: Partial<Thread>): State => {
    if (model === 'sc')
      return become({ ...on, ...changes }, { memory: { ...memory, [where]: what } });
    return become({ ...on, ...changes, buffer: [...buffer, [where, what]] });
  };
  const isEmpty = buffer.length === 0;
  if ('Ww'.includes(kind)) result.push(store(place, Number(value), {}));
  else if ('Rr'.includes(kind)) {
    const own = buffer.findLast(([where]) => where === place);
    result.push(
      become({
        ...on,
        registers: [...registers, own === undefined ? (memory[place] as number) : own[1]],
      }),
    );
  } else if (kind === '(') result.push(become({ ...on, reading: reading + 1 }));
  else if (kind === ')')
    result.push(become({ ...on, reading: reading - 1, old: reading === 1 ? buffer.length : old }));
  else if (kind === 'U') {
    const size = buffer.length + (model === 'sc' ? 0 : 1);
    result.push(store('l', 0, { reading: reading - 1, old: reading === 1 ? size : old }));
  } else if (!isEmpty) return result;
  else if (kind === 'F') result.push(become(on));
  else if (kind === 'L') {
    if (memory['l'] === 0)
      result.push(become({ ...on, reading: reading + 1 }, { memory: { ...memory, l: 1 } }));
  } else if (state.waits === null) {
    const waits = state.threads.flatMap((other, i) =>
      i !== t && (other.reading > 0 || other.old > 0) ? [i] : [],
    );
    result.push(become({}, { waits }));
  } else if (state.waits.length === 0) result.push(become(on, { waits: null }));
  return result;
}

/** The same steps as a C litmus test. */
export function kernelText(
  code: readonly (readonly string[])[],
  places: readonly string[],
): string {
  const observed: string[] = [];
  const functions = code.map((steps, t) => {
    let next = 0;
    const lines = steps.map(step => {
      const [kind = '', place = '', value = ''] = step;
      const simple = {
        F: 'smp_mb();',
        L: 'spin_lock(l);',
        U: 'spin_unlock(l);',
        '(': 'rcu_read_lock();',
        ')': 'rcu_read_unlock();',
        G: 'synchronize_rcu();',
      }[kind];
      if (simple !== undefined) return simple;
      if (kind === 'W') return `WRITE_ONCE(*${place}, ${value});`;
      if (kind === 'w') return `*${place} = ${value};`;
      observed.push(`${t}:r${next}`);
      return kind === 'R'
        ? `int r${next++} = READ_ONCE(*${place});`
        : `int r${next++} = *${place};`;
    });
    return `P${t}(int *x, int *y, spinlock_t *l)\n{\n${lines.join('\n')}\n}\n`;
  });
  return `C random\n{}\n${functions.join('\n')}\nlocations [${[...observed, ...places].join('; ')}]\nexists (true)\n`;
}
