/*
 * What every driver sees: bounds with their defaults, the intrinsics of the simulated machine, the objects of the
 * scenario. A scenario sets bounds by defining the macros first. See INTRINSICS.md for the contract.
 */

/* log2 of the entries of a page table, and whether shadow pages of guest page tables exist: fixed when C is read. */
#ifndef MMD_BITS
#define MMD_BITS 1
#endif
#ifndef MMD_INDIRECT
#define MMD_INDIRECT 0
#endif
/* Remote flushes as requests plus kicks (what KVM does), or as one direct flush of all vCPUs. */
#ifndef MMD_FLUSH_BY_REQUEST
#define MMD_FLUSH_BY_REQUEST 0
#endif
/* The most that any scenario asks for. */
#define MMD_MAX_VCPUS 4
#define MMD_MAX_SLOTS 4
#define MMD_MAX_ACCESSES 4
#define MMD_MAX_GFNS 16

/* Bounds: set by the scenario before anything runs, and constant from then on. */
int mmd_bound_levels = 2;
#define MMD_LEVELS mmd_bound_levels
int mmd_bound_nr_vcpus = 1;
#define MMD_NR_VCPUS mmd_bound_nr_vcpus
/* The slots divide the guest's memory evenly between them unless their size is said. */
int mmd_bound_nr_slots = 1;
#define MMD_NR_SLOTS mmd_bound_nr_slots
int mmd_bound_slot_pages;
#define MMD_SLOT_PAGES mmd_bound_slot_pages
/* First page of the first slot; the others follow. */
int mmd_bound_slot_base;
#define MMD_SLOT_BASE mmd_bound_slot_base
int mmd_bound_slot_flags;
#define MMD_SLOT_FLAGS mmd_bound_slot_flags
/* Accesses a vCPU may make: page, write or read, instruction fetch. */
int mmd_bound_nr_accesses = 1;
#define MMD_NR_ACCESSES mmd_bound_nr_accesses
int mmd_access_gfn[MMD_MAX_ACCESSES];
#define MMD_ACCESS_GFNS mmd_access_gfn
int mmd_access_write[MMD_MAX_ACCESSES] = { 1 };
#define MMD_ACCESS_WRITES mmd_access_write
int mmd_access_fetch[MMD_MAX_ACCESSES];
#define MMD_ACCESS_FETCHES mmd_access_fetch
/* Pages the host threads work on. */
int mmd_bound_range_start;
#define MMD_RANGE_START mmd_bound_range_start
int mmd_bound_range_end = 1;
#define MMD_RANGE_END mmd_bound_range_end
/* Accessed and dirty bits in hardware. */
int mmd_bound_ad = 1;
#define MMD_AD mmd_bound_ad
/* Largest page size of the host's own mappings; 1 is 4K. */
int mmd_bound_host_level = 1;
#define MMD_HOST_LEVEL mmd_bound_host_level
u64 mmd_bound_quirks_off;
#define MMD_QUIRKS_OFF mmd_bound_quirks_off
int mmd_bound_nx_huge_pages;
#define MMD_NX_HUGE_PAGES mmd_bound_nx_huge_pages
int mmd_bound_may_block = 1;
#define MMD_MAY_BLOCK mmd_bound_may_block
/* Huge pages are split as soon as they are logged: the parameter of that name. */
int mmd_bound_eager_split = 1;
#define MMD_EAGER_SPLIT mmd_bound_eager_split
/* A new bitmap says that all pages are dirty, and pages are protected when their bits are cleared. */
int mmd_bound_initially_set;
#define MMD_INITIALLY_SET mmd_bound_initially_set
/* The TDP MMU is off: direct page tables with reverse maps; needs MMD_INDIRECT. */
int mmd_bound_legacy;
#define MMD_LEGACY mmd_bound_legacy
/* vCPUs that run no nested guest although there are shadow pages, a bit each. */
int mmd_bound_not_nested;
#define MMD_NOT_NESTED mmd_bound_not_nested
/* The host has to read pages in before they can be mapped. */
int mmd_bound_needs_io;
#define MMD_NEEDS_IO mmd_bound_needs_io
/* No vCPU runs. */
int mmd_bound_idle;
#define MMD_IDLE mmd_bound_idle
/* The first slot is the APIC access page's. */
int mmd_bound_apic_slot;
#define MMD_APIC_SLOT mmd_bound_apic_slot
/* vCPUs in system management mode, a bit each: they see memory through memslots of their own. */
int mmd_bound_smm;
#define MMD_SMM mmd_bound_smm
/* Every vCPU starts with a second root that it loaded before. */
int mmd_bound_two_roots;
#define MMD_TWO_ROOTS mmd_bound_two_roots
/* Accesses (a bit each) made by every vCPU before the scenario starts, so that it starts with mappings. */
int mmd_bound_premap;
#define MMD_PREMAP mmd_bound_premap
/* The memory of a deleted slot is unmapped and freed by userspace afterwards. */
int mmd_bound_free_after_delete;
#define MMD_FREE_AFTER_DELETE mmd_bound_free_after_delete
int mmd_bound_mmio_caching;
#define MMD_MMIO_CACHING mmd_bound_mmio_caching
/* Shadow pages the VM may have; what is over the limit is recycled. */
int mmd_bound_max_pages = 100;
#define MMD_MAX_PAGES mmd_bound_max_pages
/* A guest of the guest with one level more ran before. */
int mmd_bound_nested_deeper;
#define MMD_NESTED_DEEPER mmd_bound_nested_deeper
/* The CPU logs dirty pages itself. */
int mmd_bound_hardware_log;
#define MMD_HARDWARE_LOG mmd_bound_hardware_log
/* Allocations that are not prepared beforehand may fail. */
int mmd_bound_alloc_fails;
#define MMD_ALLOC_FAILS mmd_bound_alloc_fails
/* Signals may arrive at the places that look for them. */
int mmd_bound_signals;
#define MMD_SIGNALS mmd_bound_signals

/* Constants of the tree that the checkers ask for; setup sets them. */
u64 mmd_frozen_spte;
unsigned int mmd_reload_request;
u64 mmd_toggled_quirks;

/* What is known of the guest's own page tables lies beside struct kvm_mmu in newer kernels. */
#if MMUDELTA_HAS_FIELD(kvm_mmu, w)
#define MMD_WALK(mmu) (mmu)->w
#else
#define MMD_WALK(mmu) (mmu)
#endif

int mmd_choice(int n);
void mmd_guest_enter(struct kvm_vcpu *vcpu, u64 root_hpa);
void mmd_guest_exit(struct kvm_vcpu *vcpu);
int mmd_guest_wait(struct kvm_vcpu *vcpu, unsigned int nr_accesses);
void mmd_tlb_flush_vcpu(struct kvm_vcpu *vcpu);
void mmd_kick_all(void);
void mmd_wait_kicked(void);
u64 mmd_host_pfn(u64 gfn);
void mmd_host_unmap(u64 gfn);
void mmd_host_free(u64 gfn);
void mmd_page_use(u64 pfn, const char *what);
void mmd_page_dirty(u64 pfn);
void mmd_check_slot_gone(u64 first_gfn, u64 npages);
/* What is wrong when cond is zero: "invariant-id: in words". */
void mmd_check(const char *what, int cond);
void mmd_op_begin(const char *op);
void mmd_op_end(const char *op);
void mmd_act_as(struct kvm_vcpu *vcpu);
/* From now on RCU callbacks are noted that nobody waits for; whether there are some. */
void mmd_rcu_watch(void);
int mmd_rcu_unwaited(void);
void mmd_progress(void);
void mmd_rest(void);
/* Others may run before this thread does anything. */
void mmd_start(void);

struct kvm mmd_kvm;
struct kvm_vcpu mmd_vcpus[MMD_MAX_VCPUS];
struct kvm_memory_slot mmd_slots[MMD_MAX_SLOTS];
struct kvm_memory_slot mmd_smm_slots[MMD_MAX_SLOTS];

/* Ghost: pages that dirty logging has reported as written since they were last collected, a bit each. */
unsigned long mmd_dirty_gfns;
/* Ghost: the VM goes away, vCPU threads leave KVM_RUN as on a fatal signal. */
int mmd_dying;

/* Bits of what mmd_guest_wait() returns for an access. */
#define MMD_ACCESS_MASK 0x3f
#define MMD_ACCESS_PRESENT 0x40
