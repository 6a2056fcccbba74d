/**
 * X86 and X86_64 assembly as C text over the same primitives, so that it runs on the same front end and engine. A register
 * is a local variable, flags are the two operands of the last comparison, jumps are gotos.
 */
import { placeText } from './condition.ts';
import { LitmusSyntaxError, type LitmusTest } from './litmus-test.ts';
import {
  assembleUnit,
  type GlobalVariable,
  type LitmusUnit,
  observed,
  outputName,
  type ThreadText,
  valueText,
  variables,
} from './unit.ts';
import { instructionText } from './x86-instruction.ts';
import { type Machine64, type Register, registerOf } from './x86-operand.ts';

export function assemblyUnit(
  test: LitmusTest,
  threads: readonly (readonly string[])[],
): LitmusUnit {
  const is64 = test.arch === 'X86_64';
  const seen = new Map<string, string[]>();
  const bodies = threads.map(instructions => {
    const registers = new Map<string, Register>();
    const machine: Machine64 = {
      is64,
      address: name => {
        if (!seen.has(name)) seen.set(name, []);
        return name;
      },
      sees: (name, bits) => void seen.get(name)?.push(bits === 64 ? 'long' : 'int'),
      uses: register => void registers.set(register.family, register),
    };
    const lines = instructions.map(each => instructionText(each, machine));
    return { lines, registers };
  });
  const names = variables(test, seen);
  const outputs = new Map<string, { name: string; type: string }>();
  const texts = bodies.map(({ lines, registers }, i) =>
    threadText(test, i, lines, registers, names, outputs),
  );
  return assembleUnit(test, names, texts, outputs);
}

function threadText(
  test: LitmusTest,
  number: number,
  lines: readonly string[],
  used: ReadonlyMap<string, Register>,
  names: ReadonlyMap<string, GlobalVariable>,
  outputs: Map<string, { name: string; type: string }>,
): ThreadText {
  const type = test.arch === 'X86_64' ? 'long' : 'int';
  const start = new Map([...used.keys()].map(family => [family, '0']));
  for (const { place, values } of test.initial) {
    if (place.kind !== 'register' || place.thread !== number) continue;
    const value = values[0] ?? '0';
    start.set(
      known(place.name).family,
      /^-?\d/.test(value) ? value : `(${type})${valueText(value, names)}`,
    );
  }
  const last: string[] = [];
  for (const place of observed(test)) {
    if (place.kind !== 'register' || place.thread !== number) continue;
    const register = known(place.name);
    if (!start.has(register.family)) start.set(register.family, '0');
    const bits = type === 'int' ? Math.min(register.bits, 32) : register.bits;
    const output = outputName(number, place.name);
    outputs.set(placeText(place), { name: output, type: bits === 64 ? 'long' : 'int' });
    last.push(
      `${output} = ${bits < 32 ? `(${bits === 8 ? 's8' : 's16'})` : ''}${register.family};`,
    );
  }
  const declared = [...start].map(([family, value]) => `${type} ${family} = ${value};`);
  const text = [
    `static void P${number}(void) {`,
    ...declared,
    'long mmd_left = 0; long mmd_right = 0;',
    ...lines.map(line =>
      line.replace(/@([A-Za-z_.$][\w.$]*)@/g, (_, name: string) => `(${valueText(name, names)})`),
    ),
    'mmd_end: ;',
    ...last,
    '}',
  ].join('\n');
  return { text, call: `P${number}()` };
}

function known(name: string): Register {
  const register =
    registerOf(name) ??
    (/^(?:rip|eip|[cdefgs]s)$/i.test(name)
      ? { family: name.toLowerCase(), bits: 64, shift: 0 }
      : null);
  if (register === null) throw new LitmusSyntaxError(`${name} is no register`);
  return register;
}
