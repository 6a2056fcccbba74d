/*
 * Shadow pages beside the TDP MMU's: reverse maps, caches, accounting. Used by nested guests (nested.c), and by direct
 * page tables when the TDP MMU is off.
 */
#if MMD_INDIRECT && MMUDELTA_HAS_FIELD(kvm_vcpu_arch, mmu_pte_list_desc_cache)
static void mmd_can_shadow(void)
{
}

/* By address space and level, as in struct kvm_arch_memory_slot. */
struct kvm_rmap_head mmd_rmaps[2][KVM_NR_PAGE_SIZES][MMD_MAX_GFNS];

/* A debugging aid whose body a kernel may leave out together with the check that calls it. */
static int mmd_replace__is_empty_shadow_page(u64 *spt)
{
	int i;

	for (i = 0; i < (1 << MMD_BITS); i++) {
		if (is_shadow_present_pte(spt[i]))
			return 0;
	}
	return 1;
}

/* The guest never writes its tables, so nothing needs write protection. */
static void mmd_replace__account_shadowed(struct kvm *kvm, struct kvm_mmu_page *sp)
{
}

static void mmd_replace__unaccount_shadowed(struct kvm *kvm, struct kvm_mmu_page *sp)
{
}

static int mmd_replace__mmu_first_shadow_root_alloc(struct kvm *kvm)
{
	return 0;
}

static struct kvm_rmap_head *mmd_replace__gfn_to_rmap(gfn_t gfn, int level, const struct kvm_memory_slot *slot)
{
	return &mmd_rmaps[slot->as_id][level - 1][gfn >> ((level - 1) * MMD_BITS)];
}

/* Shadow pages reach their caches through a bundle of pointers: told apart here, allocated as ever. */
static void *mmd_replace__kvm_mmu_memory_cache_alloc(struct kvm_mmu_memory_cache *cache)
{
	struct kvm_vcpu *vcpu;
	int i;

	for (i = 0; i < MMD_NR_VCPUS; i++) {
		vcpu = &mmd_vcpus[i];
		if (cache == &vcpu->arch.mmu_page_header_cache)
			return kvm_mmu_memory_cache_alloc(&vcpu->arch.mmu_page_header_cache);
		if (cache == &vcpu->arch.mmu_shadow_page_cache)
			return kvm_mmu_memory_cache_alloc(&vcpu->arch.mmu_shadow_page_cache);
		if (cache == &vcpu->arch.mmu_pte_list_desc_cache)
			return kvm_mmu_memory_cache_alloc(&vcpu->arch.mmu_pte_list_desc_cache);
	}
#if MMUDELTA_HAS_FIELD(kvm_arch, split_desc_cache)
	if (cache == &mmd_kvm.arch.split_page_header_cache)
		return kvm_mmu_memory_cache_alloc(&mmd_kvm.arch.split_page_header_cache);
	if (cache == &mmd_kvm.arch.split_shadow_page_cache)
		return kvm_mmu_memory_cache_alloc(&mmd_kvm.arch.split_shadow_page_cache);
	if (cache == &mmd_kvm.arch.split_desc_cache)
		return kvm_mmu_memory_cache_alloc(&mmd_kvm.arch.split_desc_cache);
#endif
	return kvm_mmu_memory_cache_alloc(cache);
}
#endif
