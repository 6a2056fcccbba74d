import { readFileSync } from 'node:fs';
import { driverFiles } from './driver-files.ts';

let texts: readonly { readonly name: string; readonly text: string }[] | null = null;

/** The drivers' C texts, read once from beside this file: part of the program, as its code is. */
export function driverTexts(): readonly { readonly name: string; readonly text: string }[] {
  texts ??= driverFiles.map(name => ({
    name,
    text: readFileSync(new URL(name, import.meta.url), 'utf8'),
  }));
  return texts;
}

/** Fingerprints that scripts/record-bodies.ts wrote; see ../bodies.ts for the form. */
export function knownBodiesText(): string {
  return readFileSync(new URL('known-bodies.txt', import.meta.url), 'utf8');
}
