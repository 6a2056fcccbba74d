import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printName, readGitHeader, readQuoted } from '../../src/diff/file-names.ts';
import { git, noConfiguration } from '../../src/diff/git.ts';
import { createObjectStore } from '../../src/diff/object-store.ts';
import { printDiff } from '../../src/diff/print-diff.ts';
import { ranges } from '../../src/diff/read-series.ts';
import type { FileChange, Hunk, HunkLine } from '../../src/diff/types.ts';
import { parseUnifiedDiff } from '../../src/diff/unified-diff.ts';
import { temporaryFolder } from './repositories.ts';

// Lines that a careless reader takes for something else are as likely as harmless ones.
const lineText = fc.oneof(
  fc.constantFrom('', '-- ', '--- a/x', '+++ b/x', '@@ -1 +1 @@', 'diff --git a/x b/x', '\\ No'),
  fc.constantFrom('From me', '\treturn;', ' ', '-', '+', '/* é */', '}'),
  fc.string({ maxLength: 12, unit: 'grapheme-ascii' }).map(text => text.replace(/[\r\n]/g, '')),
);
const hunkLines: fc.Arbitrary<HunkLine[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('context' as const, 'delete' as const, 'add' as const),
    text: lineText,
    noNewline: fc.constant(false),
  }),
  { minLength: 1, maxLength: 12 },
);
const name = fc
  .array(fc.constantFrom('a', 'mmu', 'b c', 'ä', 'q"q', 'back\\slash', 'tab\there'), {
    minLength: 1,
    maxLength: 3,
  })
  .map(parts => `${parts.join('/')}.c`);

function toHunk(lines: readonly HunkLine[], oldStart: number, shift: number): Hunk {
  const count = (kind: HunkLine['kind']) => lines.filter(line => line.kind !== kind).length;
  const [oldLines, newLines] = [count('add'), count('delete')];
  return { oldStart, oldLines, newStart: oldStart + shift, newLines, section: '', line: 0, lines };
}

const fileChange: fc.Arbitrary<FileChange> = fc
  .record({
    path: name,
    moved: fc.option(name),
    hunks: fc.array(hunkLines, { minLength: 1, maxLength: 3 }),
  })
  .map(({ path, moved, hunks }) => {
    let at = 1;
    let shift = 0;
    const made = hunks.map(lines => {
      const hunk = toHunk(lines, at, shift);
      at += hunk.oldLines + 10;
      shift += hunk.newLines - hunk.oldLines;
      return hunk;
    });
    const newPath = moved !== null && moved !== path ? moved : path;
    return {
      change: newPath === path ? 'modified' : 'renamed',
      oldPath: path,
      newPath,
      oldMode: null,
      newMode: null,
      oldId: null,
      newId: null,
      binary: false,
      hunks: made,
      firstLine: 0,
      lastLine: 0,
    };
  });

/** Positions in the text do not belong to what a diff says. */
function essence(files: readonly FileChange[]) {
  return files.map(({ firstLine: _, lastLine: __, hunks, ...file }) => ({
    ...file,
    hunks: hunks.map(({ line: ___, ...hunk }) => hunk),
  }));
}

describe('printing and reading', () => {
  it('a printed diff reads as what was printed', () => {
    fc.assert(
      fc.property(fc.array(fileChange, { minLength: 1, maxLength: 3 }), files => {
        const parsed = parseUnifiedDiff(printDiff(files));
        expect(parsed.problems).toEqual([]);
        expect(essence(parsed.files)).toEqual(essence(files));
      }),
    );
  });

  it('prose and a signature around it change nothing', () => {
    fc.assert(
      fc.property(fileChange, file => {
        const text = `---\n lib/x.c | 2 +-\n\n${printDiff([file])}-- \n2.39.5\n\n`;
        const parsed = parseUnifiedDiff(text);
        expect(parsed.problems).toEqual([]);
        expect(essence(parsed.files)).toEqual(essence([file]));
      }),
    );
  });

  it('a line less or a line more in a hunk is noticed', () => {
    fc.assert(
      fc.property(fileChange, fc.nat(), fc.boolean(), (file, seed, drop) => {
        const lines = printDiff([file]).trimEnd().split('\n');
        const first = lines.findIndex(line => line.startsWith('@@ '));
        const at = first + 1 + (seed % (lines.length - first - 1));
        if (/^@@ /.test(lines[at] ?? '')) return;
        if (drop) lines.splice(at, 1);
        else lines.splice(at, 0, '+one more');
        expect(parseUnifiedDiff(`${lines.join('\n')}\n`).problems).not.toEqual([]);
      }),
    );
  });

  it('names survive quoting', () => {
    fc.assert(
      fc.property(name, path => {
        const printed = printName(`a/${path}`);
        if (printed.startsWith('"')) expect(readQuoted(printed)?.name).toBe(`a/${path}`);
        expect(readGitHeader(`${printed} ${printName(`b/${path}`)}`)).toEqual({
          old: `a/${path}`,
          new: `b/${path}`,
        });
      }),
    );
  });

  it('any text at all is read in finite time and without a crash', () => {
    const piece = fc.oneof(lineText, fc.constantFrom('@@ -1,3 +1,4 @@', '--- a/y', 'index 1..2'));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), pieces => {
        const { files, problems } = parseUnifiedDiff(pieces.join('\n'));
        expect(files.length + problems.length).toBeLessThanOrEqual(2 * pieces.length + 1);
      }),
    );
  });
});

describe('applying', () => {
  const dir = temporaryFolder();
  const store = createObjectStore(dir, null, 'sha1');
  const text = fc.array(fc.constantFrom('a', 'b', 'c', '\td;', '', '-- '), { maxLength: 30 });

  function indexOf(lines: readonly string[]): string {
    const id = store.writeBlob(Buffer.from(lines.map(line => `${line}\n`).join('')));
    store.run(['read-tree', '--empty']);
    store.run(['update-index', '-z', '--index-info'], `100644 ${id}\tx.c\0`);
    return id;
  }
  const idNow = () => store.run(['ls-files', '-s']).stdout.toString('utf8').split(' ')[1];

  it('a diff and then its reverse gives the original', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const [old, now] = [indexOf(before), indexOf(after)];
        if (old === now) return;
        const raw = git(['diff', '--no-color', old, now], {
          env: { ...noConfiguration, GIT_DIR: `${dir}/store` },
        }).stdout.toString('utf8');
        const named = raw.replaceAll(old, 'x.c').replaceAll(now, 'x.c');
        const { files, problems } = parseUnifiedDiff(named);
        expect(problems).toEqual([]);
        indexOf(before);
        expect(store.run(['apply', '--cached', '-'], printDiff(files)).status).toBe(0);
        expect(idNow()).toBe(now);
        expect(store.run(['apply', '--cached', '-R', '-'], printDiff(files)).status).toBe(0);
        expect(idNow()).toBe(old);
      }),
      { numRuns: 40 },
    );
  });
});

describe('ranges', () => {
  it.each([
    [[], ''],
    [[5], '5'],
    [[1, 2, 3, 7], '1-3, 7'],
  ])('%j is %j', (numbers, text) => expect(ranges(numbers)).toBe(text));
});
