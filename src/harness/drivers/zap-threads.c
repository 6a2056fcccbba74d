/* Operations on the whole VM. */

/* Toggling NX huge pages: arch/x86/kvm/mmu/mmu.c, set_nx_huge_pages(). */
static void mmd_zap_all_fast(struct kvm *kvm)
{
	mmd_op_begin("zap all fast");
	mutex_lock(&kvm->slots_lock);
	kvm_mmu_zap_all_fast(kvm);
	mutex_unlock(&kvm->slots_lock);
	mmd_op_end("zap all fast");
}

static void mmd_thread_zap_all_fast(void)
{
	mmd_start();
	mmd_zap_all_fast(&mmd_kvm);
	mmd_rest();
}

static void mmd_thread_zap_all_fast_twice(void)
{
	mmd_start();
	mmd_zap_all_fast(&mmd_kvm);
	mmd_zap_all_fast(&mmd_kvm);
	mmd_rest();
}

/* What a zap for good promises: the leaf of each page is gone from the root of each vCPU. */
static void mmd_check_zapped(gfn_t start, gfn_t end)
{
	gfn_t gfn;
	int i;

	for (i = 0; i < MMD_NR_VCPUS; i++) {
		if (mmd_vcpus[i].arch.mmu->root.hpa == INVALID_PAGE)
			continue;
		for (gfn = start; gfn < end; gfn++)
			mmd_check("zapped-range-mapped: a page that was zapped for good is still mapped",
				  !(mmd_leaf(mmd_vcpus[i].arch.mmu->root.hpa, gfn) & 7));
	}
}

/* APICv inhibition, MTRR and PAT updates: arch/x86/kvm/x86.c, mtrr.c. */
static void mmd_thread_zap_gfn_range(void)
{
	mmd_start();
	mmd_op_begin("zap gfn range");
	kvm_zap_gfn_range(&mmd_kvm, MMD_RANGE_START, MMD_RANGE_END);
	if (MMD_IDLE)
		mmd_check_zapped(MMD_RANGE_START, MMD_RANGE_END);
	mmd_op_end("zap gfn range");
	mmd_rest();
}

/* arch/x86/kvm/x86.c, kvm_apicv_activated() */
#if MMUDELTA_HAS_FIELD(kvm_arch, apicv_inhibit_reasons)
static bool mmd_replace__kvm_apicv_activated(struct kvm *kvm)
{
	return READ_ONCE(kvm->arch.apicv_inhibit_reasons) == 0;
}
#endif

/* APICv is inhibited: arch/x86/kvm/x86.c, __kvm_set_or_clear_apicv_inhibit(). */
static void mmd_thread_apicv_inhibit(void)
{
#if MMUDELTA_HAS_FIELD(kvm_arch, apicv_inhibit_reasons)
	struct kvm *kvm = &mmd_kvm;
	int idx;

	mmd_start();
	mmd_op_begin("inhibit APICv");
	WRITE_ONCE(kvm->arch.apicv_inhibit_reasons, 1);
	idx = srcu_read_lock(&kvm->srcu);
	kvm_zap_gfn_range(kvm, 0, 1);
	srcu_read_unlock(&kvm->srcu, idx);
	mmd_op_end("inhibit APICv");
	mmd_rest();
#endif
}

/* The generation of memslots wraps: all MMIO SPTEs go; kvm_arch_memslots_updated(). */
static void mmd_thread_mmio_wrap(void)
{
	mmd_start();
	mmd_op_begin("memslot generation wraps");
	mutex_lock(&mmd_kvm.slots_lock);
	/* The generations of the address spaces differ by their numbers; kvm_swap_active_memslots(). */
	kvm_mmu_invalidate_mmio_sptes(&mmd_kvm, MMD_SMM ? 1 : 0);
	mutex_unlock(&mmd_kvm.slots_lock);
	mmd_op_end("memslot generation wraps");
	mmd_rest();
}

#if MMUDELTA_HAS(kvm_recover_nx_lpages) || MMUDELTA_HAS(kvm_recover_nx_huge_pages)
static void mmd_can_recover_nx(void)
{
}
#endif

/* The recovery worker: arch/x86/kvm/mmu/mmu.c, kvm_nx_huge_page_recovery_worker(). */
static void mmd_thread_nx_recovery(void)
{
	struct kvm *kvm = &mmd_kvm;

	mmd_start();
	mmd_op_begin("NX recovery");
#if MMUDELTA_HAS(kvm_recover_nx_lpages)
	kvm_recover_nx_lpages(kvm);
#elif MMUDELTA_NPARAMS(kvm_recover_nx_huge_pages) == 2
	kvm_recover_nx_huge_pages(kvm, MMD_LEGACY ? KVM_SHADOW_MMU : KVM_TDP_MMU);
#else
	kvm_recover_nx_huge_pages(kvm);
#endif
	mmd_op_end("NX recovery");
	mmd_rest();
}
