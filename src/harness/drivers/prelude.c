/*
 * What every driver sees: bounds with their defaults, the intrinsics of the simulated machine, the objects of the
 * scenario. A scenario sets bounds by defining the macros first. See INTRINSICS.md for the contract.
 */

/* Levels of the page tables, and log2 of the entries of one. */
#ifndef MMD_LEVELS
#define MMD_LEVELS 2
#endif
#ifndef MMD_BITS
#define MMD_BITS 1
#endif
#ifndef MMD_NR_VCPUS
#define MMD_NR_VCPUS 1
#endif
/* The slots divide the guest's memory evenly between them. */
#ifndef MMD_NR_SLOTS
#define MMD_NR_SLOTS 1
#endif
#ifndef MMD_SLOT_PAGES
#define MMD_SLOT_PAGES ((1 << (MMD_LEVELS * MMD_BITS)) / MMD_NR_SLOTS)
#endif
#ifndef MMD_SLOT_FLAGS
#define MMD_SLOT_FLAGS 0
#endif
/* Accesses a vCPU may make: page, write or read, instruction fetch. One each by default. */
#ifndef MMD_NR_ACCESSES
#define MMD_NR_ACCESSES 1
#endif
#ifndef MMD_ACCESS_GFNS
#define MMD_ACCESS_GFNS { 0 }
#endif
#ifndef MMD_ACCESS_WRITES
#define MMD_ACCESS_WRITES { 1 }
#endif
#ifndef MMD_ACCESS_FETCHES
#define MMD_ACCESS_FETCHES { 0 }
#endif
/* Pages the host threads work on. */
#ifndef MMD_RANGE_START
#define MMD_RANGE_START 0
#endif
#ifndef MMD_RANGE_END
#define MMD_RANGE_END 1
#endif
/* Accessed and dirty bits in hardware. */
#ifndef MMD_AD
#define MMD_AD 1
#endif
/* Largest page size of the host's own mappings; 1 is 4K. */
#ifndef MMD_HOST_LEVEL
#define MMD_HOST_LEVEL 1
#endif
#ifndef MMD_QUIRKS_OFF
#define MMD_QUIRKS_OFF 0
#endif
#ifndef MMD_NX_HUGE_PAGES
#define MMD_NX_HUGE_PAGES 0
#endif
#ifndef MMD_MAY_BLOCK
#define MMD_MAY_BLOCK 1
#endif
/* Accesses (a bit each) made by every vCPU before the scenario starts, so that it starts with mappings. */
#ifndef MMD_PREMAP
#define MMD_PREMAP 0
#endif
/* Remote flushes as requests plus kicks (what KVM does), or as one direct flush of all vCPUs. */
#ifndef MMD_FLUSH_BY_REQUEST
#define MMD_FLUSH_BY_REQUEST 0
#endif
/* The memory of a deleted slot is unmapped and freed by userspace afterwards. */
#ifndef MMD_FREE_AFTER_DELETE
#define MMD_FREE_AFTER_DELETE 0
#endif
/* Shadow pages of guest page tables exist: nested EPT, or no TDP at all. */
#ifndef MMD_INDIRECT
#define MMD_INDIRECT 0
#endif
#ifndef MMD_MMIO_CACHING
#define MMD_MMIO_CACHING 0
#endif
/* Shadow pages the VM may have; what is over the limit is recycled. */
#ifndef MMD_MAX_PAGES
#define MMD_MAX_PAGES 100
#endif
/* A guest of the guest with one level more ran before. */
#ifndef MMD_NESTED_DEEPER
#define MMD_NESTED_DEEPER 0
#endif
/* The CPU logs dirty pages itself. */
#ifndef MMD_HARDWARE_LOG
#define MMD_HARDWARE_LOG 0
#endif
/* Signals may arrive at the places that look for them. */
#ifndef MMD_SIGNALS
#define MMD_SIGNALS 0
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
void mmd_check_slot_gone(u64 first_gfn, u64 npages);
void mmd_check(const char *invariant_id, int cond);
void mmd_op_begin(const char *op);
void mmd_op_end(const char *op);
void mmd_act_as(struct kvm_vcpu *vcpu);
void mmd_progress(void);
void mmd_rest(void);
/* Others may run before this thread does anything. */
void mmd_start(void);

struct kvm mmd_kvm;
struct kvm_vcpu mmd_vcpus[MMD_NR_VCPUS];
struct kvm_memory_slot mmd_slots[MMD_NR_SLOTS];

int mmd_access_gfn[MMD_NR_ACCESSES] = MMD_ACCESS_GFNS;
int mmd_access_write[MMD_NR_ACCESSES] = MMD_ACCESS_WRITES;
int mmd_access_fetch[MMD_NR_ACCESSES] = MMD_ACCESS_FETCHES;

/* Ghost: pages that dirty logging has reported as written since they were last collected, a bit each. */
unsigned long mmd_dirty_gfns;
/* Ghost: the VM goes away, vCPU threads leave KVM_RUN as on a fatal signal. */
int mmd_dying;

/* Bits of what mmd_guest_wait() returns for an access. */
#define MMD_ACCESS_MASK 0x3f
#define MMD_ACCESS_PRESENT 0x40
