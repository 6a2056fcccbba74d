/**
 * Records what the bodies look like that something stands in for, in the kernels given as folders: run it after
 * reading what changed in them, since a body on record counts as understood.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bodiesIn, fingerprintBodies } from '../src/harness/bodies.ts';
import { loadWorld } from '../src/harness/world.ts';

/** Sources outside of the unit that drivers follow. */
const OUTSIDE: readonly string[] = [
  'arch/x86/kvm/mmu/page_track.c',
  'arch/x86/kvm/vmx/common.h',
  'arch/x86/kvm/vmx/vmx.c',
  'arch/x86/kvm/x86.c',
  'virt/kvm/kvm_main.c',
];

const recorded = new Map<string, Map<string, Set<string>>>();
for (const root of process.argv.slice(2)) {
  const read = (path: string): string | null =>
    existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null;
  const world = loadWorld({ read }, { bits: 1, indirect: true });
  const files = new Set([...world.filesRead.filter(f => !f.startsWith('<')), ...OUTSIDE]);
  for (const file of [...files].sort()) {
    const here = recorded.get(file) ?? new Map<string, Set<string>>();
    for (const [name, entities] of bodiesIn(read(file) ?? '')) {
      const prints = here.get(name) ?? new Set();
      prints.add(fingerprintBodies(entities.map(e => e.text)));
      here.set(name, prints);
    }
    if (here.size > 0) recorded.set(file, here);
  }
}
const lines = [
  '# Written by scripts/record-bodies.ts: file, then each body in it and its fingerprints.',
];
for (const [file, bodies] of [...recorded].sort(([a], [b]) => (a < b ? -1 : 1))) {
  lines.push(file);
  for (const [name, prints] of [...bodies].sort(([a], [b]) => (a < b ? -1 : 1)))
    lines.push(` ${[name, ...prints].join(' ')}`);
}
const target = new URL('../src/harness/drivers/known-bodies.txt', import.meta.url);
writeFileSync(target, `${lines.join('\n')}\n`);
