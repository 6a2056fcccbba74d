import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadUnits } from '../../../src/semantics/c/front.ts';
import { Lifter } from '../../../src/semantics/lift/lift.ts';
import { modelledNames } from '../../../src/semantics/lift/primitives.ts';
import { emitModels } from '../../../src/semantics/print/emit.ts';
import { identifier } from '../../../src/semantics/print/names.ts';
import { printModels } from '../../../src/semantics/print/print.ts';

const marker = 'escaped_into_code';

/** The printed text of everything in a file of the given name. */
async function printed(file: string, text: string): Promise<string> {
  const { unit } = loadUnits({ read: path => (path === file ? text : null) }, [file], {
    config: new Map(),
    overrides: '',
    opaque: modelledNames,
  });
  const lifter = new Lifter(unit);
  const models = lifter.closure([...lifter.unit.functions.keys()]);
  const files = await emitModels(printModels(lifter, models), '');
  return [...files.values()].join('\n');
}

/** The text without comments and string literals: what would run. */
const code = (text: string): string =>
  text
    .replaceAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\/\/.*$/gm, '');

describe('no text of a tree becomes code of a model', () => {
  const piece = fc.constantFrom(
    '"',
    "'",
    '`',
    '*/',
    '//',
    '\\',
    '${',
    '}',
    ')',
    ';',
    '\u2028',
    marker,
    ' ',
    '<',
    '(',
  );
  const nasty = fc
    .array(piece, { minLength: 1, maxLength: 12 })
    .map(parts => `${marker}()${parts.join('')}`);

  test('strings and file names stay literals and comments', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, nasty, async (string, file) => {
        const literal = string.replaceAll(/["\\\n\u2028]/g, '\\$&');
        const name = `${file.replaceAll('\0', '')}.c`;
        const text = `int WARN_ON(int); void f(const char *s); void outer(void) { f("${literal}"); WARN_ON(1); unknown_name("${literal}"); }`;
        const out = await printed(name, text);
        expect(out).toContain('export function outer(): void');
        expect(code(out)).not.toContain(marker);
      }),
      { numRuns: 25 },
    );
  });

  test('a reserved or runtime name is changed, anything else than an identifier refused', () => {
    expect(identifier('delete')).toBe('delete_');
    expect(identifier('local')).toBe('local_');
    expect(identifier('kvm')).toBe('kvm');
    expect(() => identifier('a-b')).toThrow(/no identifier/);
    expect(() => identifier('a;b')).toThrow(/no identifier/);
  });

  test('names that TypeScript reserves still print', async () => {
    const text =
      'struct class { int new, delete; }; int function(struct class *let) { int var = let->new; return var + let->delete; }';
    const out = await printed('main.c', text);
    expect(out).toContain('export function function_(let_: class_): number');
    expect(out).toContain('let_.new_');
  });
});
