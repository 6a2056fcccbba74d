import type { Trace } from '../../result.ts';
import { inert } from '../inert.ts';

/** The machine's state over a trace, as changes: most rows stay as they are in most steps. */
export interface StateData {
  readonly rows: readonly (readonly [section: string, name: string])[];
  readonly values: readonly string[];
  /** Per step: row, value; value -1 means the row is gone. */
  readonly steps: readonly (readonly (readonly [row: number, value: number])[])[];
}

export function stateData(trace: Trace): StateData {
  const rows: [string, string][] = [];
  const rowIds = new Map<string, number>();
  const values: string[] = [];
  const valueIds = new Map<string, number>();
  const intern = <T>(map: Map<string, number>, list: T[], key: string, item: T): number => {
    const known = map.get(key);
    if (known !== undefined) return known;
    map.set(key, list.length);
    return list.push(item) - 1;
  };
  let last = new Map<number, number>();
  const steps = trace.steps.map(step => {
    const now = new Map<number, number>();
    for (const section of step.state) {
      for (const { name, value } of section.rows) {
        const pair: [string, string] = [inert(section.title), inert(name)];
        const row = intern(rowIds, rows, JSON.stringify(pair), pair);
        now.set(row, intern(valueIds, values, inert(value), inert(value)));
      }
    }
    // A step without a recorded state says nothing about the machine.
    if (step.state.length === 0) return [];
    const changes: [number, number][] = [];
    for (const [row, value] of now) if (last.get(row) !== value) changes.push([row, value]);
    for (const row of last.keys()) if (!now.has(row)) changes.push([row, -1]);
    last = now;
    return changes;
  });
  return { rows, values, steps };
}

/** JSON inside a page: nothing in it may end the element or start a comment. */
export function embeddedJson(data: unknown): string {
  return JSON.stringify(data).replace(
    /[<>&\u2028\u2029]/g,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
