/*
 * The guest loop of one vCPU: arch/x86/kvm/x86.c, vcpu_enter_guest() and vcpu_run(), cut down to what the MMU sees:
 * requests, reload, the entry protocol, one exit for a page fault.
 */

/* The leaf that maps gfn under a root, or 0: a walk of our own, so that a patch cannot change what it finds. */
static u64 mmd_leaf(hpa_t root, gfn_t gfn)
{
	u64 *table = __va(root);
	u64 spte;
	int level;

	for (level = MMD_LEVELS; level >= 1; level--) {
		spte = table[(gfn >> ((level - 1) * MMD_BITS)) & ((1 << MMD_BITS) - 1)];
		if (!(spte & 7) || level == 1 || (spte & PT_PAGE_SIZE_MASK))
			return spte;
		table = __va(spte & ~(u64)0xfff & ((1ull << 51) - 1));
	}
	return 0;
}

static void mmd_service_requests(struct kvm_vcpu *vcpu)
{
	if (!kvm_request_pending(vcpu))
		return;
	if (kvm_check_request(KVM_REQ_MMU_FREE_OBSOLETE_ROOTS, vcpu))
		kvm_mmu_free_obsolete_roots(vcpu);
	/* Without guest page tables there is nothing to bring in line. */
	if (kvm_check_request(KVM_REQ_MMU_SYNC, vcpu)) {
#if MMD_INDIRECT
		kvm_mmu_sync_roots(vcpu);
#endif
	}
	if (kvm_check_request(KVM_REQ_LOAD_MMU_PGD, vcpu))
		mmd_tlb_flush_vcpu(vcpu);
#if MMD_FLUSH_BY_REQUEST
	if (kvm_check_request(KVM_REQ_TLB_FLUSH, vcpu))
		mmd_tlb_flush_vcpu(vcpu);
#endif
	if (kvm_check_request(KVM_REQ_TLB_FLUSH_CURRENT, vcpu))
		mmd_tlb_flush_vcpu(vcpu);
}

/* Counters are no behaviour, and would make every state look new. */
static void mmd_forget_statistics(struct kvm_vcpu *vcpu)
{
	memset(&vcpu->stat, 0, sizeof(vcpu->stat));
}

static int mmd_page_fault(struct kvm_vcpu *vcpu, gpa_t gpa, u64 error_code)
{
#if MMUDELTA_NPARAMS(kvm_mmu_do_page_fault) >= 6
	return kvm_mmu_do_page_fault(vcpu, gpa, error_code, false, NULL, NULL);
#else
	return kvm_mmu_do_page_fault(vcpu, gpa, error_code, false, NULL);
#endif
}

/* arch/x86/kvm/vmx/vmx.c: handle_ept_violation() */
static u64 mmd_error_code(int access)
{
	int i = access & MMD_ACCESS_MASK;
	u64 error_code = 0;

	if (mmd_access_write[i])
		error_code |= PFERR_WRITE_MASK;
	else if (!mmd_access_fetch[i])
		error_code |= PFERR_USER_MASK;
	if (mmd_access_fetch[i])
		error_code |= PFERR_FETCH_MASK;
	if (access & MMD_ACCESS_PRESENT)
		error_code |= PFERR_PRESENT_MASK;
	return error_code;
}

static int mmd_handle_fault(struct kvm_vcpu *vcpu, int access)
{
	gpa_t gpa = (gpa_t)mmd_access_gfn[access & MMD_ACCESS_MASK] << PAGE_SHIFT;
	int r;

	mmd_op_begin("page fault");
	r = mmd_page_fault(vcpu, gpa, mmd_error_code(access));
	mmd_forget_statistics(vcpu);
	mmd_op_end("page fault");
	return r;
}

/* Userspace handles MMIO and errors: the vCPU leaves KVM_RUN and stays out. */
static void mmd_leave_run(struct kvm_vcpu *vcpu)
{
	kvm_vcpu_srcu_read_unlock(vcpu);
	mmd_rest();
	kvm_vcpu_srcu_read_lock(vcpu);
}

/*
 * One round: returns an access that faulted, or -1. From the check of requests to entry interrupts are off, and a kick
 * sent meanwhile is taken right after entry: so nothing may stand between the two.
 */
static int mmd_enter_guest(struct kvm_vcpu *vcpu)
{
	hpa_t root;
	int access;

	mmd_service_requests(vcpu);
	if (kvm_mmu_reload(vcpu))
		return -1;
	root = vcpu->arch.mmu->root.hpa;

	vcpu->mode = IN_GUEST_MODE;
	kvm_vcpu_srcu_read_unlock(vcpu);
	smp_mb__after_srcu_read_unlock();
	/* A signal keeps the vCPU out, too. */
	if (kvm_request_pending(vcpu) || READ_ONCE(mmd_dying)) {
		vcpu->mode = OUTSIDE_GUEST_MODE;
		smp_wmb();
		kvm_vcpu_srcu_read_lock(vcpu);
		return -1;
	}
	mmd_guest_enter(vcpu, root);
	do {
		access = mmd_guest_wait(vcpu, MMD_NR_ACCESSES);
	} while (access == -2);
	vcpu->mode = OUTSIDE_GUEST_MODE;
	smp_wmb();
	kvm_vcpu_srcu_read_lock(vcpu);
	return access;
}

static void mmd_thread_vcpu(struct kvm_vcpu *vcpu)
{
	int access;
	int r;

	mmd_start();
	mmd_act_as(vcpu);
	kvm_vcpu_srcu_read_lock(vcpu);
	for (;;) {
		access = mmd_enter_guest(vcpu);
		if (access < 0)
			continue;
		r = mmd_handle_fault(vcpu, access);
		if (r < 0 || r == RET_PF_EMULATE)
			mmd_leave_run(vcpu);
	}
}
