/** A scenario as a page of text. */
import type { Scenario } from './scenario.ts';

export type { Scenario };

export function scenarioText(s: Scenario): string {
  const axes = `${s.axes.paging}, A/D bits ${s.axes.accessedDirty ? 'on' : 'off'}, quirk ${s.axes.quirk}, ${s.axes.vcpus} vCPU${s.axes.vcpus === 1 ? '' : 's'}`;
  const defines = Object.entries(s.defines).map(([k, v]) => `  ${k} ${v}`);
  return [
    `${s.id}: ${s.title}`,
    '',
    s.why,
    '',
    `source   ${s.source}`,
    `axes     ${axes}`,
    `size     ${s.size}`,
    '',
    'threads',
    ...s.threads.map(t => `  ${t.id.padEnd(10)} ${t.op}  (${t.entry})`),
    '',
    'entry points',
    ...s.entryPoints.map(e => `  ${e}()`),
    ...(defines.length > 0 ? ['', 'bounds', ...defines] : []),
    '',
  ].join('\n');
}
