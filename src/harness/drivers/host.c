/*
 * The host's side of guest memory: which page lies behind a gfn, and what the CPU and the host's page tables allow.
 */

static kvm_pfn_t mmd_pin(const struct kvm_memory_slot *slot, gfn_t gfn, bool *writable)
{
	if (!slot || (slot->flags & KVM_MEMSLOT_INVALID)) {
		if (writable)
			*writable = false;
		return KVM_PFN_NOSLOT;
	}
	if (writable)
		*writable = !(slot->flags & KVM_MEM_READONLY);
	return mmd_host_pfn(gfn);
}

/* arch/x86/kvm/x86.c: the guest cannot wait for a page while it does something else. */
static bool mmd_replace__kvm_can_do_async_pf(struct kvm_vcpu *vcpu)
{
	return false;
}

#if MMUDELTA_HAS(kvm_can_do_async_pf) || defined(KVM_PFN_ERR_NEEDS_IO)
static void mmd_can_read_in(void)
{
}
#endif

/* virt/kvm/kvm_main.c: hva to pfn. It never fails and always may write. */
#if MMUDELTA_HAS(__gfn_to_pfn_memslot)
static kvm_pfn_t mmd_look_up(const struct kvm_memory_slot *slot, gfn_t gfn, bool *async, bool *writable, hva_t *hva)
{
	if (async)
		*async = MMD_NEEDS_IO;
	if (hva)
		*hva = mmd_hva(gfn);
	if (async && MMD_NEEDS_IO)
		return KVM_PFN_ERR_FAULT;
	return mmd_pin(slot, gfn, writable);
}
#endif

#if MMUDELTA_NPARAMS(__gfn_to_pfn_memslot) == 7
static kvm_pfn_t mmd_replace____gfn_to_pfn_memslot(const struct kvm_memory_slot *slot, gfn_t gfn, bool atomic,
						   bool *async, bool write_fault, bool *writable, hva_t *hva)
{
	return mmd_look_up(slot, gfn, async, writable, hva);
}
#elif MMUDELTA_NPARAMS(__gfn_to_pfn_memslot) == 8
static kvm_pfn_t mmd_replace____gfn_to_pfn_memslot(const struct kvm_memory_slot *slot, gfn_t gfn, bool atomic,
						   bool interruptible, bool *async, bool write_fault,
						   bool *writable, hva_t *hva)
{
	return mmd_look_up(slot, gfn, async, writable, hva);
}
#endif
#if MMUDELTA_NPARAMS(__kvm_faultin_pfn) == 5
static kvm_pfn_t mmd_replace____kvm_faultin_pfn(const struct kvm_memory_slot *slot, gfn_t gfn, unsigned int foll,
						bool *writable, struct page **refcounted_page)
{
	*refcounted_page = NULL;
#ifdef KVM_PFN_ERR_NEEDS_IO
	if (MMD_NEEDS_IO && (foll & FOLL_NOWAIT))
		return KVM_PFN_ERR_NEEDS_IO;
#endif
	return mmd_pin(slot, gfn, writable);
}
#endif

/* References to host pages are not counted: a page in use by a fault may be freed, but not mapped after that. */
static void mmd_replace__kvm_release_pfn_clean(kvm_pfn_t pfn)
{
}

static void mmd_replace__kvm_release_pfn_dirty(kvm_pfn_t pfn)
{
}

static void mmd_replace__kvm_release_faultin_page(struct kvm *kvm, struct page *page, bool unused, bool dirty)
{
}

static void mmd_replace__kvm_set_pfn_dirty(kvm_pfn_t pfn)
{
	mmd_page_dirty(pfn);
}

static void mmd_replace__kvm_set_pfn_accessed(kvm_pfn_t pfn)
{
	mmd_page_use(pfn, "accessed");
}

/* arch/x86/kvm/mmu/spte.c: the host has no MMIO pages behind guest memory. */
#if MMUDELTA_NPARAMS(kvm_is_mmio_pfn) == 2
static bool mmd_replace__kvm_is_mmio_pfn(kvm_pfn_t pfn, int *is_host_mmio)
{
	return false;
}
#else
static bool mmd_replace__kvm_is_mmio_pfn(kvm_pfn_t pfn)
{
	return false;
}
#endif

static struct page *mmd_replace__kvm_pfn_to_refcounted_page(kvm_pfn_t pfn)
{
	return NULL;
}

/* arch/x86/kvm/mmu/mmu.c: a walk of the host's page tables */
static int mmd_replace__host_pfn_mapping_level(struct kvm *kvm, gfn_t gfn, const struct kvm_memory_slot *slot)
{
	return MMD_HOST_LEVEL;
}

/* Per-slot arrays of what forbids huge pages: empty, nothing forbids them but the slot's own borders. */
struct kvm_lpage_info mmd_lpage_allowed;
struct kvm_lpage_info mmd_lpage_forbidden;

static struct kvm_lpage_info *mmd_replace__lpage_info_slot(gfn_t gfn, const struct kvm_memory_slot *slot, int level)
{
	gfn_t first = gfn & ~((1ul << ((level - 1) * MMD_BITS)) - 1);

	mmd_lpage_forbidden.disallow_lpage = 1;
	mmd_check("undefined-behaviour: what a slot knows of huge pages is asked for a gfn outside of its arrays",
		  first + (1ul << ((level - 1) * MMD_BITS)) > slot->base_gfn && first < slot->base_gfn + slot->npages);
	if (level > MMD_LEVELS || first < slot->base_gfn ||
	    first + (1ul << ((level - 1) * MMD_BITS)) > slot->base_gfn + slot->npages)
		return &mmd_lpage_forbidden;
	return &mmd_lpage_allowed;
}

static gfn_t mmd_replace__kvm_mmu_max_gfn(void)
{
	return (1ul << (MMD_LEVELS * MMD_BITS)) - 1;
}

/* Memory type of a page: write-back. */
static u8 mmd_static_call__kvm_x86_get_mt_mask(struct kvm_vcpu *vcpu, gfn_t gfn, bool is_mmio)
{
	return 6 << 3;
}

/* arch/x86/kvm/mmu/page_track.c: nobody tracks writes to guest pages. */
static bool mmd_replace__kvm_gfn_is_write_tracked(struct kvm *kvm, const struct kvm_memory_slot *slot, gfn_t gfn)
{
	return false;
}

#if MMUDELTA_HAS(kvm_slot_page_track_is_active)
static bool mmd_replace__kvm_slot_page_track_is_active(struct kvm *kvm, const struct kvm_memory_slot *slot,
						       gfn_t gfn, enum kvm_page_track_mode mode)
{
	return false;
}
#endif

static bool mmd_replace__kvm_page_track_write_tracking_enabled(struct kvm *kvm)
{
	return false;
}

static bool mmd_replace__kvm_memslots_have_rmaps(struct kvm *kvm)
{
	return MMD_INDIRECT;
}

/* Memory accounting: arch/x86/kvm/mmu/mmu.c. */
static void mmd_replace__kvm_account_pgtable_pages(void *virt, int nr)
{
}

#if MMUDELTA_HAS_FIELD(kvm_arch, n_used_mmu_pages)
static void mmd_replace__kvm_mod_used_mmu_pages(struct kvm *kvm, long nr)
{
	kvm->arch.n_used_mmu_pages += nr;
}
#endif

/* virt/kvm/kvm_main.c: pages beside the one that is asked for are never at hand without waiting. */
#if MMUDELTA_HAS(kvm_prefetch_pages)
static int mmd_replace__kvm_prefetch_pages(struct kvm_memory_slot *slot, gfn_t gfn, struct page **pages, int nr_pages)
{
	return -1;
}
#endif

static int mmd_replace__gfn_to_page_many_atomic(struct kvm_memory_slot *slot, gfn_t gfn, struct page **pages,
						int nr_pages)
{
	return -1;
}

/* The CPU and its configuration: none of the features and bugs that the MMU asks for. */
static bool mmd_replace__cpu_feature_enabled(int feature)
{
	return false;
}

static bool mmd_replace__boot_cpu_has(int feature)
{
	return false;
}

static bool mmd_replace__static_cpu_has(int feature)
{
	return false;
}

static bool mmd_replace__boot_cpu_has_bug(int bug)
{
	return false;
}

/* lib/list_debug.c */
static bool mmd_check_list_add(struct list_head *new, struct list_head *prev, struct list_head *next)
{
	bool ok = next->prev == prev && prev->next == next && new != prev && new != next;

	mmd_check("list-protocol: an entry is added between others that are no neighbours, or twice", ok);
	return ok;
}

static bool mmd_check_list_del(struct list_head *entry)
{
	bool ok = entry->next != LIST_POISON1 && entry->prev != LIST_POISON2;

	if (ok)
		ok = entry->prev->next == entry && entry->next->prev == entry;
	mmd_check("list-protocol: an entry is taken off a list that it is not on", ok);
	return ok;
}

static bool mmd_replace____list_add_valid(struct list_head *new, struct list_head *prev, struct list_head *next)
{
	return mmd_check_list_add(new, prev, next);
}

static bool mmd_replace____list_del_entry_valid(struct list_head *entry)
{
	return mmd_check_list_del(entry);
}

/* arch/x86/kvm/x86.c, mtrr.c: no device writes memory behind the caches. */
static bool mmd_replace__kvm_arch_has_noncoherent_dma(struct kvm *kvm)
{
	return false;
}

/* mm/page_alloc.c: only splitting allocates on the spot, and has to live with a failure. */
static unsigned long mmd_replace__get_zeroed_page(gfp_t gfp)
{
	if (MMD_ALLOC_FAILS && mmd_choice(2))
		return 0;
	return get_zeroed_page(gfp);
}

static unsigned long mmd_replace____get_free_page(gfp_t gfp)
{
	if (MMD_ALLOC_FAILS && mmd_choice(2))
		return 0;
	return __get_free_page(gfp);
}

/* include/linux/sched/signal.h: a fatal or other signal for the thread that runs a vCPU */
static int mmd_replace__signal_pending(struct task_struct *p)
{
	return MMD_SIGNALS ? mmd_choice(2) : 0;
}

struct task_struct mmd_task;

static struct task_struct *mmd_replace__get_current(void)
{
	return &mmd_task;
}
