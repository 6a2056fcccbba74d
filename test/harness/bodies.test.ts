import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { changedBodies, replacedReasons } from '../../src/check/replaced-body.ts';
import type { TouchedFile } from '../../src/diff/touched.ts';
import type { TreeSide } from '../../src/diff/types.ts';
import {
  bodiesIn,
  bodyTable,
  fingerprintBodies,
  followedBodies,
  homesOf,
} from '../../src/harness/bodies.ts';
import { driverTexts } from '../../src/harness/drivers/driver-texts.ts';
import { mirroredBodies } from '../../src/harness/drivers/mirrored.ts';
import { loadSide, type SideModels, SideWorlds } from '../../src/harness/side.ts';

const root = fileURLToPath(new URL('../../fixtures/linux', import.meta.url));
const MAIN = 'virt/kvm/kvm_main.c';

function tree(changes: Readonly<Record<string, string>> = {}): TreeSide {
  const read = (path: string): string | null => {
    if (Object.hasOwn(changes, path)) return changes[path] ?? null;
    return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null;
  };
  return {
    number: 0,
    read,
    exists: path => read(path) !== null,
    hash: read,
    changedPaths: [],
  };
}

const file = (path: string): TouchedFile => ({
  path,
  oldPath: path,
  tokensEqual: false,
  outside: false,
});

const changed = (changes: Readonly<Record<string, string>>): string[] =>
  changedBodies(
    { files: Object.keys(changes).map(file), entities: [] },
    tree(),
    tree(changes),
    () => false,
  ).map(b => b.name);

const main = readFileSync(join(root, MAIN), 'utf8');

/** The text with a statement more at the start of a function. */
function inside(text: string, name: string, statement: string): string {
  const at = text.indexOf('{', text.search(new RegExp(`^static .*\\b${name}\\(`, 'm')));
  if (at < 0) throw new Error(`no ${name}()`);
  return `${text.slice(0, at + 1)}\n${statement}${text.slice(at + 1)}`;
}

describe('bodies that something stands in for', () => {
  it('has one row a name, and drivers for each mirror', () => {
    expect(new Set(bodyTable.map(r => r.name)).size).toBe(bodyTable.length);
    const text = driverTexts()
      .map(t => t.text)
      .join('\n');
    const drivers = mirroredBodies.flatMap(b => b.by);
    expect(drivers.filter(d => !text.includes(`${d}(`))).toEqual([]);
  });

  it('knows where a kernel has each mirror', () => {
    expect(mirroredBodies.filter(b => homesOf(b.name).length === 0)).toEqual([]);
  });

  it('compares tokens, not bytes', () => {
    const print = (text: string): string =>
      fingerprintBodies((bodiesIn(text).get('kvm_destroy_vm') ?? []).map(e => e.text));
    const plain = 'static void kvm_destroy_vm(struct kvm *kvm)\n{\n\tfree(kvm);\n}\n';
    expect(print(plain.replace('\tfree', '\t/* now */ free'))).toBe(print(plain));
    expect(print(plain.replace('free(kvm)', 'free(0)'))).not.toBe(print(plain));
  });

  it('finds nothing new in the embedded tree, and says what is', () => {
    expect(followedBodies(tree()).filter(b => !b.known)).toEqual([]);
    const other = inside(main, 'kvm_swap_active_memslots', '\tcpu_relax();');
    const unknown = followedBodies(tree({ [MAIN]: other })).filter(b => !b.known);
    expect(unknown.map(b => b.name)).toEqual(['kvm_swap_active_memslots']);
  });
});

describe('a patch to kvm_main.c', () => {
  const swap = inside(main, 'kvm_swap_active_memslots', '\tcpu_relax();');
  let side: SideModels;
  beforeAll(() => {
    side = loadSide(new SideWorlds(tree()));
  }, 120_000);

  it('changes a body that is followed, or one that is not', () => {
    expect(changed({ [MAIN]: swap })).toEqual(['kvm_swap_active_memslots']);
    expect(changed({ [MAIN]: `${main}\nstatic int nobody(void)\n{\n\treturn 1;\n}\n` })).toEqual(
      [],
    );
  });

  it('changes nothing by moving a body to another file', () => {
    const from = main.search(/^static .*\bkvm_swap_active_memslots\(/m);
    const to = main.indexOf('\n}\n', from) + 3;
    const moved = {
      [MAIN]: main.slice(0, from) + main.slice(to),
      'virt/kvm/slots.c': main.slice(from, to),
    };
    expect(changed(moved)).toEqual([]);
  });

  it('leaves scenarios alone that do not depend on it', () => {
    const body = { name: 'kvm_swap_active_memslots', file: MAIN, line: 1 };
    const depends = (id: string): boolean =>
      replacedReasons([body], side, side, s => s.id === id).length > 0;
    expect(depends('memslot-delete')).toBe(true);
    expect(depends('zap-all-fast')).toBe(false);
    expect(depends('unmap')).toBe(false);
    const range = { ...body, name: 'kvm_handle_hva_range' };
    expect(replacedReasons([range], side, side, s => s.id === 'unmap')).toMatchObject([
      { code: 'replaced-body', file: MAIN },
    ]);
  });
});
