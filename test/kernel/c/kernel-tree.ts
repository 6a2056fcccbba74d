import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { SourceReader } from '../../../src/semantics/c/source.ts';

export const kernelSources = process.env['KSRC'] ?? join(homedir(), '.cache/kernel-trees');
export const kernelVersions = [
  '5.10.262',
  '6.1.192',
  '6.12.94',
  '6.12.117',
  '7.2.13',
  '7.3rc7',
] as const;

export const mmuFiles = ['tdp_mmu.c', 'tdp_iter.c', 'spte.c', 'mmu.c'].map(
  f => `arch/x86/kvm/mmu/${f}`,
);
export const environmentFiles = ['arch/x86/kvm/x86.c', 'virt/kvm/kvm_main.c'];

export function treeRoot(version: string): string {
  return join(kernelSources, version);
}

export function hasTree(version: string): boolean {
  return existsSync(join(treeRoot(version), 'Makefile'));
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
