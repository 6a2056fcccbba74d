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
  'rmaps.c',
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
