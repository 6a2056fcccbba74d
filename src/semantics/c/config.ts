/**
 * The built-in configuration: x86-64, SMP, KVM for Intel and AMD, lock debugging on, so that lock assertions are
 * part of the code. Names that a given kernel does not know do no harm.
 */
const enabled = `
X86_64 64BIT X86 MMU SMP NUMA KVM KVM_X86 KVM_INTEL KVM_AMD HAVE_KVM KVM_MMIO KVM_XFER_TO_GUEST_WORK KVM_COMMON
HAVE_KVM_IRQCHIP HAVE_KVM_IRQFD HAVE_KVM_IRQ_ROUTING HAVE_KVM_EVENTFD HAVE_KVM_PFNCACHE KVM_ASYNC_PF HAVE_KVM_MSI
HAVE_KVM_DIRTY_RING HAVE_KVM_DIRTY_RING_TSO HAVE_KVM_CPU_RELAX_INTERCEPT HAVE_KVM_PM_NOTIFIER HAVE_KVM_IRQ_BYPASS
HAVE_KVM_NO_POLL HAVE_KVM_READONLY_MEM KVM_VFIO KVM_GENERIC_DIRTYLOG_READ_PROTECT KVM_COMPAT MMU_NOTIFIER
KVM_GENERIC_MMU_NOTIFIER KVM_ELIDE_TLB_FLUSH_IF_YOUNG KVM_GENERIC_HARDWARE_ENABLING KVM_GENERIC_PRE_FAULT_MEMORY
KVM_SMM KVM_HYPERV KVM_WERROR USER_RETURN_NOTIFIER PREEMPTION PREEMPT_BUILD PREEMPT PREEMPT_COUNT PREEMPT_RCU
PREEMPT_NOTIFIERS TREE_RCU TREE_SRCU SRCU TASKS_RCU NEED_MULTIPLE_NODES LOCKDEP PROVE_LOCKING PROVE_RCU PROVE_RAW_LOCK_NESTING
DEBUG_LOCK_ALLOC DEBUG_SPINLOCK DEBUG_MUTEXES DEBUG_RWSEMS TRACE_IRQFLAGS LOCKDEP_SUPPORT TRACE_IRQFLAGS_SUPPORT
STACKTRACE STACKTRACE_SUPPORT QUEUED_SPINLOCKS QUEUED_RWLOCKS ARCH_USE_QUEUED_SPINLOCKS ARCH_USE_QUEUED_RWLOCKS
TRACEPOINTS TRACING EVENT_TRACING CC_IS_GCC BUG GENERIC_BUG PRINTK DEBUG_LIST SPARSEMEM SPARSEMEM_EXTREME
SPARSEMEM_VMEMMAP SPARSEMEM_VMEMMAP_ENABLE HAVE_ARCH_TRANSPARENT_HUGEPAGE JUMP_LABEL HAVE_ARCH_JUMP_LABEL
HAVE_STATIC_CALL HAVE_STATIC_CALL_INLINE HAVE_ARCH_JUMP_LABEL_RELATIVE PHYS_ADDR_T_64BIT ARCH_DMA_ADDR_T_64BIT
TRANSPARENT_HUGEPAGE HUGETLB_PAGE HUGETLBFS MODULES SYSFS PROC_FS HIGH_RES_TIMERS NO_HZ_COMMON
GENERIC_CLOCKEVENTS HOTPLUG_CPU X86_LOCAL_APIC X86_IO_APIC ACPI PCI PCI_MSI EVENTFD COMPAT
IA32_EMULATION X86_TSC X86_CMPXCHG64 X86_CMOV ARCH_HAS_CPU_RELAX SLUB ZONE_DMA32 ZONE_DMA
HAVE_GENERIC_VDSO HAVE_ARCH_WITHIN_STACK_FRAMES THREAD_INFO_IN_TASK HAVE_SETUP_PER_CPU_AREA HAVE_ALIGNED_STRUCT_PAGE
HAVE_CMPXCHG_DOUBLE HAVE_FAST_GUP HAVE_GUP_FAST ARCH_HAS_PTE_SPECIAL ARCH_HAS_PTE_DEVMAP ARCH_SUPPORTS_HUGETLBFS
CGROUPS MEMCG SWAP SHMEM FUTEX EPOLL AIO NET INET CPU_SUP_INTEL CPU_SUP_AMD GENERIC_HWEIGHT RCU_STALL_COMMON
`
  .trim()
  .split(/\s+/);

const valued: readonly (readonly [string, string])[] = [
  ['PAGE_SHIFT', '12'],
  ['FUNCTION_ALIGNMENT', '16'],
  ['SPLIT_PTLOCK_CPUS', '4'],
  ['HZ', '250'],
  ['NR_CPUS', '64'],
  ['NODES_SHIFT', '6'],
  ['PGTABLE_LEVELS', '4'],
  ['X86_L1_CACHE_SHIFT', '6'],
  ['X86_INTERNODE_CACHE_SHIFT', '6'],
  ['GCC_VERSION', '120200'],
  ['CLANG_VERSION', '0'],
  ['ILLEGAL_POINTER_VALUE', '0xdead000000000000'],
  ['PHYSICAL_START', '0x1000000'],
  ['PHYSICAL_ALIGN', '0x200000'],
  ['LOG_BUF_SHIFT', '17'],
  ['BASE_SMALL', '0'],
  ['NR_CPUS_RANGE_END', '64'],
  ['KVM_MAX_NR_VCPUS', '1024'],
  ['PANIC_TIMEOUT', '0'],
  ['RCU_CPU_STALL_TIMEOUT', '21'],
  ['X86_VMX_FEATURE_NAMES', 'y'],
  ['LOCKDEP_BITS', '15'],
];

/** Name with `CONFIG_` to `y`, `m` or a value, as in a `.config`. */
export const kvmConfig: ReadonlyMap<string, string> = new Map([
  ...enabled.map(name => [`CONFIG_${name}`, 'y'] as const),
  ...valued.map(([name, value]) => [`CONFIG_${name}`, value] as const),
]);

/** Stays on whatever the user's configuration says: assertions of the kernel's own are half of what is checked. */
const lockDebugging =
  `LOCKDEP PROVE_LOCKING PROVE_RCU PROVE_RAW_LOCK_NESTING DEBUG_LOCK_ALLOC DEBUG_SPINLOCK
DEBUG_MUTEXES DEBUG_RWSEMS TRACE_IRQFLAGS`.split(/\s+/);

/** What the MMU of this tool is about; a configuration without them is of something else. */
const required = ['CONFIG_X86_64', 'CONFIG_KVM', 'CONFIG_SMP'];

/**
 * A configuration made from the text of a `.config`, or why there is none. Numbers that newer kernels ask for and the
 * text does not name keep their built-in value.
 */
export function configFrom(text: string): ReadonlyMap<string, string> | string {
  const given = parseConfig(text);
  if (typeof given === 'number') return `line ${given} is no line of a kernel configuration`;
  const missing = required.find(name => !given.has(name));
  if (missing !== undefined) return `it does not set ${missing}`;
  return new Map([
    ...valued.map(([name, value]) => [`CONFIG_${name}`, value] as const),
    ...given,
    ...lockDebugging.map(name => [`CONFIG_${name}`, 'y'] as const),
  ]);
}

const configLine = /^(CONFIG_[A-Za-z0-9_]+)=(y|m|n|-?\d+|0[xX][0-9a-fA-F]+|"(?:[^"\\\n]|\\.)*")$/;

/** Reads a `.config`; a number is the first line that is none of it. */
export function parseConfig(text: string): Map<string, string> | number {
  const config = new Map<string, string>();
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = (lines[i] as string).trim();
    if (line === '' || line.startsWith('#')) continue;
    const match = configLine.exec(line);
    if (match === null) return i + 1;
    if (match[2] !== 'n') config.set(match[1] as string, match[2] as string);
  }
  return config;
}

/** The text a build would put in `autoconf.h`. */
export function configDefines(config: ReadonlyMap<string, string>): string {
  const lines: string[] = [];
  for (const [name, value] of config) {
    if (!/^CONFIG_\w+$/.test(name) || value.includes('\n')) continue;
    if (value === 'y') lines.push(`#define ${name} 1`);
    else if (value === 'm') lines.push(`#define ${name}_MODULE 1`);
    else if (value !== 'n') lines.push(`#define ${name} ${value}`);
  }
  return `${lines.join('\n')}\n`;
}

/** What the compiler itself defines (GCC 12 for x86-64, as far as headers look) and the build passes. */
export const predefined = `
#define __KERNEL__ 1
#define KBUILD_MODNAME "kvm"
#define KBUILD_MODFILE "arch/x86/kvm/kvm"
#define KBUILD_BASENAME "mmu"
#define __KBUILD_MODNAME kmod_kvm
#define MODULE 1
#define __GNUC__ 12
#define __GNUC_MINOR__ 2
#define __GNUC_PATCHLEVEL__ 0
#define __GNUC_STDC_INLINE__ 1
#define __GCC_ASM_FLAG_OUTPUTS__ 1
#define __x86_64__ 1
#define __x86_64 1
#define __amd64__ 1
#define __LP64__ 1
#define _LP64 1
#define __STDC__ 1
#define __STDC_VERSION__ 201112L
#define __STDC_HOSTED__ 0
#define __OPTIMIZE__ 1
#define __linux__ 1
#define __unix__ 1
#define __ELF__ 1
#define __CHAR_BIT__ 8
#define __SCHAR_MAX__ 127
#define __SHRT_MAX__ 32767
#define __INT_MAX__ 2147483647
#define __LONG_MAX__ 9223372036854775807L
#define __LONG_LONG_MAX__ 9223372036854775807LL
#define __SIZEOF_INT__ 4
#define __SIZEOF_LONG__ 8
#define __SIZEOF_LONG_LONG__ 8
#define __SIZEOF_SHORT__ 2
#define __SIZEOF_POINTER__ 8
#define __SIZEOF_SIZE_T__ 8
#define __SIZEOF_INT128__ 16
#define __SIZE_TYPE__ long unsigned int
#define __PTRDIFF_TYPE__ long int
#define __ORDER_LITTLE_ENDIAN__ 1234
#define __ORDER_BIG_ENDIAN__ 4321
#define __ORDER_PDP_ENDIAN__ 3412
#define __BYTE_ORDER__ 1234
#define __BIGGEST_ALIGNMENT__ 16
`;
