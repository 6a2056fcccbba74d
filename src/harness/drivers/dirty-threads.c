/* Dirty logging and huge-page splitting, always under slots_lock. */

/* KVM_GET_DIRTY_LOG: virt/kvm/kvm_main.c, kvm_get_dirty_log_protect(). The bitmap is the ghost of memslots.c. */
static void mmd_collect_dirty(struct kvm *kvm)
{
	struct kvm_memory_slot *slot;
	unsigned long mask;

	mmd_op_begin("get dirty log");
	mutex_lock(&kvm->slots_lock);
	slot = mmd_published[0];
	write_lock(&kvm->mmu_lock);
	mask = xchg(&mmd_dirty_gfns, 0);
	if (mask)
		kvm_arch_mmu_enable_log_dirty_pt_masked(kvm, slot, 0, mask >> slot->base_gfn);
	write_unlock(&kvm->mmu_lock);
	if (mask)
		mmd_flush_remote(kvm);
	mutex_unlock(&kvm->slots_lock);
	mmd_op_end("get dirty log");
}

static void mmd_thread_dirty_log(void)
{
	mmd_start();
	mmd_collect_dirty(&mmd_kvm);
	mmd_collect_dirty(&mmd_kvm);
	mmd_rest();
}

/* New flags for slot 0: published before the MMU acts on them; kvm_update_flags_memslot(). */
static struct kvm_memory_slot *mmd_set_slot_flags(struct kvm *kvm, u32 flags)
{
	mutex_lock(&kvm->slots_arch_lock);
	mmd_new_slot = mmd_slots[0];
	mmd_new_slot.flags = flags;
	mmd_publish_slot(kvm, 0, &mmd_new_slot);
	mmd_bump_generation();
	return &mmd_new_slot;
}

/* Logging is switched on: arch/x86/kvm/x86.c, kvm_mmu_slot_apply_flags(). */
static void mmd_thread_dirty_enable(void)
{
	struct kvm *kvm = &mmd_kvm;
	struct kvm_memory_slot *slot;

	mmd_start();
	mmd_op_begin("enable dirty logging");
	mutex_lock(&kvm->slots_lock);
	slot = mmd_set_slot_flags(kvm, KVM_MEM_LOG_DIRTY_PAGES);
	if (MMD_EAGER_SPLIT)
		kvm_mmu_slot_try_split_huge_pages(kvm, slot, PG_LEVEL_4K);
	kvm_mmu_slot_remove_write_access(kvm, slot, PG_LEVEL_4K);
	mmd_flush_remote(kvm);
	mutex_unlock(&kvm->slots_lock);
	mmd_op_end("enable dirty logging");
	mmd_rest();
}

/*
 * Logging is switched on with all bits set, so that nothing is protected yet; then userspace clears the bits of a range:
 * virt/kvm/kvm_main.c, kvm_clear_dirty_log_protect().
 */
static void mmd_thread_dirty_clear(void)
{
	unsigned long mask = (1ul << MMD_RANGE_END) - (1ul << MMD_RANGE_START);
	struct kvm *kvm = &mmd_kvm;
	struct kvm_memory_slot *slot;
	unsigned long dirty;

	mmd_start();
	mmd_op_begin("enable dirty logging");
	mutex_lock(&kvm->slots_lock);
	xchg(&mmd_dirty_gfns, ((1ul << MMD_SLOT_PAGES) - 1) << MMD_SLOT_BASE);
	slot = mmd_set_slot_flags(kvm, KVM_MEM_LOG_DIRTY_PAGES);
	mutex_unlock(&kvm->slots_lock);
	mmd_op_end("enable dirty logging");

	mmd_op_begin("clear dirty log");
	mutex_lock(&kvm->slots_lock);
	write_lock(&kvm->mmu_lock);
	do {
		dirty = READ_ONCE(mmd_dirty_gfns);
	} while (cmpxchg(&mmd_dirty_gfns, dirty, dirty & ~mask) != dirty);
	kvm_arch_mmu_enable_log_dirty_pt_masked(kvm, slot, 0, mask >> slot->base_gfn);
	write_unlock(&kvm->mmu_lock);
	mmd_flush_remote(kvm);
	mutex_unlock(&kvm->slots_lock);
	mmd_op_end("clear dirty log");
	mmd_rest();
}

/* The CPU logs dirty pages itself (PML): dirty bits are cleared, huge pages are write-protected. */
static void mmd_thread_dirty_enable_pml(void)
{
	struct kvm *kvm = &mmd_kvm;
	struct kvm_memory_slot *slot;

	mmd_start();
	mmd_op_begin("enable dirty logging");
	mutex_lock(&kvm->slots_lock);
	slot = mmd_set_slot_flags(kvm, KVM_MEM_LOG_DIRTY_PAGES);
	kvm_mmu_slot_leaf_clear_dirty(kvm, slot);
	kvm_mmu_slot_remove_write_access(kvm, slot, PG_LEVEL_2M);
	mmd_flush_remote(kvm);
	mutex_unlock(&kvm->slots_lock);
	mmd_op_end("enable dirty logging");
	mmd_rest();
}

#if MMUDELTA_HAS(kvm_mmu_zap_collapsible_sptes) || MMUDELTA_HAS(kvm_mmu_recover_huge_pages)
static void mmd_can_recover_huge_pages(void)
{
}
#endif

/* Logging is switched off: small mappings give way to huge ones. */
static void mmd_thread_dirty_disable(void)
{
	struct kvm *kvm = &mmd_kvm;
	struct kvm_memory_slot *slot;

	mmd_start();
	mmd_op_begin("disable dirty logging");
	mutex_lock(&kvm->slots_lock);
	slot = mmd_set_slot_flags(kvm, 0);
#if MMUDELTA_HAS(kvm_mmu_recover_huge_pages)
	kvm_mmu_recover_huge_pages(kvm, slot);
#else
	kvm_mmu_zap_collapsible_sptes(kvm, slot);
#endif
	mutex_unlock(&kvm->slots_lock);
	mmd_op_end("disable dirty logging");
	mmd_rest();
}

static void mmd_thread_wrprot_slot(void)
{
	struct kvm *kvm = &mmd_kvm;
	struct kvm_memory_slot *slot;

	mmd_start();
	mmd_op_begin("write-protect slot");
	mutex_lock(&kvm->slots_lock);
	slot = mmd_published[0];
	kvm_mmu_slot_remove_write_access(kvm, slot, PG_LEVEL_4K);
	mmd_flush_remote(kvm);
	mutex_unlock(&kvm->slots_lock);
	mmd_op_end("write-protect slot");
	mmd_rest();
}

static void mmd_thread_split_huge(void)
{
	struct kvm *kvm = &mmd_kvm;

	mmd_start();
	mmd_op_begin("split huge pages");
	mutex_lock(&kvm->slots_lock);
	kvm_mmu_slot_try_split_huge_pages(kvm, mmd_published[0], PG_LEVEL_4K);
	mutex_unlock(&kvm->slots_lock);
	mmd_op_end("split huge pages");
	mmd_rest();
}

/* The dirty log is collected, then the host takes the page away. */
static void mmd_thread_dirty_log_unmap(void)
{
	mmd_start();
	mmd_collect_dirty(&mmd_kvm);
	mmd_unmap(&mmd_kvm, MMD_RANGE_START, MMD_RANGE_END);
	mmd_rest();
}

/* The dirty log is collected, then everything is zapped. */
static void mmd_thread_dirty_log_zap(void)
{
	mmd_start();
	mmd_collect_dirty(&mmd_kvm);
	mmd_zap_all_fast(&mmd_kvm);
	mmd_rest();
}
