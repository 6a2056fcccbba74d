/*
 * What must hold whenever everything has come to rest. The engine calls mmd_at_rest() then, as one step that changes
 * nothing.
 */

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

#if MMD_INDIRECT
static int mmd_users(struct kvm_mmu *mmu, hpa_t root)
{
	int users = mmu->root.hpa == root;
	int i;

	for (i = 0; i < KVM_MMU_NUM_PREV_ROOTS; i++)
		users += mmu->prev_roots[i].hpa == root;
	return users;
}

/* A shadow root counts the vCPUs that have it; mmu.c, mmu_alloc_root() and mmu_free_root_page(). */
static void mmd_check_root_counts(void)
{
	struct kvm_mmu_page *sp;
	hpa_t root;
	int users;
	int i;

	list_for_each_entry(sp, &mmd_kvm.arch.active_mmu_pages, link) {
		users = 0;
		root = __pa(sp->spt);
		for (i = 0; i < MMD_NR_VCPUS; i++) {
			users += mmd_users(&mmd_vcpus[i].arch.root_mmu, root);
			users += mmd_users(&mmd_vcpus[i].arch.guest_mmu, root);
		}
		mmd_check("refcount-misuse: a shadow root counts other users than the vCPUs that have it",
			  sp->root_count == users);
	}
}
#endif

void mmd_at_rest(void)
{
	gfn_t gfn;
	int i;

#if MMUDELTA_HAS_FIELD(kvm_arch, apicv_inhibit_reasons)
	if (MMD_APIC_SLOT && mmd_kvm.arch.apicv_inhibit_reasons)
		mmd_check_zapped(0, 1);
#endif
#if MMD_INDIRECT
	mmd_check_root_counts();
#endif
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
