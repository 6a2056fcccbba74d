import { createRequire } from 'node:module';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Node } from 'web-tree-sitter';
import { Language, Parser } from 'web-tree-sitter';
import { kvmConfig } from '../../../src/semantics/c/config.ts';
import { loadUnits } from '../../../src/semantics/c/front.ts';
import { opaqueNames, shims } from '../../../src/semantics/c/shims.ts';
import { diskReader, hasTree, kernelVersions, mmuFiles, treeRoot } from './kernel-tree.ts';

const versions = kernelVersions.filter(hasTree);
const require = createRequire(import.meta.url);
let parser: Parser;

beforeAll(async () => {
  await Parser.init();
  parser = new Parser();
  parser.setLanguage(await Language.load(require.resolve('tree-sitter-c/tree-sitter-c.wasm')));
});

interface Extent {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

function declaredName(node: Node): string | null {
  let at: Node | null = node.childForFieldName('declarator');
  while (at !== null && at.type !== 'identifier') at = at.childForFieldName('declarator');
  return at?.text ?? null;
}

/** Function definitions of the raw text: tree-sitter does not preprocess. */
function theirFunctions(text: string): Extent[] {
  const root = parser.parse(text)?.rootNode;
  const found = root?.descendantsOfType('function_definition') ?? [];
  return found.flatMap(node => {
    const name = node === null ? null : declaredName(node);
    if (node === null || name === null) return [];
    return [{ name, from: node.startPosition.row + 1, to: node.endPosition.row + 1 }];
  });
}

describe.skipIf(versions.length === 0)('tree-sitter-c sees the same functions', () => {
  test.each(versions)('%s', version => {
    const reader = diskReader(treeRoot(version));
    const { unit } = loadUnits(reader, mmuFiles, {
      config: kvmConfig,
      overrides: '',
      opaque: opaqueNames,
      shims,
    });
    let agreed = 0;
    const differ: string[] = [];
    for (const file of mmuFiles) {
      const text = reader.read(file) ?? '';
      const lines = text.split('\n');
      const theirs = new Set(theirFunctions(text).map(f => `${f.name} ${f.from}-${f.to}`));
      for (const e of unit.externals) {
        const first = unit.tokens[e.at];
        if (e.kind !== 'function' || first?.file !== file) continue;
        // Its documented faults: no function that a macro makes, and a lost name after an unknown annotation.
        if (first.macro !== null || / __(init|exit) /.test(lines[first.line - 1] ?? '')) continue;
        const ours = `${e.name} ${first.line}-${unit.tokens[e.end - 1]?.line}`;
        if (theirs.has(ours)) agreed++;
        else differ.push(`${file}: ${ours}`);
      }
    }
    expect(differ).toEqual([]);
    expect(agreed).toBeGreaterThan(300);
  });
});
