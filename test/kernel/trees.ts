import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const cache = process.env['KSRC'] ?? join(homedir(), '.cache', 'kernel-trees');

/** Versions that were fetched completely, oldest first. */
export function kernelVersions(): string[] {
  if (!existsSync(cache)) return [];
  const compare = new Intl.Collator('en', { numeric: true }).compare;
  return readdirSync(cache)
    .filter(name => existsSync(join(cache, name, '.complete')))
    .sort(compare);
}

/** The newest tree of a series (`6.12`), or of one exact version; null when it is not there. */
export function kernelTree(version: string): string | null {
  const fitting = kernelVersions().filter(
    name => name === version || name.startsWith(`${version}.`) || name.startsWith(`${version}rc`),
  );
  const newest = fitting.at(-1);
  return newest === undefined ? null : join(cache, newest);
}
