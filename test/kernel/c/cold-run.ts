import { kvmConfig } from '../../../src/semantics/c/config.ts';
import type { FrontOptions } from '../../../src/semantics/c/front.ts';
import { FrontCache, loadUnits } from '../../../src/semantics/c/front.ts';
import { loadHeaderCache, saveHeaderCache } from '../../../src/semantics/c/header-cache-file.ts';
import { opaqueNames, shims } from '../../../src/semantics/c/shims.ts';
import { diskReader, mmuFiles } from './kernel-tree.ts';

/** `cold-run.ts ROOT CACHE-FOLDER`: one load in a process of its own; prints what it cost as JSON. */
const [root = '', folder = ''] = process.argv.slice(2);
const cache = new FrontCache();
const options: FrontOptions = {
  config: kvmConfig,
  overrides: '',
  opaque: opaqueNames,
  shims,
  cache,
};
const started = performance.now();
const cpuBefore = process.cpuUsage();
const cached = loadHeaderCache(folder, 'test', cache, options);
const { unit, diagnostics } = loadUnits(diskReader(root), mmuFiles, options);
const cpu = process.cpuUsage(cpuBefore);
const wallMs = Math.round(performance.now() - started);
saveHeaderCache(folder, 'test', cache, options);
console.log(
  JSON.stringify({
    cached,
    wallMs,
    cpuMs: Math.round((cpu.user + cpu.system) / 1000),
    rssMb: Math.round(process.resourceUsage().maxRSS / 1024),
    tokens: unit.tokens.length,
    externals: unit.externals.length,
    diagnostics: diagnostics.length,
  }),
);
