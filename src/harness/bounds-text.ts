/** A scenario's bounds as a C function that runs before setup, so that scenarios can share the code of their threads. */

interface Bounded {
  readonly id: string;
  readonly defines: Readonly<Record<string, string>>;
}

/** Fixed when the C is read, set by the program, or not meant for the drivers. */
const ELSEWHERE = new Set(['MMD_BITS', 'MMD_INDIRECT', 'MMD_LEVELS', 'MMD_TRACK_DIRTY']);

export const boundsFunction = (id: string): string => `mmd_bounds__${id.replaceAll('-', '_')}`;

/** `{ 0, 1 }` sets elements, anything else the whole. */
function assignments(name: string, value: string): string[] {
  const list = /^\{(.*)\}$/.exec(value);
  if (list === null) return [`\t${name} = ${value};`];
  const items = (list[1] ?? '').split(',').map(item => item.trim());
  return items.map((item, i) => `\t${name}[${i}] = ${item};`);
}

export function boundsText(specs: readonly Bounded[]): string {
  return specs
    .map(({ id, defines }) => {
      const lines = Object.entries(defines)
        .filter(([name]) => !ELSEWHERE.has(name))
        .flatMap(([name, value]) => assignments(name, value));
      return ['', `static void ${boundsFunction(id)}(void)`, '{', ...lines, '}', ''].join('\n');
    })
    .join('');
}
