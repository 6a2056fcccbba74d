/** Prints the models of a unit, loads them as modules, and runs cases directly: one thread, bigints, a debugger's view. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runtimeText } from '../../../src/cli/tree-models.ts';
import type { Lifter } from '../../../src/semantics/lift/lift.ts';
import { emitModels } from '../../../src/semantics/print/emit.ts';
import { printModels } from '../../../src/semantics/print/print.ts';
import { words } from './differential.ts';

interface Cell {
  value: bigint;
}
interface TypesModule {
  start(): void;
  readonly g: {
    readonly mmd_in: { at(i: number): Cell };
    readonly mmd_out: { at(i: number): Cell };
  };
}
interface RuntimeModule {
  provide(services: Readonly<Record<string, (...args: never[]) => unknown>>): void;
  fromAddress(address: number, type: unknown): unknown;
  local(type: unknown): { readonly $address: number };
  array(of: () => unknown, count: number): unknown;
  readonly t: { readonly u64: unknown };
}

export interface Direct {
  readonly files: ReadonlyMap<string, string>;
  readonly folder: string;
  run(name: string, inputs: readonly (readonly bigint[])[]): bigint[][];
  dispose(): void;
}

export async function direct(lifter: Lifter, cases: readonly string[]): Promise<Direct> {
  const files = await emitModels(printModels(lifter, lifter.closure(cases)), runtimeText());
  // Under the project, so that its settings and its node_modules are found.
  mkdirSync('node_modules/.cache', { recursive: true });
  const folder = mkdtempSync(join('node_modules/.cache', 'mmudelta-models-'));
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  const load = (name: string): Promise<unknown> => import(pathToFileURL(join(folder, name)).href);
  const types = (await load('types.ts')) as TypesModule;
  const runtime = (await load('runtime.ts')) as RuntimeModule;
  const modules = await Promise.all([...files.keys()].filter(isModel).map(load));
  const functions = Object.assign({}, ...modules) as Readonly<Record<string, () => void>>;
  runtime.provide(services(runtime));
  return {
    files,
    folder,
    run: (name, inputs) =>
      inputs.map(row => {
        types.start();
        row.forEach((value, i) => {
          types.g.mmd_in.at(i).value = value;
        });
        functions[name]?.();
        return Array.from({ length: words }, (_, i) => types.g.mmd_out.at(i).value);
      }),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const isModel = (name: string): boolean => name !== 'types.ts' && name !== 'runtime.ts';

/** What one thread needs of the kernel. Physical addresses of tables are the simulated ones, shifted out of flags' way. */
function services(runtime: RuntimeModule): Record<string, (...args: never[]) => unknown> {
  const page = 4096n;
  const tables: number[] = [];
  const table = runtime.array(() => runtime.t.u64, 512);
  const allocate = (): number => {
    const { $address } = runtime.local(table);
    tables.push($address);
    return $address;
  };
  const physical = (address: number): bigint => BigInt(tables.lastIndexOf(address) + 1) * page;
  const pointerAt = (address: number): unknown => runtime.fromAddress(address, runtime.t.u64);
  return {
    warn: (condition: boolean) => condition,
    lockdep_assert_held_write: () => undefined,
    lockdep_assert_held: () => undefined,
    lockdep_is_held: () => 1,
    rcu_lockdep_reader: () => undefined,
    rcu_lockdep_held: () => undefined,
    get_zeroed_page: () => BigInt(allocate()),
    __pa: (p: { readonly $address: number } | bigint) =>
      physical(typeof p === 'bigint' ? Number(p) : p.$address),
    __va: (address: bigint) => pointerAt(tables[Number(address / page) - 1] as number),
    refcount_read: () => 1,
  };
}
