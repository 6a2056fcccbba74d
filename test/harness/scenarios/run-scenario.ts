import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobResult } from '../../../src/harness/job.ts';
import { runJob } from '../../../src/harness/job.ts';
import { findScenario } from '../../../src/harness/scenarios/all.ts';
import type { World } from '../../../src/harness/world.ts';
import { loadWorld, shapeOf } from '../../../src/harness/world.ts';
import type { SourceReader } from '../../../src/semantics/c/source.ts';

export interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A tree on disk with some text replaced. An edit that finds nothing is a mistake of the test. */
export function editedTree(root: string, edits: readonly Edit[] = []): SourceReader {
  const changed = new Map<string, string>();
  for (const { file, from, to } of edits) {
    const before = changed.get(file) ?? readFileSync(join(root, file), 'utf8');
    if (!before.includes(from)) throw new Error(`nothing to edit in ${file}: ${from}`);
    changed.set(
      file,
      before.replace(from, () => to),
    );
  }
  return {
    read: path => {
      const text = changed.get(path);
      if (text !== undefined) return text;
      return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null;
    },
  };
}

export function worldOf(reader: SourceReader, id: string): World {
  const scenario = findScenario(id);
  if (scenario === null) throw new Error(`no scenario ${id}`);
  return loadWorld(reader, shapeOf(scenario));
}

export function runScenario(reader: SourceReader, id: string): JobResult {
  const scenario = findScenario(id);
  if (scenario === null) throw new Error(`no scenario ${id}`);
  return runJob(loadWorld(reader, shapeOf(scenario)), scenario, {
    racing: [],
    full: true,
    maxStates: 300_000,
    deadlineMs: null,
    now: () => 0,
    onProgress: null,
  });
}
