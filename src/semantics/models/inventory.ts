/** What became of every function of a tree: lifted, or not and why; what it calls that lies outside of the unit. */
import type { Lifter } from '../lift/lift.ts';
import { externalName } from '../print/shape.ts';
import { referencesOf } from './references.ts';

export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
}

export interface HelperEntry {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly status: 'lifted' | 'unsupported';
  /** Of the first thing that could not be lifted; null when all was. */
  readonly reason: Reason | null;
  /** Functions it calls that have no body in the unit: no fault of its own. */
  readonly externals: readonly string[];
  readonly hasReference: boolean;
}

/** A call out of the unit is no gap in the caller's own body. */
export const isExternal = (code: string): boolean => code === 'no-body' || code === 'static-call';

/** The functions of the given files, in their order. */
export function inventory(lifter: Lifter, isWanted: (file: string) => boolean): HelperEntry[] {
  const { unit } = lifter;
  const entries: HelperEntry[] = [];
  for (const definition of unit.functions.values()) {
    const token = unit.unit.tokens[definition.at];
    if (token === undefined || !isWanted(token.file)) continue;
    entries.push(entryOf(lifter, definition.name, token.file, token.line));
  }
  return entries;
}

function entryOf(lifter: Lifter, name: string, file: string, line: number): HelperEntry {
  const unsupported = lifter.function(name)?.unsupported ?? [];
  const [first] = unsupported.filter(u => !isExternal(u.code));
  const externals = unsupported.filter(u => isExternal(u.code)).map(u => externalName(u.message));
  return {
    name,
    file,
    line,
    status: first === undefined ? 'lifted' : 'unsupported',
    reason:
      first === undefined
        ? null
        : { code: first.code, message: first.message, file: first.loc.file, line: first.loc.line },
    externals: [...new Set(externals)],
    hasReference: referencesOf(name).length > 0,
  };
}
