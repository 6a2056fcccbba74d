/** x86-TSO (or no buffers at all) once more, as small as can be: every interleaving of the steps of cases.ts, nothing clever. */

interface Thread {
  readonly at: number;
  readonly buffer: readonly (readonly [string, number])[];
  readonly registers: readonly number[];
}
interface State {
  readonly memory: Readonly<Record<string, number>>;
  readonly threads: readonly Thread[];
}

/** Final registers and memory of all executions, each as one string. */
export function outcomes(
  program: string,
  places: readonly string[],
  model: 'tso' | 'sc',
): Set<string> {
  const noWait = model === 'sc';
  const code = program.split('|').map(thread => thread.trim().split(/\s+/));
  const found = new Set<string>();
  const seen = new Set<string>();
  const start: State = {
    memory: { x: 0, y: 0, z: 0 },
    threads: code.map(() => ({ at: 0, buffer: [], registers: [] })),
  };
  const stack = [start];
  for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
    const key = JSON.stringify(state);
    if (seen.has(key)) continue;
    seen.add(key);
    const next = code.flatMap((steps, t) => moves(state as State, t, steps, noWait));
    if (next.length === 0) {
      const { memory, threads } = state;
      found.add([...threads.flatMap(t => t.registers), ...places.map(p => memory[p])].join(''));
    }
    stack.push(...next);
  }
  return found;
}

function moves(state: State, t: number, steps: readonly string[], noWait: boolean): State[] {
  const { memory } = state;
  const thread = state.threads[t] as Thread;
  const { buffer, registers, at } = thread;
  const become = (
    changes: Partial<Thread>,
    values: Readonly<Record<string, number>> = memory,
  ): State => ({
    memory: values,
    threads: state.threads.map((each, i) => (i === t ? { ...each, ...changes } : each)),
  });
  const result: State[] = [];
  const [first, ...rest] = buffer;
  if (first !== undefined)
    result.push(become({ buffer: rest }, { ...memory, [first[0]]: first[1] }));
  const step = steps[at];
  if (step === undefined) return result;
  const [kind, place = '', value = ''] = step;
  const isEmpty = buffer.length === 0;
  const now = memory[place] as number;
  if (kind === 'W' && noWait) {
    result.push(become({ at: at + 1 }, { ...memory, [place]: Number(value) }));
  } else if (kind === 'W')
    result.push(become({ at: at + 1, buffer: [...buffer, [place, Number(value)]] }));
  else if (kind === 'R') {
    const own = buffer.findLast(([where]) => where === place);
    result.push(
      become({ at: at + 1, registers: [...registers, own === undefined ? now : own[1]] }),
    );
  } else if (!isEmpty) return result;
  else if (kind === 'F') result.push(become({ at: at + 1 }));
  else if (kind === 'I') result.push(become({ at: at + 1 }, { ...memory, [place]: now + 1 }));
  else
    result.push(
      become({ at: at + 1, registers: [...registers, now] }, { ...memory, [place]: Number(value) }),
    );
  return result;
}
