/* The end of a VM: virt/kvm/kvm_main.c, kvm_destroy_vm(); arch/x86/kvm/x86.c, kvm_arch_destroy_vm(). */

static void mmd_flush_shadow_all(struct kvm *kvm)
{
#if MMUDELTA_HAS(kvm_mmu_invalidate_zap_pages_in_memslot)
	kvm_mmu_zap_all(kvm);
#else
	kvm_arch_flush_shadow_all(kvm);
#endif
}

/*
 * mmu_notifier release: the address space dies, vCPUs cannot run any more but still hold their roots. Afterwards the
 * host frees all pages: mm/mmap.c, exit_mmap().
 */
static void mmd_release(struct kvm *kvm)
{
	gfn_t gfn;
	int idx;

	mmd_op_begin("mmu_notifier release");
	idx = srcu_read_lock(&kvm->srcu);
	mmd_flush_shadow_all(kvm);
	srcu_read_unlock(&kvm->srcu, idx);
	for (gfn = MMD_SLOT_BASE; gfn < MMD_SLOT_BASE + MMD_NR_SLOTS * MMD_SLOT_PAGES; gfn++) {
		mmd_host_unmap(gfn);
		mmd_host_free(gfn);
	}
	mmd_op_end("mmu_notifier release");
}

static void mmd_unload_vcpus(struct kvm *kvm)
{
	int i;

	for (i = 0; i < MMD_NR_VCPUS; i++) {
		mmd_act_as(&mmd_vcpus[i]);
		kvm_mmu_unload(&mmd_vcpus[i]);
	}
	mmd_act_as(NULL);
}

static void mmd_thread_release(void)
{
	mmd_start();
	mmd_release(&mmd_kvm);
	mmd_rest();
}

/* The last file descriptor goes. Nobody runs vCPUs in the scenarios that use this. */
static void mmd_destroy(struct kvm *kvm)
{
	refcount_set(&kvm->users_count, 0);
	mmd_rcu_watch();
	mmd_release(kvm);
	mmd_op_begin("destroy VM");
	mmd_unload_vcpus(kvm);
	kvm_mmu_uninit_tdp_mmu(kvm);
	mmd_check("leak: a TDP root outlives its VM", list_empty(&kvm->arch.tdp_mmu_roots));
	mmd_check("use-after-free: RCU callbacks that free page tables may be pending when the VM is gone",
		  !mmd_rcu_unwaited());
	mmd_op_end("destroy VM");
}

static void mmd_thread_vm_destroy(void)
{
	mmd_start();
	mmd_destroy(&mmd_kvm);
	mmd_rest();
}

/* Waits until all vCPU threads left KVM_RUN, as a process that dies does. */
static void mmd_thread_kill_and_destroy(void)
{
	int i;

	mmd_start();
	WRITE_ONCE(mmd_dying, 1);
	mmd_replace__kvm_make_all_cpus_request(&mmd_kvm, KVM_REQ_VM_DEAD);
	for (i = 0; i < MMD_NR_VCPUS; i++) {
		mutex_lock(&mmd_run_mutexes[i]);
		mutex_unlock(&mmd_run_mutexes[i]);
	}
	mmd_destroy(&mmd_kvm);
	mmd_rest();
}

static void mmd_thread_delete_and_destroy(void)
{
	mmd_start();
	mmd_delete_slot(&mmd_kvm, 0);
	mmd_destroy(&mmd_kvm);
	mmd_rest();
}
