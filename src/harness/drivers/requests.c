/*
 * vCPU requests, kicks and remote TLB flushes. These mirror virt/kvm/kvm_main.c, and can go when that file is part of
 * the unit. An inter-processor interrupt reaches all vCPUs in guest mode at once, and its sender waits for them.
 */

/* kvm_make_all_cpus_request(): set the request, then kick whoever is in guest mode. */
static bool mmd_replace__kvm_make_all_cpus_request(struct kvm *kvm, unsigned int req)
{
	int i;

	for (i = 0; i < MMD_NR_VCPUS; i++) {
		if (!(req & KVM_REQUEST_NO_ACTION)) {
			smp_wmb();
			set_bit(req & KVM_REQUEST_MASK, (void *)&mmd_vcpus[i].requests);
		}
	}
	smp_mb__after_atomic();
	mmd_kick_all();
#if MMD_INDIRECT
	/* KVM_REQUEST_WAIT: lockless readers of shadow pages run with interrupts off. */
	if (req & KVM_REQUEST_WAIT)
		mmd_wait_kicked();
#endif
	return true;
}

static void mmd_flush_remote(struct kvm *kvm)
{
#if MMD_FLUSH_BY_REQUEST
	mmd_replace__kvm_make_all_cpus_request(kvm, KVM_REQ_TLB_FLUSH);
#else
	int i;

	for (i = 0; i < MMD_NR_VCPUS; i++)
		mmd_tlb_flush_vcpu(&mmd_vcpus[i]);
#if MMD_INDIRECT
	mmd_wait_kicked();
#endif
#endif
}

static void mmd_replace__kvm_flush_remote_tlbs(struct kvm *kvm)
{
	mmd_flush_remote(kvm);
}

/* Ranges: the CPU may flush more than asked for, and without paravirtual help KVM does flush everything. */
static void mmd_replace__kvm_flush_remote_tlbs_range(struct kvm *kvm, gfn_t gfn, u64 nr_pages)
{
	mmd_flush_remote(kvm);
}

static void mmd_replace__kvm_flush_remote_tlbs_memslot(struct kvm *kvm, const struct kvm_memory_slot *slot)
{
	lockdep_assert_held(&kvm->slots_lock);
	mmd_flush_remote(kvm);
}

static void mmd_replace__kvm_arch_flush_remote_tlbs_memslot(struct kvm *kvm, const struct kvm_memory_slot *slot)
{
	lockdep_assert_held(&kvm->slots_lock);
	mmd_flush_remote(kvm);
}

static void mmd_replace__kvm_flush_remote_tlbs_with_address(struct kvm *kvm, u64 start_gfn, u64 pages)
{
	mmd_flush_remote(kvm);
}

static void mmd_static_call__kvm_x86_flush_tlb_current(struct kvm_vcpu *vcpu)
{
	mmd_tlb_flush_vcpu(vcpu);
}

#if MMUDELTA_HAS(kvm_x86_flush_tlb_current)
static void mmd_replace__kvm_x86_flush_tlb_current(struct kvm_vcpu *vcpu)
{
	mmd_tlb_flush_vcpu(vcpu);
}
#endif

static void mmd_static_call__kvm_x86_flush_tlb_all(struct kvm_vcpu *vcpu)
{
	mmd_tlb_flush_vcpu(vcpu);
}

static void mmd_static_call__kvm_x86_load_mmu_pgd(struct kvm_vcpu *vcpu, hpa_t root_hpa, int root_level)
{
}

/* Memory encryption wants caches written back when guest memory is taken away; not modelled. */
static void mmd_replace__kvm_arch_guest_memory_reclaimed(struct kvm *kvm)
{
}

/* A tree without vendor calls has these as plain functions. */
#if !MMUDELTA_HAS(static_call)
static void mmd_replace__kvm_mmu_load_pgd(struct kvm_vcpu *vcpu)
{
}

static void mmd_replace__kvm_x86_flush_tlb_current(struct kvm_vcpu *vcpu)
{
	mmd_tlb_flush_vcpu(vcpu);
}
#endif
