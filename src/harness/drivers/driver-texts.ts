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
