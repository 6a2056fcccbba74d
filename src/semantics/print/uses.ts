import { visit } from '../compile/program.ts';
import type { Global, ModelFunction, Place } from '../ir/ir.ts';

/** Every file-scope object the models mention, in order of first use. */
export function globalsOf(models: ReadonlyMap<string, ModelFunction>): Set<Global> {
  const found = new Map<string, Global>();
  const note = (p: Place): void => {
    if (p.kind === 'field' || p.kind === 'element') note(p.base);
    else if (p.kind === 'global' && !found.has(p.global.name)) found.set(p.global.name, p.global);
  };
  for (const model of models.values()) {
    visit(model.body, e => {
      if (e.kind === 'load' || e.kind === 'address' || e.kind === 'step' || e.kind === 'assign')
        note(e.place);
    });
  }
  return new Set(found.values());
}
