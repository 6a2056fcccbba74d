import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildTrees } from '../../src/diff/build-trees.ts';
import { readSeries } from '../../src/diff/read-series.ts';
import { mailFolder, mailTree, temporaryFolder } from './repositories.ts';

const dir = temporaryFolder();
const originals = ['simple.mbox', 'flowed.eml', 'attachment.eml', 'web-copy.txt', 'rename.mbox'];

/** A mail with a piece cut out, doubled, or replaced. */
const mangled = fc
  .record({
    name: fc.constantFrom(...originals),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(60),
    piece: fc.oneof(
      fc.constantFrom(
        '',
        '\n',
        '\0',
        '\n@@ -1 +1 @@\n',
        '\ndiff --git a/x b/x\n',
        '\nFrom ',
        '\xff',
      ),
      fc.string({ maxLength: 10 }),
    ),
  })
  .map(({ name, at, length, piece }) => {
    const text = readFileSync(join(mailFolder, name)).toString('latin1');
    const cut = Math.floor(at * text.length);
    return text.slice(0, cut) + piece + text.slice(cut + length);
  });

describe('mangled mails', () => {
  it('give a series, a tree, or a coded diagnostic, and never a crash', () => {
    const file = join(dir, 'mangled.mbox');
    fc.assert(
      fc.property(mangled, text => {
        writeFileSync(file, Buffer.from(text, 'latin1'));
        const series = readSeries(file);
        if (!series.ok) {
          expect(series.diagnostics.length).toBeGreaterThan(0);
          return;
        }
        const trees = buildTrees(series.value, mailTree);
        if (!trees.ok) throw new Error(JSON.stringify(trees.diagnostics));
        const said = [...series.value.diagnostics, ...trees.value.diagnostics];
        const whole = trees.value.sides.length === trees.value.patches.length + 1;
        // Whatever did not become a tree has an error that says why.
        if (!whole) expect(said.some(each => each.severity === 'error')).toBe(true);
        trees.value.dispose();
      }),
      { numRuns: 60 },
    );
  });
});
