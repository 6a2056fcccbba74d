/**
 * Stand-ins for the headers that a kernel build generates. Their values matter only as far as KVM's MMU can see
 * them: flag and zone counts shape `struct page`, nothing here shapes the MMU.
 */
const standIns: ReadonlyMap<string, string> = new Map([
  ['generated/autoconf.h', ''],
  [
    'generated/bounds.h',
    [
      '#define NR_PAGEFLAGS 24',
      '#define MAX_NR_ZONES 4',
      '#define NR_CPUS_BITS 6',
      '#define SPINLOCK_SIZE 64',
      '#define LRU_GEN_WIDTH 0',
      '#define __LRU_REFS_WIDTH 0',
      '',
    ].join('\n'),
  ],
  ['generated/asm-offsets.h', ''],
  ['asm/asm-offsets.h', ''],
  ['generated/rq-offsets.h', ''],
  ['generated/utsrelease.h', '#define UTS_RELEASE "0.0.0"\n'],
  ['generated/utsversion.h', '#define UTS_VERSION "#1"\n'],
  ['generated/compile.h', ''],
  [
    'generated/timeconst.h',
    [
      '#define HZ_TO_MSEC_MUL32 U64_C(0x80000000)',
      '#define HZ_TO_MSEC_ADJ32 U64_C(0x0)',
      '#define HZ_TO_MSEC_SHR32 29',
      '#define MSEC_TO_HZ_MUL32 U64_C(0x80000000)',
      '#define MSEC_TO_HZ_ADJ32 U64_C(0x180000000)',
      '#define MSEC_TO_HZ_SHR32 33',
      '#define HZ_TO_MSEC_NUM 4',
      '#define HZ_TO_MSEC_DEN 1',
      '#define MSEC_TO_HZ_NUM 1',
      '#define MSEC_TO_HZ_DEN 4',
      '#define HZ_TO_USEC_MUL32 U64_C(0xFA000000)',
      '#define HZ_TO_USEC_ADJ32 U64_C(0x0)',
      '#define HZ_TO_USEC_SHR32 20',
      '#define USEC_TO_HZ_MUL32 U64_C(0x83126E98)',
      '#define USEC_TO_HZ_ADJ32 U64_C(0x7FF7CED9168)',
      '#define USEC_TO_HZ_SHR32 43',
      '#define HZ_TO_USEC_NUM 4000',
      '#define HZ_TO_USEC_DEN 1',
      '#define USEC_TO_HZ_NUM 1',
      '#define USEC_TO_HZ_DEN 4000',
      '#define HZ_TO_NSEC_NUM 4000000',
      '#define HZ_TO_NSEC_DEN 1',
      '#define NSEC_TO_HZ_NUM 1',
      '#define NSEC_TO_HZ_DEN 4000000',
      '',
    ].join('\n'),
  ],
  [
    'linux/version.h',
    [
      '#define LINUX_VERSION_CODE 0',
      '#define KERNEL_VERSION(a,b,c) (((a) << 16) + ((b) << 8) + (c))',
      '',
    ].join('\n'),
  ],
  [
    'asm/cpufeaturemasks.h',
    [
      '#ifndef MMUDELTA_CPUFEATUREMASKS',
      '#define MMUDELTA_CPUFEATUREMASKS',
      '#define REQUIRED_MASK_BIT_SET(x) (0)',
      '#define DISABLED_MASK_BIT_SET(x) (0)',
      '#endif',
      '',
    ].join('\n'),
  ],
  // The compiler's own header, which kernels before 5.16 used.
  [
    'stdarg.h',
    [
      '#ifndef MMUDELTA_STDARG',
      '#define MMUDELTA_STDARG',
      'typedef __builtin_va_list va_list;',
      '#define va_start(v, l) __builtin_va_start(v, l)',
      '#define va_end(v) __builtin_va_end(v)',
      '#define va_arg(v, T) __builtin_va_arg(v, T)',
      '#define va_copy(d, s) __builtin_va_copy(d, s)',
      '#endif',
      '',
    ].join('\n'),
  ],
  ['asm/syscalls_64.h', ''],
  ['asm/syscalls_32.h', ''],
  ['asm/unistd_64.h', ''],
  ['asm/unistd_32.h', ''],
  ['asm/unistd_x32.h', ''],
  ['asm/unistd_64_x32.h', ''],
  ['asm/unistd_32_ia32.h', ''],
  ['asm/xen-hypercalls.h', ''],
  // Instantiates trace events; the declarations are all that the MMU's code needs.
  ['trace/define_trace.h', ''],
]);

/** Text that stands for `#include <spec>`, or null when the tree's own file is used. */
export function standIn(spec: string): string | null {
  return standIns.get(spec) ?? null;
}

/** All stand-ins, by the path they are included by. */
export function allStandIns(): ReadonlyMap<string, string> {
  return standIns;
}
