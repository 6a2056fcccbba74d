/**
 * The hand-modelled environment, in kernel C, parsed after the tree's own files in this order. The files lie beside
 * this one; whoever runs a scenario reads them.
 */
export const driverFiles = [
  'prelude.c',
  'memslots.c',
  'host.c',
  'requests.c',
  'vcpu.c',
  'nested.c',
  'setup.c',
  'memslot-threads.c',
  'notifier-threads.c',
  'zap-threads.c',
  'vcpu-threads.c',
  'destroy-threads.c',
  'dirty-threads.c',
  'at-rest.c',
] as const;

/** What setup runs; see setup.c. */
export const setupFunction = 'mmd_setup';

/** What the engine calls, as one step without effect, whenever everything has come to rest; see at-rest.c. */
export const atRestFunction = 'mmd_at_rest';

/** `#define` lines for a scenario's bounds. */
export function defineLines(defines: Readonly<Record<string, number | string>>): string {
  return Object.entries(defines)
    .map(([name, value]) => `#define ${name} ${value}\n`)
    .join('');
}
