import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

it('every diagnostic code of the intake is explained, and none that is not there', () => {
  const dir = join(root, 'src', 'diff');
  const files = readdirSync(dir).map(name => join(dir, name));
  const more = ['src/diagnostic.ts', 'src/cli/intake.ts'].map(name => join(root, name));
  const text = [...files, ...more].map(file => readFileSync(file, 'utf8')).join('\n');
  const made = /(?:error|warning|note)Diagnostic\(\s*(?:isMail \? )?'([a-z-]+)'/g;
  const codes = new Set([...text.matchAll(made)].map(match => match[1] ?? ''));
  for (const code of ['not-a-mail', 'no-patches']) codes.add(code);
  const problems = /readonly code:\n((?:\s+\| '[a-z-]+'[;\n])+)/.exec(text)?.[1] ?? '';
  for (const match of problems.matchAll(/'([a-z-]+)'/g)) codes.add(match[1] ?? '');
  const doc = readFileSync(join(root, 'docs', 'intake.md'), 'utf8');
  const explained = [...doc.matchAll(/^\| `([a-z][a-z-]+)` \|/gm)].map(match => match[1]);
  expect(explained).toEqual([...codes].sort());
});
