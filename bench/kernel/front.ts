/** Reading and lifting a real kernel. */
import { MMU_FILES } from '../../src/harness/world.ts';
import { kvmConfig } from '../../src/semantics/c/config.ts';
import { FrontCache, type FrontOptions, loadUnits } from '../../src/semantics/c/front.ts';
import { opaqueNames, shims } from '../../src/semantics/c/shims.ts';
import type { SourceReader } from '../../src/semantics/c/source.ts';
import { buildCode } from '../../src/semantics/compile/program.ts';
import { Lifter } from '../../src/semantics/lift/lift.ts';
import { modelledNames } from '../../src/semantics/lift/primitives.ts';
import { measured, type Spent, stopwatch } from '../yardstick.ts';

/** What a patch to the fast zap touches. */
const PATCHED = [
  'kvm_mmu_zap_all_fast',
  'kvm_arch_flush_shadow_memslot',
  'kvm_tdp_mmu_invalidate_all_roots',
  'kvm_tdp_mmu_zap_invalidated_roots',
  'kvm_tdp_mmu_put_root',
  'is_page_fault_stale',
];

const base: FrontOptions = {
  config: kvmConfig,
  overrides: '',
  opaque: new Set([...opaqueNames, ...modelledNames]),
  shims,
};

function timed<T>(run: () => T): { value: T; spent: Spent } {
  const stop = stopwatch();
  const value = run();
  return { value, spent: stop() };
}

export function benchFront(
  reader: SourceReader,
  yardstickMs: number,
  print: (text: string) => void,
): void {
  const load = (cache: FrontCache) => loadUnits(reader, MMU_FILES, { ...base, cache });
  const first = new FrontCache();
  const cold = timed(() => load(first));
  const wrong = cold.value.diagnostics.length;
  print(
    `front end, cold: ${measured(cold.spent, yardstickMs)}; ${cold.value.unit.tokens.length} tokens, ${wrong} errors`,
  );
  const bytes = first.exportHeaders(base);
  if (bytes === null) print('front end, header cache: it cannot be written down');
  else {
    const cached = timed(() => {
      const cache = new FrontCache();
      if (!cache.importHeaders(base, bytes)) throw new Error('the header cache is damaged');
      return load(cache);
    });
    const size = (bytes.length / 1e6).toFixed(1);
    print(
      `front end, header cache of ${size} MB: ${measured(cached.spent, yardstickMs)}, ${(cached.spent.cpuMs / cold.spent.cpuMs).toFixed(2)} of cold`,
    );
  }
  const again = timed(() => load(first));
  print(
    `front end, same process: ${measured(again.spent, yardstickMs)}, ${(again.spent.cpuMs / cold.spent.cpuMs).toFixed(2)} of cold`,
  );
  const { unit } = again.value;
  const lifter = new Lifter(unit);
  const names = PATCHED.filter(name => lifter.unit.functions.has(name));
  const lifting = timed(() => names.map(name => lifter.function(name)));
  print(`lifting ${names.length} patched helpers: ${measured(lifting.spent, yardstickMs)}`);
  const compiling = timed(() =>
    buildCode(new Lifter(unit), { roots: names, bits: 1, racing: new Set() }),
  );
  print(
    `lifting and compiling them with all ${compiling.value.models.size} functions they call: ${measured(compiling.spent, yardstickMs)}`,
  );
}
