/*
 * The host's memory management taking pages away or asking for their age: virt/kvm/kvm_main.c,
 * kvm_mmu_notifier_invalidate_range_start() and _end(), kvm_mmu_notifier_clear_flush_young() and friends.
 */
#if MMUDELTA_HAS(mmu_invalidate_retry_gfn)
#define MMD_INVALIDATE_BY_GFN 1
#else
#define MMD_INVALIDATE_BY_GFN 0
#endif

/* kvm_mmu_invalidate_begin(), _range_add() and _end(); ranges are of gfns, or of addresses up to 6.1. */
static void mmd_invalidate_range_add(struct kvm *kvm, u64 from, u64 to)
{
	if (kvm->mmu_invalidate_range_start == INVALID_GPA) {
		kvm->mmu_invalidate_range_start = from;
		kvm->mmu_invalidate_range_end = to;
		return;
	}
	if (from < kvm->mmu_invalidate_range_start)
		kvm->mmu_invalidate_range_start = from;
	if (to > kvm->mmu_invalidate_range_end)
		kvm->mmu_invalidate_range_end = to;
}

static void mmd_invalidate_begin(struct kvm *kvm)
{
	lockdep_assert_held_write(&kvm->mmu_lock);
	kvm->mmu_invalidate_in_progress++;
	if (kvm->mmu_invalidate_in_progress == 1) {
		kvm->mmu_invalidate_range_start = INVALID_GPA;
		kvm->mmu_invalidate_range_end = INVALID_GPA;
	}
}

static void mmd_invalidate_end(struct kvm *kvm)
{
	lockdep_assert_held_write(&kvm->mmu_lock);
	kvm->mmu_invalidate_seq++;
	smp_wmb();
	kvm->mmu_invalidate_in_progress--;
	mmd_check("warn-reached: more invalidations end than began", kvm->mmu_invalidate_in_progress >= 0);
}

#if MMUDELTA_NPARAMS(kvm_mmu_invalidate_begin) == 3
static void mmd_replace__kvm_mmu_invalidate_begin(struct kvm *kvm, unsigned long start, unsigned long end)
{
	mmd_invalidate_begin(kvm);
	mmd_invalidate_range_add(kvm, start, end);
}

static void mmd_replace__kvm_mmu_invalidate_end(struct kvm *kvm, unsigned long start, unsigned long end)
{
	mmd_invalidate_end(kvm);
}
#else
static void mmd_replace__kvm_mmu_invalidate_begin(struct kvm *kvm)
{
	mmd_invalidate_begin(kvm);
}

static void mmd_replace__kvm_mmu_invalidate_start(struct kvm *kvm)
{
	mmd_invalidate_begin(kvm);
}

static void mmd_replace__kvm_mmu_invalidate_range_add(struct kvm *kvm, gfn_t start, gfn_t end)
{
	mmd_invalidate_range_add(kvm, start, end);
}

static void mmd_replace__kvm_mmu_invalidate_end(struct kvm *kvm)
{
	mmd_invalidate_end(kvm);
}
#endif

static void mmd_begin_range(struct kvm *kvm, gfn_t start, gfn_t end)
{
	mmd_invalidate_begin(kvm);
	if (MMD_INVALIDATE_BY_GFN)
		mmd_invalidate_range_add(kvm, start, end);
	else
		mmd_invalidate_range_add(kvm, mmd_hva(start), mmd_hva(end));
}

/* The handler for each slot the range touches, under one hold of mmu_lock; kvm_handle_hva_range(). */
static void mmd_range_start(struct kvm *kvm, gfn_t start, gfn_t end)
{
	struct kvm_memory_slot *slot;
	bool locked = false;
	bool flush = false;
	int as_id;
	int idx;
	int i;

	spin_lock(&kvm->mn_invalidate_lock);
	kvm->mn_active_invalidate_count++;
	spin_unlock(&kvm->mn_invalidate_lock);

	idx = srcu_read_lock(&kvm->srcu);
	for (as_id = 0; as_id < (MMD_SMM ? 2 : 1); as_id++) {
		for (i = 0; i < MMD_NR_SLOTS; i++) {
			struct kvm_gfn_range range = { .may_block = MMD_MAY_BLOCK };

			slot = mmd_slot_of(as_id, i);
			if (!slot || slot->base_gfn >= end || slot->base_gfn + slot->npages <= start)
				continue;
			range.slot = slot;
#if MMUDELTA_HAS_FIELD(kvm_gfn_range, attr_filter)
			range.attr_filter = KVM_FILTER_SHARED;
#endif
			range.start = start > slot->base_gfn ? start : slot->base_gfn;
			range.end = end < slot->base_gfn + slot->npages ? end : slot->base_gfn + slot->npages;
			if (!locked) {
				locked = true;
				write_lock(&kvm->mmu_lock);
				mmd_begin_range(kvm, start, end);
			}
			flush |= kvm_unmap_gfn_range(kvm, &range);
		}
	}
	if (flush)
		kvm_flush_remote_tlbs(kvm);
	if (locked)
		write_unlock(&kvm->mmu_lock);
	srcu_read_unlock(&kvm->srcu, idx);
}

static void mmd_range_end(struct kvm *kvm, gfn_t start, gfn_t end)
{
	struct kvm_memory_slot *slot;
	bool found = false;
	int idx;
	int i;

	idx = srcu_read_lock(&kvm->srcu);
	for (i = 0; i < MMD_NR_SLOTS; i++) {
		slot = READ_ONCE(mmd_published[i]);
		if (slot && slot->base_gfn < end && slot->base_gfn + slot->npages > start)
			found = true;
	}
	if (found) {
		write_lock(&kvm->mmu_lock);
		mmd_invalidate_end(kvm);
		write_unlock(&kvm->mmu_lock);
	}
	srcu_read_unlock(&kvm->srcu, idx);

	spin_lock(&kvm->mn_invalidate_lock);
	kvm->mn_active_invalidate_count--;
	spin_unlock(&kvm->mn_invalidate_lock);
}

static void mmd_unmap(struct kvm *kvm, gfn_t start, gfn_t end)
{
	gfn_t gfn;

	mmd_op_begin("mmu_notifier unmap");
	mmd_range_start(kvm, start, end);
	for (gfn = start; gfn < end; gfn++) {
		mmd_host_unmap(gfn);
		mmd_host_free(gfn);
	}
	mmd_range_end(kvm, start, end);
	mmd_op_end("mmu_notifier unmap");
}

static void mmd_thread_notifier_unmap(void)
{
	mmd_start();
	mmd_unmap(&mmd_kvm, MMD_RANGE_START, MMD_RANGE_END);
	mmd_rest();
}

/* The same page is taken away, faulted in anew and taken away again, or two ranges in a row. */
static void mmd_thread_notifier_unmap_twice(void)
{
	mmd_start();
	mmd_unmap(&mmd_kvm, MMD_RANGE_START, MMD_RANGE_END);
	mmd_unmap(&mmd_kvm, MMD_RANGE_END, MMD_RANGE_END + 1);
	mmd_rest();
}

/* Age of pages: under mmu_lock up to 6.12, without it since then; the caller promises no flush of its own. */
static void mmd_age(struct kvm *kvm, gfn_t start, gfn_t end, bool test_only)
{
	struct kvm_gfn_range range = { .may_block = false };
	bool young = false;
	int idx;

	mmd_op_begin("mmu_notifier age");
	idx = srcu_read_lock(&kvm->srcu);
	range.slot = mmd_find_slot(start);
#if MMUDELTA_HAS_FIELD(kvm_gfn_range, attr_filter)
	range.attr_filter = KVM_FILTER_SHARED;
#endif
	range.start = start;
	range.end = end;
	if (range.slot) {
#if MMUDELTA_HAS_FIELD(kvm_gfn_range, lockless)
		range.lockless = true;
#else
		write_lock(&kvm->mmu_lock);
#endif
		if (test_only)
			young = kvm_test_age_gfn(kvm, &range);
		else
			young = kvm_age_gfn(kvm, &range);
#if !MMUDELTA_HAS_FIELD(kvm_gfn_range, lockless)
		if (young && !test_only)
			kvm_flush_remote_tlbs(kvm);
		write_unlock(&kvm->mmu_lock);
#endif
	}
	srcu_read_unlock(&kvm->srcu, idx);
	mmd_op_end("mmu_notifier age");
}

static void mmd_thread_notifier_age(void)
{
	mmd_start();
	mmd_age(&mmd_kvm, MMD_RANGE_START, MMD_RANGE_END, false);
	mmd_rest();
}

static void mmd_thread_notifier_test_age(void)
{
	mmd_start();
	mmd_age(&mmd_kvm, MMD_RANGE_START, MMD_RANGE_END, true);
	mmd_rest();
}

/* A second thread of the host, for the range after the first one's. */
static void mmd_thread_notifier_unmap_next(void)
{
	mmd_start();
	mmd_unmap(&mmd_kvm, MMD_RANGE_END, MMD_RANGE_END + 1);
	mmd_rest();
}
