/* KVM_SET_USER_MEMORY_REGION: virt/kvm/kvm_main.c, kvm_set_memslot() and what it calls. */
/* 6.1 reaches the MMU through a page-track notifier. */
static void mmd_flush_shadow_memslot(struct kvm *kvm, struct kvm_memory_slot *slot)
{
#if MMUDELTA_HAS(kvm_mmu_invalidate_zap_pages_in_memslot)
	kvm_mmu_invalidate_zap_pages_in_memslot(kvm, slot, NULL);
#else
	kvm_arch_flush_shadow_memslot(kvm, slot);
#endif
}

/* First half of a deletion or move, kvm_invalidate_memslot(): nobody may fault pages of the slot in any more. */
static void mmd_invalidate_slot(struct kvm *kvm, int id)
{
	struct kvm_memory_slot *old = mmd_published[id];

	mutex_lock(&kvm->slots_arch_lock);
	mmd_invalid_slots[id] = *old;
	mmd_invalid_slots[id].flags |= KVM_MEMSLOT_INVALID;
	mmd_publish_slot(kvm, id, &mmd_invalid_slots[id]);
	mmd_flush_shadow_memslot(kvm, old);
	mutex_lock(&kvm->slots_arch_lock);
}

static void mmd_bump_generation(void)
{
	mmd_memslots.generation += 2;
}

static void mmd_delete_slot(struct kvm *kvm, int id)
{
	gfn_t first = mmd_slots[id].base_gfn;
	gfn_t gfn;

	mmd_op_begin("delete memslot");
	mutex_lock(&kvm->slots_lock);
	mmd_invalidate_slot(kvm, id);
	mmd_publish_slot(kvm, id, NULL);
	mmd_bump_generation();
	mmd_check_slot_gone(first, MMD_SLOT_PAGES);
	mutex_unlock(&kvm->slots_lock);
	mmd_op_end("delete memslot");
	if (!MMD_FREE_AFTER_DELETE)
		return;
	/* munmap(): the notifier finds no slot and does nothing. */
	for (gfn = first; gfn < first + MMD_SLOT_PAGES; gfn++) {
		mmd_host_unmap(gfn);
		mmd_host_free(gfn);
	}
}

static void mmd_thread_memslot_delete(void)
{
	mmd_start();
	mmd_delete_slot(&mmd_kvm, 0);
	mmd_rest();
}

/* Two deletions in a row; a vCPU may be blocked across both. */
static void mmd_thread_memslot_delete_twice(void)
{
	mmd_start();
	mmd_delete_slot(&mmd_kvm, 0);
	mmd_delete_slot(&mmd_kvm, 1);
	mmd_rest();
}

/* KVM_MR_MOVE: the slot vanishes as for a deletion, then the same memory appears at other gfns. */
static void mmd_thread_memslot_move(void)
{
	struct kvm *kvm = &mmd_kvm;
	gfn_t first = mmd_slots[0].base_gfn;

	mmd_start();
	mmd_op_begin("move memslot");
	mutex_lock(&kvm->slots_lock);
	mmd_invalidate_slot(kvm, 0);
	mmd_moved_slot.flags = mmd_slots[0].flags;
	mmd_publish_slot(kvm, 0, &mmd_moved_slot);
	mmd_bump_generation();
	mmd_check_slot_gone(first, MMD_SLOT_PAGES);
	mutex_unlock(&kvm->slots_lock);
	mmd_op_end("move memslot");
	mmd_rest();
}

/* KVM_CAP_DISABLE_QUIRKS2: arch/x86/kvm/x86.c, without any lock that slot updates take. */
static void mmd_thread_quirk_toggle(void)
{
	mmd_start();
	mmd_op_begin("disable quirk");
#if MMUDELTA_HAS(KVM_X86_QUIRK_SLOT_ZAP_ALL)
	WRITE_ONCE(mmd_kvm.arch.disabled_quirks, mmd_kvm.arch.disabled_quirks ^ KVM_X86_QUIRK_SLOT_ZAP_ALL);
#endif
	mmd_op_end("disable quirk");
	mmd_rest();
}
