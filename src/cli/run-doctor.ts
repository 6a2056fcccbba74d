/** What was found on this machine and in the tree. */
import { spawnSync } from 'node:child_process';
import { type Diagnostic, hasErrors } from '../diagnostic.ts';
import { followedBodies } from '../harness/bodies.ts';
import { invariants } from '../harness/invariants/all.ts';
import { scenarios } from '../harness/scenarios/all.ts';
import { inert } from '../report/inert.ts';
import { inertJson } from '../report/json.ts';
import { painter, wrapUnder } from '../report/layout.ts';
import type { SourceReader } from '../semantics/c/source.ts';
import { missingForReferences } from '../semantics/compile/bindings.ts';
import { diagnosticLines, emit, exitStatus } from './output.ts';
import { embeddedTree, toolVersion } from './package.ts';
import { percent } from './run-models.ts';
import { treeFit } from './tree-fit.ts';
import { loadTreeModels } from './tree-models.ts';

export interface DoctorOptions {
  readonly tree?: string;
  readonly base?: string;
  readonly format: 'text' | 'json';
  readonly output?: string;
}

/** docs/schema/doctor.json */
export interface DoctorData {
  readonly schema: 'mmudelta-doctor/1';
  readonly tool: { readonly version: string };
  readonly node: string;
  /** Null when there is no git. */
  readonly git: string | null;
  readonly tree: {
    readonly path: string;
    readonly embedded: boolean;
    readonly found: boolean;
    readonly kernelVersion: string | null;
    readonly base: string | null;
    readonly baseRule: string | null;
  };
  readonly helpers: {
    readonly total: number;
    readonly lifted: number;
    readonly unsupported: readonly string[];
  };
  /** Concepts of who owns references to roots that the tree has no field for; they are not checked then. */
  readonly references: { readonly missing: readonly string[] };
  readonly replaced: {
    /** Bodies that drivers stand in for and that the tree has. */
    readonly total: number;
    /** Those that look as in no kernel the drivers were written after. */
    readonly unknown: readonly { readonly id: string; readonly why: string }[];
  };
  readonly scenarios: {
    readonly total: number;
    /** Those that cannot run on this tree. */
    readonly unfit: readonly { readonly id: string; readonly why: string }[];
  };
  readonly invariants: {
    readonly total: number;
    /** Those that are not checked on this tree. */
    readonly unbound: readonly { readonly id: string; readonly why: string }[];
  };
  readonly healthy: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

export function runDoctor(options: DoctorOptions): number {
  const data = examine(options);
  emit(
    options.format === 'json' ? `${inertJson(data)}\n` : doctorText(data),
    options.output ?? null,
  );
  return data.healthy ? exitStatus.good : exitStatus.badInput;
}

function gitVersion(): string | null {
  const { status, stdout } = spawnSync('git', ['--version'], { encoding: 'utf8' });
  return status === 0 ? (/\d[\w.]*/.exec(stdout)?.[0] ?? null) : null;
}

export function examine(options: DoctorOptions): DoctorData {
  const git = gitVersion();
  const loaded = loadTreeModels(options.tree, options.base);
  const common = {
    schema: 'mmudelta-doctor/1',
    tool: { version: toolVersion() },
    node: process.versions.node,
    git,
  } as const;
  if (!loaded.ok) {
    const path = options.tree ?? embeddedTree();
    return {
      ...common,
      tree: {
        path,
        embedded: options.tree === undefined,
        found: false,
        kernelVersion: null,
        base: null,
        baseRule: null,
      },
      helpers: { total: 0, lifted: 0, unsupported: [] },
      references: { missing: [] },
      replaced: { total: 0, unknown: [] },
      scenarios: { total: scenarios.length, unfit: [] },
      invariants: { total: invariants.length, unbound: [] },
      healthy: false,
      diagnostics: loaded.diagnostics,
    };
  }
  const { path, embedded, trees, lifter, helpers, diagnostics } = loaded.value;
  const side = trees.sides[0];
  const fit = side === undefined ? { unfit: [], unbound: [] } : treeFit(side);
  const replaced = side === undefined ? { total: 0, unknown: [] } : replacedIn(side);
  trees.dispose();
  const unsupported = helpers.filter(h => h.status === 'unsupported').map(h => h.name);
  return {
    ...common,
    tree: {
      path,
      embedded,
      found: true,
      kernelVersion: trees.kernelVersion,
      base: trees.base,
      baseRule: trees.baseRule,
    },
    helpers: { total: helpers.length, lifted: helpers.length - unsupported.length, unsupported },
    references: { missing: missingForReferences(lifter) },
    replaced,
    scenarios: { total: scenarios.length, unfit: fit.unfit },
    invariants: { total: invariants.length, unbound: fit.unbound },
    healthy: git !== null && helpers.length > 0 && !hasErrors(diagnostics),
    diagnostics,
  };
}

function replacedIn(side: SourceReader): DoctorData['replaced'] {
  const found = followedBodies(side);
  const why = 'as in no kernel that the drivers were written after';
  const unknown = found.filter(b => !b.known).map(b => ({ id: `${b.name}()`, why }));
  return { total: found.length, unknown };
}

export function doctorText(data: DoctorData): string {
  const { tree, helpers } = data;
  const where = tree.embedded ? 'the embedded tree' : inert(tree.path);
  const lines = [
    `mmudelta  ${data.tool.version}`,
    `node      ${data.node}`,
    `git       ${data.git ?? 'not found: install it, nothing works without'}`,
    `tree      ${tree.found ? where : `${where}: not usable`}`,
  ];
  if (tree.found) {
    lines.push(
      `kernel    ${inert(tree.kernelVersion ?? 'version unknown: no Makefile that says it')}`,
    );
    if (tree.base !== null) lines.push(`base      ${tree.base} (${inert(tree.baseRule ?? '')})`);
    lines.push(
      `helpers   ${helpers.lifted} of ${helpers.total} lift (${percent(helpers.lifted, helpers.total)})`,
    );
  }
  if (data.references.missing.length > 0)
    lines.push(
      `owners    of references to roots are not checked: no ${data.references.missing.join(', ')}`,
    );
  for (const name of helpers.unsupported)
    lines.push(`          not ${inert(name)}: mmudelta models says why`);
  if (tree.found) lines.push(...fitLines(data));
  const plain = painter(false);
  for (const d of data.diagnostics) lines.push(...diagnosticLines(d, plain));
  lines.push(data.healthy ? 'all well' : 'something is missing');
  return `${lines.join('\n')}\n`;
}

const COLUMN = 10;
const WIDTH = 80;

function fitLines({ scenarios: s, invariants: i, replaced: r }: DoctorData): string[] {
  const lines = [
    `drivers   stand in for ${r.total} bodies of this tree, ${r.unknown.length} of them not as known`,
  ];
  for (const [why, ids] of byReason(r.unknown))
    lines.push(...wrapUnder(' '.repeat(COLUMN), `${why}: ${ids}`, WIDTH));
  lines.push(`scenarios ${s.total - s.unfit.length} of ${s.total} fit`);
  for (const [why, ids] of byReason(s.unfit))
    lines.push(...wrapUnder(' '.repeat(COLUMN), `not, ${why}: ${ids}`, WIDTH));
  lines.push(`rules     ${i.total - i.unbound.length} of ${i.total} invariants are checked`);
  for (const [why, ids] of byReason(i.unbound))
    lines.push(...wrapUnder(' '.repeat(COLUMN), `not, ${why}: ${ids}`, WIDTH));
  return lines;
}

/** One reason often holds for many. */
function byReason(items: readonly { id: string; why: string }[]): [string, string][] {
  const found = new Map<string, string[]>();
  for (const { id, why } of items) found.set(why, [...(found.get(why) ?? []), id]);
  return [...found].map(([why, ids]) => [inert(why), ids.join(', ')]);
}
