/*
 * Memslots: an array of published pointers in place of KVM's trees. A pointer changes only under slots_lock and
 * slots_arch_lock, waits for active invalidations, and is followed by a grace period of kvm->srcu, as in
 * virt/kvm/kvm_main.c: kvm_swap_active_memslots(). Readers see one slot old or new, never half of both.
 */
struct kvm_memory_slot *mmd_published[MMD_MAX_SLOTS];
/* What a deletion, new flags or a move publish instead: allocated by kvm_set_memslot(), so only their flags differ here. */
struct kvm_memory_slot mmd_invalid_slots[MMD_MAX_SLOTS];
struct kvm_memory_slot mmd_new_slot;
struct kvm_memory_slot mmd_moved_slot;
struct kvm_memslots mmd_memslots;
/* The address space of system management mode: empty unless a scenario has vCPUs in it. Its slots stay as they are. */
struct kvm_memory_slot *mmd_smm_published[MMD_MAX_SLOTS];
struct kvm_memslots mmd_smm_memslots;

static struct kvm_memory_slot *mmd_slot_of(int as_id, int i)
{
	return as_id ? READ_ONCE(mmd_smm_published[i]) : READ_ONCE(mmd_published[i]);
}

static struct kvm_memslots *mmd_memslots_of(int as_id)
{
	return as_id ? &mmd_smm_memslots : &mmd_memslots;
}

static int mmd_as_id_of(struct kvm_memslots *slots)
{
	return slots == &mmd_smm_memslots;
}

static struct kvm_memory_slot *mmd_find_slot_of(int as_id, gfn_t gfn)
{
	struct kvm_memory_slot *slot;
	int i;

	for (i = 0; i < MMD_NR_SLOTS; i++) {
		slot = mmd_slot_of(as_id, i);
		if (slot && gfn >= slot->base_gfn && gfn < slot->base_gfn + slot->npages)
			return slot;
	}
	return NULL;
}

static struct kvm_memory_slot *mmd_find_slot(gfn_t gfn)
{
	return mmd_find_slot_of(0, gfn);
}

/* arch/x86/include/asm/kvm_host.h, kvm_arch_vcpu_memslots_id() */
static int mmd_as_id(struct kvm_vcpu *vcpu)
{
#if MMUDELTA_HAS_FIELD(kvm_mmu_page_role, smm)
	return vcpu->arch.mmu->root_role.smm;
#else
	return 0;
#endif
}

/* include/linux/kvm_host.h, virt/kvm/kvm_main.c: lookups by gfn */
static struct kvm_memory_slot *mmd_replace__kvm_vcpu_gfn_to_memslot(struct kvm_vcpu *vcpu, gfn_t gfn)
{
	return mmd_find_slot_of(mmd_as_id(vcpu), gfn);
}

static struct kvm_memory_slot *mmd_replace__gfn_to_memslot(struct kvm *kvm, gfn_t gfn)
{
	return mmd_find_slot(gfn);
}

static struct kvm_memory_slot *mmd_replace____gfn_to_memslot(struct kvm_memslots *slots, gfn_t gfn)
{
	return mmd_find_slot_of(mmd_as_id_of(slots), gfn);
}

static struct kvm_memslots *mmd_replace____kvm_memslots(struct kvm *kvm, int as_id)
{
	return mmd_memslots_of(as_id);
}

static struct kvm_memslots *mmd_replace__kvm_memslots(struct kvm *kvm)
{
	return &mmd_memslots;
}

static struct kvm_memslots *mmd_replace__kvm_vcpu_memslots(struct kvm_vcpu *vcpu)
{
	return mmd_memslots_of(mmd_as_id(vcpu));
}

static struct kvm_memory_slot *mmd_replace__id_to_memslot(struct kvm_memslots *slots, int id)
{
	return mmd_as_id_of(slots) ? mmd_smm_published[id] : mmd_published[id];
}

/* Walks over all slots of a gfn range: for the few users in mmu.c one step per slot is enough. */
#if MMUDELTA_HAS(kvm_memslot_iter_start)
static void mmd_iter_settle(struct kvm_memslot_iter *iter, gfn_t start)
{
	int as_id = mmd_as_id_of(iter->slots);
	struct kvm_memory_slot *slot;
	int i;

	iter->slot = NULL;
	for (i = 0; i < MMD_NR_SLOTS; i++) {
		slot = as_id ? mmd_smm_published[i] : mmd_published[i];
		if (slot && slot->base_gfn + slot->npages > start) {
			iter->slot = slot;
			return;
		}
	}
}

static void mmd_replace__kvm_memslot_iter_start(struct kvm_memslot_iter *iter, struct kvm_memslots *slots,
						gfn_t start)
{
	iter->slots = slots;
	mmd_iter_settle(iter, start);
}

static bool mmd_replace__kvm_memslot_iter_is_valid(struct kvm_memslot_iter *iter, gfn_t end)
{
	return iter->slot && iter->slot->base_gfn < end;
}

static void mmd_replace__kvm_memslot_iter_next(struct kvm_memslot_iter *iter)
{
	mmd_iter_settle(iter, iter->slot->base_gfn + iter->slot->npages);
}
#endif

static unsigned long mmd_hva(gfn_t gfn)
{
	return (0x10000 + gfn) << PAGE_SHIFT;
}

/* virt/kvm/kvm_main.c: mark_page_dirty_in_slot(), the bitmap as ghost state */
static void mmd_replace__mark_page_dirty_in_slot(struct kvm *kvm, const struct kvm_memory_slot *slot, gfn_t gfn)
{
	if (slot && (slot->flags & KVM_MEM_LOG_DIRTY_PAGES) && !(READ_ONCE(mmd_dirty_gfns) & (1ul << gfn)))
		mmd_dirty_gfns |= 1ul << gfn;
}

static void mmd_setup_slots(void)
{
	int i;

	mmd_memslots.generation = 0;
	for (i = 0; i < MMD_NR_SLOTS; i++) {
		mmd_slots[i].base_gfn = MMD_SLOT_BASE + i * MMD_SLOT_PAGES;
		mmd_slots[i].npages = MMD_SLOT_PAGES;
		mmd_slots[i].flags = MMD_SLOT_FLAGS;
		mmd_slots[i].userspace_addr = mmd_hva(mmd_slots[i].base_gfn);
		mmd_slots[i].id = i;
#ifdef APIC_ACCESS_PAGE_PRIVATE_MEMSLOT
		if (MMD_APIC_SLOT)
			mmd_slots[i].id = APIC_ACCESS_PAGE_PRIVATE_MEMSLOT;
#endif
		mmd_published[i] = &mmd_slots[i];
		mmd_invalid_slots[i] = mmd_slots[i];
		if (!MMD_SMM)
			continue;
		mmd_smm_slots[i] = mmd_slots[i];
		mmd_smm_slots[i].as_id = 1;
		mmd_smm_published[i] = &mmd_smm_slots[i];
	}
	mmd_new_slot = mmd_slots[0];
	mmd_moved_slot = mmd_slots[0];
	mmd_moved_slot.base_gfn += MMD_SLOT_PAGES;
	mmd_moved_slot.userspace_addr = mmd_hva(mmd_moved_slot.base_gfn);
}

/* The wait for active invalidations and the swap; kvm_swap_active_memslots(). Drops slots_arch_lock. */
static void mmd_publish_slot(struct kvm *kvm, int id, struct kvm_memory_slot *slot)
{
	spin_lock(&kvm->mn_invalidate_lock);
	while (kvm->mn_active_invalidate_count) {
		spin_unlock(&kvm->mn_invalidate_lock);
		spin_lock(&kvm->mn_invalidate_lock);
	}
	rcu_assign_pointer(mmd_published[id], slot);
	spin_unlock(&kvm->mn_invalidate_lock);
	mutex_unlock(&kvm->slots_arch_lock);
	synchronize_srcu_expedited(&kvm->srcu);
}
