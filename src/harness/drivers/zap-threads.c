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
	mmd_zap_all_fast(&mmd_kvm);
	mmd_rest();
}
