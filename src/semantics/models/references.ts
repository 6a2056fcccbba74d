/** The hand-written models, by the helper they stand for and the protocol epoch they describe. */
export interface Reference {
  /** The helper's name in the kernels of its epoch. */
  readonly name: string;
  readonly epoch: string;
  /** Relative to the package. */
  readonly file: string;
}

export const references: readonly Reference[] = [];

export function referencesOf(name: string): readonly Reference[] {
  return references.filter(reference => reference.name === name);
}
