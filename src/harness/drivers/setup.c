/* The VM before the scenario starts: arch/x86/kvm/mmu/mmu.c, kvm_mmu_init_vm(), kvm_mmu_create() and init_kvm_mmu(). */

static void mmd_setup_masks(void)
{
#if MMUDELTA_NPARAMS(kvm_mmu_set_ept_masks) == 1
	kvm_mmu_set_ept_masks(MMD_AD);
#else
	kvm_mmu_set_ept_masks(MMD_AD, true);
#endif
	/* Without MMIO caching an access outside of all slots goes to userspace. */
	enable_mmio_caching = MMD_MMIO_CACHING;
	tdp_enabled = true;
	tdp_mmu_enabled = !MMD_LEGACY;
	max_huge_page_level = MMD_HOST_LEVEL;
	nx_huge_pages = MMD_NX_HUGE_PAGES;
	nx_huge_pages_recovery_ratio = 1;
#if MMUDELTA_HAS(kvm_mmu_try_split_huge_pages)
	eager_page_split = MMD_EAGER_SPLIT;
#endif
}

/* Buckets for shadow pages by gfn; an array inside of struct kvm up to 6.12.9x. */
#if MMUDELTA_HAS(kvm_mmu_alloc_page_hash)
struct hlist_head mmd_page_hash[2];
#endif

static unsigned int mmd_replace__kvm_page_table_hashfn(gfn_t gfn)
{
	return gfn & 1;
}

static void mmd_setup_constants(void)
{
#ifdef FROZEN_SPTE
	mmd_frozen_spte = FROZEN_SPTE;
#elif defined(REMOVED_SPTE)
	mmd_frozen_spte = REMOVED_SPTE;
#endif
#ifdef KVM_REQ_MMU_FREE_OBSOLETE_ROOTS
	mmd_reload_request = KVM_REQ_MMU_FREE_OBSOLETE_ROOTS & KVM_REQUEST_MASK;
#endif
#ifdef KVM_X86_QUIRK_SLOT_ZAP_ALL
	mmd_toggled_quirks = KVM_X86_QUIRK_SLOT_ZAP_ALL;
#endif
}

static void mmd_setup_vm(struct kvm *kvm)
{
#if MMUDELTA_HAS(kvm_mmu_alloc_page_hash)
	if (sizeof(kvm->arch.mmu_page_hash) == sizeof(struct hlist_head *))
		*(struct hlist_head **)&kvm->arch.mmu_page_hash = mmd_page_hash;
#endif
	refcount_set(&kvm->users_count, 1);
	kvm->created_vcpus = MMD_NR_VCPUS;
#ifdef KVM_DIRTY_LOG_INITIALLY_SET
	if (MMD_INITIALLY_SET)
		kvm->manual_dirty_log_protect = KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE | KVM_DIRTY_LOG_INITIALLY_SET;
#endif
	INIT_LIST_HEAD(&kvm->arch.active_mmu_pages);
#if MMUDELTA_HAS_FIELD(kvm_arch, zapped_obsolete_pages)
	INIT_LIST_HEAD(&kvm->arch.zapped_obsolete_pages);
#endif
#if MMUDELTA_HAS_FIELD(kvm_arch, lpage_disallowed_mmu_pages)
	INIT_LIST_HEAD(&kvm->arch.lpage_disallowed_mmu_pages);
#elif MMUDELTA_HAS(KVM_NR_MMU_TYPES) || MMUDELTA_HAS_FIELD(kvm_possible_nx_huge_pages, pages)
	INIT_LIST_HEAD(&kvm->arch.possible_nx_huge_pages[0].pages);
	INIT_LIST_HEAD(&kvm->arch.possible_nx_huge_pages[1].pages);
#else
	INIT_LIST_HEAD(&kvm->arch.possible_nx_huge_pages);
#endif
#if MMUDELTA_HAS_FIELD(kvm_arch, tdp_mmu_enabled)
	kvm->arch.tdp_mmu_enabled = !MMD_LEGACY;
	INIT_LIST_HEAD(&kvm->arch.tdp_mmu_pages);
#endif
#if MMUDELTA_HAS_FIELD(kvm_arch, pre_fault_allowed)
	kvm->arch.pre_fault_allowed = true;
#endif
#if MMUDELTA_HAS_FIELD(kvm_arch, shadow_mmio_value)
	kvm->arch.shadow_mmio_value = shadow_mmio_value;
#endif
	INIT_LIST_HEAD(&kvm->arch.tdp_mmu_roots);
	kvm->arch.disabled_quirks = MMD_QUIRKS_OFF;
	kvm->arch.n_max_mmu_pages = MMD_MAX_PAGES;
	kvm->arch.shadow_root_allocated = MMD_INDIRECT;
}

static void mmd_setup_mmu(struct kvm_mmu *mmu)
{
	int i;

	mmu->root.hpa = INVALID_PAGE;
	for (i = 0; i < KVM_MMU_NUM_PREV_ROOTS; i++) {
		mmu->prev_roots[i].hpa = INVALID_PAGE;
		mmu->prev_roots[i].pgd = INVALID_PAGE;
	}
	mmu->root_role.word = 0;
	mmu->root_role.level = MMD_LEVELS;
	mmu->root_role.direct = 1;
	mmu->root_role.access = ACC_ALL;
	mmu->root_role.ad_disabled = !MMD_AD;
	mmu->page_fault = kvm_tdp_page_fault;
#if MMUDELTA_HAS(update_spte_permission_bitmask)
	update_spte_permission_bitmask(mmu, true, shadow_xs_mask);
#endif
}

static void mmd_setup_vcpu(struct kvm *kvm, struct kvm_vcpu *vcpu, bool in_smm)
{
	vcpu->kvm = kvm;
	vcpu->mode = OUTSIDE_GUEST_MODE;
	vcpu->arch.mmu = &vcpu->arch.root_mmu;
#if MMUDELTA_HAS_FIELD(kvm_vcpu_arch, walk_mmu)
	vcpu->arch.walk_mmu = &vcpu->arch.root_mmu;
#endif
#if MMUDELTA_HAS_FIELD(kvm_mmu, w)
	vcpu->arch.root_mmu.w = &vcpu->arch.gva_walk;
	vcpu->arch.guest_mmu.w = &vcpu->arch.ngpa_walk;
#endif
	mmd_setup_mmu(&vcpu->arch.root_mmu);
	mmd_setup_mmu(&vcpu->arch.guest_mmu);
#if MMUDELTA_HAS_FIELD(kvm_mmu_page_role, smm)
	vcpu->arch.root_mmu.root_role.smm = in_smm;
#endif
	mmd_setup_nested(vcpu);
}

/*
 * The guest enters or leaves a guest of its own that has no EPT: the same tables under another root, whose role says
 * which of the two runs. The root of before is kept; arch/x86/kvm/vmx/nested.c, nested_vmx_load_cr3().
 */
static void mmd_switch_root(struct kvm_vcpu *vcpu)
{
#if MMUDELTA_HAS(kvm_mmu_new_pgd)
	mmd_act_as(vcpu);
	kvm_vcpu_srcu_read_lock(vcpu);
	vcpu->arch.mmu->root_role.guest_mode ^= 1;
	kvm_mmu_new_pgd(vcpu, 0);
	kvm_vcpu_srcu_read_unlock(vcpu);
#endif
}

/* Faults of the past, so that the scenario starts with what they left behind. */
static void mmd_premap(struct kvm_vcpu *vcpu)
{
	int i;

	if (!MMD_PREMAP)
		return;
	mmd_act_as(vcpu);
	kvm_vcpu_srcu_read_lock(vcpu);
	kvm_mmu_reload(vcpu);
	for (i = 0; i < MMD_NR_ACCESSES; i++) {
		if (MMD_PREMAP & (1 << i))
			mmd_page_fault(vcpu, (gpa_t)mmd_access_gfn[i] << PAGE_SHIFT, mmd_error_code(i));
	}
	mmd_forget_statistics(vcpu);
	kvm_vcpu_srcu_read_unlock(vcpu);
}

void mmd_setup(void)
{
	int i;

	if (!mmd_bound_slot_pages)
		mmd_bound_slot_pages = (1 << (MMD_LEVELS * MMD_BITS)) / MMD_NR_SLOTS;
	mmd_setup_constants();
	mmd_setup_masks();
	mmd_setup_vm(&mmd_kvm);
	mmd_setup_slots();
	for (i = 0; i < MMD_NR_VCPUS; i++) {
		mmd_setup_vcpu(&mmd_kvm, &mmd_vcpus[i], MMD_SMM & (1 << i));
		mmd_premap_nested(&mmd_vcpus[i]);
		mmd_premap(&mmd_vcpus[i]);
		if (MMD_TWO_ROOTS) {
			mmd_switch_root(&mmd_vcpus[i]);
			mmd_premap(&mmd_vcpus[i]);
		}
	}
	mmd_act_as(NULL);
}
