import type { FrontOptions, LoadedUnit } from '../../../src/semantics/c/front.ts';
import { loadUnits } from '../../../src/semantics/c/front.ts';
import { printExternal } from './print-c.ts';

export function memoryReader(files: Readonly<Record<string, string>>) {
  return { read: (path: string) => files[path] ?? null };
}

/** Loads `main.c`, with further files beside it. */
export function load(
  main: string,
  files: Readonly<Record<string, string>> = {},
  options: Partial<FrontOptions> = {},
): LoadedUnit {
  return loadUnits(memoryReader({ ...files, 'main.c': main }), ['main.c'], {
    config: new Map(),
    overrides: '',
    opaque: new Set(),
    ...options,
  });
}

/** The preprocessed text of `main.c`, one space where white space stood. */
export function preprocessed(
  main: string,
  files: Readonly<Record<string, string>> = {},
  options: Partial<FrontOptions> = {},
): string {
  const { tokens } = load(main, files, options).unit;
  return tokens
    .map(t => (t.spaceBefore ? ' ' : '') + t.text)
    .join('')
    .trim();
}

/** What {@link printExternal} makes of the whole unit; throws when there were diagnostics. */
export function reprinted(main: string): string {
  const loaded = load(main);
  if (loaded.diagnostics.length > 0) throw new Error(JSON.stringify(loaded.diagnostics));
  return loaded.unit.externals.map(printExternal).join('\n');
}

export function codes(loaded: LoadedUnit): string[] {
  return loaded.diagnostics.map(d => `${d.code} ${d.file}:${d.line}`);
}
