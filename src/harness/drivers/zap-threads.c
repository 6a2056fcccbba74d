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

/* APICv inhibition, MTRR and PAT updates: arch/x86/kvm/x86.c, mtrr.c. */
static void mmd_thread_zap_gfn_range(void)
{
	mmd_start();
	mmd_op_begin("zap gfn range");
	kvm_zap_gfn_range(&mmd_kvm, MMD_RANGE_START, MMD_RANGE_END);
	mmd_op_end("zap gfn range");
	mmd_rest();
}

/* The generation of memslots wraps: all MMIO SPTEs go; kvm_arch_memslots_updated(). */
static void mmd_thread_mmio_wrap(void)
{
	mmd_start();
	mmd_op_begin("memslot generation wraps");
	mutex_lock(&mmd_kvm.slots_lock);
	kvm_mmu_invalidate_mmio_sptes(&mmd_kvm, 0);
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
