/*
 * What must hold whenever everything has come to rest. The engine calls mmd_at_rest() then, as one step that changes
 * nothing.
 */

/* The leaf that maps gfn under a root, or 0: a walk of our own, so that a patch cannot change what it finds. */
static u64 mmd_leaf(hpa_t root, gfn_t gfn)
{
	u64 *table = __va(root);
	u64 spte;
	int level;

	for (level = MMD_LEVELS; level >= 1; level--) {
		spte = table[(gfn >> ((level - 1) * MMD_BITS)) & ((1 << MMD_BITS) - 1)];
		if (!(spte & 7) || level == 1 || (spte & PT_PAGE_SIZE_MASK))
			return spte;
		table = __va(spte & ~(u64)0xfff & ((1ull << 51) - 1));
	}
	return 0;
}

/*
 * A page of a logged slot that the guest can write without KVM seeing it has been reported as dirty since the last
 * collection; Documentation/virt/kvm/api.rst, KVM_GET_DIRTY_LOG. With hardware logging the dirty bit says it.
 */
static void mmd_check_logged(struct kvm_vcpu *vcpu, gfn_t gfn)
{
	struct kvm_memory_slot *slot = mmd_find_slot(gfn);
	u64 spte;

	if (!slot || !(slot->flags & KVM_MEM_LOG_DIRTY_PAGES))
		return;
	spte = mmd_leaf(vcpu->arch.mmu->root.hpa, gfn);
	if (!(spte & 2) || !(spte & 1))
		return;
	mmd_check("lost-dirty: the guest can write a page of a logged slot that is not reported as dirty",
		  MMD_HARDWARE_LOG || (mmd_dirty_gfns & (1ul << gfn)) != 0);
}

/* Page tables that NX recovery may zap are in use; mmu.c, track_possible_nx_huge_page(). */
static void mmd_check_tracked(struct list_head *list)
{
	struct list_head *at;

	for (at = list->next; at != list; at = at->next)
		mmd_check("list-protocol: the list of page tables that NX recovery may zap is torn",
			  at->next->prev == at);
}

void mmd_at_rest(void)
{
	gfn_t gfn;
	int i;

	for (i = 0; i < MMD_NR_VCPUS; i++) {
		if (mmd_vcpus[i].arch.mmu->root.hpa == INVALID_PAGE)
			continue;
		for (gfn = MMD_SLOT_BASE; gfn < MMD_SLOT_BASE + MMD_NR_SLOTS * MMD_SLOT_PAGES; gfn++)
			mmd_check_logged(&mmd_vcpus[i], gfn);
	}
#if MMUDELTA_HAS_FIELD(kvm_arch, lpage_disallowed_mmu_pages)
	mmd_check_tracked(&mmd_kvm.arch.lpage_disallowed_mmu_pages);
#elif MMUDELTA_HAS(KVM_NR_MMU_TYPES) || MMUDELTA_HAS_FIELD(kvm_possible_nx_huge_pages, pages)
	mmd_check_tracked(&mmd_kvm.arch.possible_nx_huge_pages[0].pages);
	mmd_check_tracked(&mmd_kvm.arch.possible_nx_huge_pages[1].pages);
#else
	mmd_check_tracked(&mmd_kvm.arch.possible_nx_huge_pages);
#endif
}
