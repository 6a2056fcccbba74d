/** The list of a tree's models, and the models themselves as files. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Diagnostic, hasErrors } from '../diagnostic.ts';
import { bodiesOf, bodyTable } from '../harness/bodies.ts';
import { inert } from '../report/inert.ts';
import { inertJson } from '../report/json.ts';
import type { HelperEntry } from '../semantics/models/inventory.ts';
import { type Reference, references } from '../semantics/models/references.ts';
import type { Replaced } from '../semantics/models/replaced.ts';
import { emitModels } from '../semantics/print/emit.ts';
import { printModels } from '../semantics/print/print.ts';
import { complain, emit, exitStatus } from './output.ts';
import { toolVersion } from './package.ts';
import { loadTreeModels, runtimeText, type TreeModels } from './tree-models.ts';

export interface ModelsOptions {
  readonly tree?: string;
  readonly base?: string;
  readonly emit?: string;
  readonly format: 'text' | 'json';
  readonly output?: string;
  readonly verbose?: boolean;
}

export const MODELS_SCHEMA = 'mmudelta-models/1';

interface BodyData {
  readonly file: string;
  readonly line: number;
  readonly fingerprint: string;
  /** As in one of the kernels that the stand-in was written after. */
  readonly known: boolean;
}

/** docs/schema/models.json */
export interface ModelsData {
  readonly schema: typeof MODELS_SCHEMA;
  readonly tool: { readonly version: string };
  readonly tree: {
    readonly path: string;
    readonly embedded: boolean;
    readonly kernelVersion: string | null;
    readonly base: string | null;
  };
  readonly helpers: readonly HelperEntry[];
  readonly references: readonly Reference[];
  readonly replaced: readonly (Replaced & { readonly bodies: readonly BodyData[] })[];
  readonly diagnostics: readonly Diagnostic[];
}

export async function runModels(options: ModelsOptions): Promise<number> {
  const loaded = loadTreeModels(options.tree, options.base);
  if (!loaded.ok) {
    complain(loaded.diagnostics);
    return exitStatus.badInput;
  }
  const models = loaded.value;
  try {
    const data = dataOf(models);
    if (options.emit !== undefined) await writeModels(models, options.emit);
    const text =
      options.format === 'json'
        ? `${inertJson(data)}\n`
        : modelsText(data, options.verbose ?? false);
    emit(text, options.output ?? null);
    if (options.format === 'text') complain(models.diagnostics.filter(d => d.severity === 'error'));
    return hasErrors(models.diagnostics) ? exitStatus.badInput : exitStatus.good;
  } finally {
    models.trees.dispose();
  }
}

export function dataOf(models: TreeModels): ModelsData {
  const { path, embedded, trees, helpers, diagnostics } = models;
  return {
    schema: MODELS_SCHEMA,
    tool: { version: toolVersion() },
    tree: { path, embedded, kernelVersion: trees.kernelVersion, base: trees.base },
    helpers,
    references,
    replaced: replacedOf(models),
    diagnostics,
  };
}

function replacedOf({ trees }: TreeModels): ModelsData['replaced'] {
  const [side] = trees.sides;
  const found = new Map<string, BodyData[]>();
  for (const { name, file, line, fingerprint, known } of side === undefined ? [] : bodiesOf(side))
    found.set(name, [...(found.get(name) ?? []), { file, line, fingerprint, known }]);
  return bodyTable.map(({ name, kind, reason }) => ({
    name,
    kind: kind === 'primitive' ? kind : 'stub',
    reason,
    bodies: found.get(name) ?? [],
  }));
}

async function writeModels(models: TreeModels, folder: string): Promise<void> {
  const { lifter, helpers } = models;
  const closure = lifter.closure(helpers.map(h => h.name));
  const files = await emitModels(printModels(lifter, closure), runtimeText());
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
}

export function modelsText(data: ModelsData, verbose: boolean): string {
  const { tree, helpers } = data;
  const lifted = helpers.filter(h => h.status === 'lifted');
  const version = tree.kernelVersion === null ? '' : ` (Linux ${inert(tree.kernelVersion)})`;
  const lines = [
    `${tree.embedded ? 'embedded tree' : inert(tree.path)}${version}`,
    `${lifted.length} of ${helpers.length} functions lifted (${percent(lifted.length, helpers.length)})`,
    '',
  ];
  const shown = verbose ? helpers : helpers.filter(h => h.status === 'unsupported');
  for (const h of shown) lines.push(...helperLines(h, verbose));
  if (shown.length > 0) lines.push('');
  const outside = new Set(helpers.flatMap(h => h.externals));
  lines.push(
    `${outside.size} functions are called that lie outside of these files${verbose ? '' : ' (-v lists them)'}`,
    `${data.replaced.length} names have a meaning of their own instead of a body (--format json lists them)`,
    `${data.references.length} reference models`,
  );
  return `${lines.join('\n')}\n`;
}

function helperLines(h: HelperEntry, verbose: boolean): string[] {
  const place = `${inert(h.file)}:${h.line}`;
  const lines = [
    `${h.status === 'lifted' ? 'lifted     ' : 'unsupported'}  ${inert(h.name)}  ${place}`,
  ];
  if (h.reason !== null) {
    lines.push(
      `             ${inert(h.reason.file)}:${h.reason.line}: ${inert(h.reason.message)} [${h.reason.code}]`,
    );
  }
  if (verbose && h.externals.length > 0)
    lines.push(`             calls out: ${h.externals.map(inert).join(', ')}`);
  return lines;
}

/** Rounded down, so that 100 % means all. */
export function percent(part: number, whole: number): string {
  return whole === 0 ? '0 %' : `${Math.floor((part * 1000) / whole) / 10} %`;
}
