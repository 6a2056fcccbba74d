/** Kernel trees on disk (scripts/fetch-kernels.sh). */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { SourceReader } from '../../src/semantics/c/source.ts';

const folder = process.env['KSRC'] ?? join(homedir(), '.cache', 'kernel-trees');

/** The first of these versions that is there. */
export function findTree(...versions: readonly string[]): { version: string; path: string } | null {
  for (const version of versions) {
    const path = join(folder, version);
    if (existsSync(join(path, 'arch/x86/kvm/mmu/tdp_mmu.c'))) return { version, path };
  }
  return null;
}

/** Files as they stand, each read once. */
export function folderReader(root: string): SourceReader {
  const known = new Map<string, string | null>();
  return {
    read: path => {
      let text = known.get(path);
      if (text === undefined) {
        const file = join(root, path);
        text = existsSync(file) ? readFileSync(file, 'utf8') : null;
        known.set(path, text);
      }
      return text;
    },
  };
}
