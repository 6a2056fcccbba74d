/*
 * Nested EPT: vCPUs run a guest of the guest, and KVM shadows the page tables that the guest keeps for it. Those
 * tables map page n to page n and never change: what the walk over them finds is computed, not read from memory.
 */
#if MMD_INDIRECT && (MMUDELTA_HAS_FIELD(kvm_mmu, get_guest_pgd) || MMUDELTA_HAS_FIELD(kvm_pagewalk, get_guest_pgd))
#define MMD_NESTED_TABLES 8

static void mmd_can_nest(void)
{
}

/* Levels of the guest's tables: one more while setup builds what an earlier guest of the guest left behind. */
int mmd_nested_levels;

static unsigned long mmd_nested_pgd(struct kvm_vcpu *vcpu)
{
	return (unsigned long)(MMD_NESTED_TABLES + mmd_nested_levels) << PAGE_SHIFT;
}

/* arch/x86/kvm/mmu/paging_tmpl.h, FNAME(walk_addr) for EPT */
static int mmd_replace__ept_walk_addr(struct guest_walkerEPT *walker, struct kvm_vcpu *vcpu, gpa_t addr, u64 access)
{
	int level;

	for (level = mmd_nested_levels; level >= 1; level--) {
		walker->table_gfn[level - 1] = MMD_NESTED_TABLES + level;
		walker->pt_access[level - 1] = ACC_ALL;
	}
	walker->level = 1;
	walker->max_level = mmd_nested_levels;
	walker->pte_access = ACC_ALL;
	walker->gfn = addr >> PAGE_SHIFT;
	return 1;
}

static bool mmd_replace__ept_gpte_changed(struct kvm_vcpu *vcpu, struct guest_walkerEPT *walker, int level)
{
	return false;
}

static void mmd_replace__ept_pte_prefetch(struct kvm_vcpu *vcpu, struct guest_walkerEPT *walker, u64 *sptep)
{
}

static bool mmd_replace__ept_is_self_change_mapping(struct kvm_vcpu *vcpu, struct guest_walkerEPT *walker,
						    bool user_fault, bool *write_fault_to_shadow_pgtable)
{
	return false;
}

static bool mmd_replace__kvm_vcpu_is_visible_gfn(struct kvm_vcpu *vcpu, gfn_t gfn)
{
	return mmd_find_slot(gfn) != NULL;
}

static bool mmd_is_nested(struct kvm_vcpu *vcpu)
{
	return !MMD_LEGACY && !(MMD_NOT_NESTED & (1 << (vcpu - mmd_vcpus)));
}

static void mmd_setup_nested(struct kvm_vcpu *vcpu)
{
	struct kvm_mmu *mmu = &vcpu->arch.guest_mmu;

	if (!mmd_is_nested(vcpu))
		return;
	mmd_nested_levels = MMD_LEVELS;
	vcpu->arch.mmu = mmu;
	mmu->root_role.direct = 0;
	mmu->root_role.guest_mode = 1;
	MMD_WALK(mmu)->cpu_role.base.word = mmu->root_role.word;
	MMD_WALK(mmu)->cpu_role.base.level = PT64_ROOT_4LEVEL;
	mmu->page_fault = ept_page_fault;
	MMD_WALK(mmu)->get_guest_pgd = mmd_nested_pgd;
}

/*
 * An earlier guest of the guest had one level more: its top table links the one that is now the root. Its shadow is
 * unused but still there, and the oldest.
 */
static void mmd_premap_nested(struct kvm_vcpu *vcpu)
{
	struct kvm_mmu *mmu = vcpu->arch.mmu;

	if (!MMD_NESTED_DEEPER || !mmd_is_nested(vcpu))
		return;
	mmd_act_as(vcpu);
	kvm_vcpu_srcu_read_lock(vcpu);
	mmd_kvm.arch.n_max_mmu_pages = 100;
	mmd_nested_levels = MMD_LEVELS + 1;
	mmu->root_role.level = mmd_nested_levels;
	kvm_mmu_reload(vcpu);
	mmd_page_fault(vcpu, (gpa_t)MMD_RANGE_START << PAGE_SHIFT, PFERR_WRITE_MASK);
	kvm_mmu_unload(vcpu);
	mmd_nested_levels = MMD_LEVELS;
	mmu->root_role.level = MMD_LEVELS;
	kvm_mmu_reload(vcpu);
	mmd_kvm.arch.n_max_mmu_pages = MMD_MAX_PAGES;
	mmd_forget_statistics(vcpu);
	kvm_vcpu_srcu_read_unlock(vcpu);
}
#else
static void mmd_setup_nested(struct kvm_vcpu *vcpu)
{
}

static void mmd_premap_nested(struct kvm_vcpu *vcpu)
{
}
#endif
