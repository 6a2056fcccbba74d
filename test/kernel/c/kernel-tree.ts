import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { SourceReader } from '../../../src/semantics/c/source.ts';

export const kernelSources = process.env['KSRC'] ?? join(homedir(), '.cache/kernel-trees');
/** Trees that are there, by folder name; which ones depends on the day they were fetched. */
export const kernelVersions: readonly string[] = existsSync(kernelSources)
  ? readdirSync(kernelSources).sort()
  : [];

export const mmuFiles = ['tdp_mmu.c', 'tdp_iter.c', 'spte.c', 'mmu.c'].map(
  f => `arch/x86/kvm/mmu/${f}`,
);
export const environmentFiles = ['arch/x86/kvm/x86.c', 'virt/kvm/kvm_main.c'];

export function treeRoot(version: string): string {
  return join(kernelSources, version);
}

export function hasTree(version: string): boolean {
  return existsSync(join(treeRoot(version), 'arch/x86/kvm/mmu/tdp_mmu.c'));
}

export function diskReader(root: string): SourceReader {
  return {
    read(path) {
      try {
        return readFileSync(join(root, path), 'utf8');
      } catch {
        return null;
      }
    },
  };
}
