/* Other lives of a vCPU. */

/* A vCPU's ioctls exclude each other: struct kvm_vcpu.mutex. */
struct mutex mmd_run_mutexes[MMD_MAX_VCPUS];

static struct mutex *mmd_run_mutex(struct kvm_vcpu *vcpu)
{
	int i = 0;

	while (&mmd_vcpus[i] != vcpu)
		i++;
	return &mmd_run_mutexes[i];
}

/* Runs until the process is killed, then leaves KVM_RUN; its root stays loaded. */
static void mmd_thread_vcpu_mortal(struct kvm_vcpu *vcpu)
{
	int access;
	int r = 0;

	mmd_start();
	mmd_act_as(vcpu);
	mutex_lock(mmd_run_mutex(vcpu));
	kvm_vcpu_srcu_read_lock(vcpu);
	while (!READ_ONCE(mmd_dying) && r >= 0 && r != RET_PF_EMULATE) {
		access = mmd_enter_guest(vcpu);
		if (access >= 0)
			r = mmd_handle_fault(vcpu, access);
	}
	kvm_vcpu_srcu_read_unlock(vcpu);
	mutex_unlock(mmd_run_mutex(vcpu));
	mmd_rest();
}

/* A reset or a change of the CPU's mode drops all roots at some moment: kvm_mmu_reset_context(). */
static void mmd_thread_vcpu_unload(struct kvm_vcpu *vcpu)
{
	int unloads = 1;
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
		if (unloads && mmd_choice(2)) {
			unloads = 0;
			mmd_op_begin("unload");
			kvm_mmu_unload(vcpu);
			mmd_op_end("unload");
		}
		if (r < 0 || r == RET_PF_EMULATE)
			mmd_leave_run(vcpu);
	}
}

/* Goes back to the root it used before, see mmd_switch_root(), and drops all roots after it left the guest once. */
static void mmd_thread_vcpu_two_roots(struct kvm_vcpu *vcpu)
{
	int unloads = 1;
	int access;
	int r = 0;

	mmd_start();
	mmd_act_as(vcpu);
	kvm_vcpu_srcu_read_lock(vcpu);
	mmd_op_begin("switch root");
	vcpu->arch.mmu->root_role.guest_mode ^= 1;
	kvm_mmu_new_pgd(vcpu, 0);
	mmd_op_end("switch root");
	for (;;) {
		access = mmd_enter_guest(vcpu);
		if (access >= 0)
			r = mmd_handle_fault(vcpu, access);
		if (r < 0 || r == RET_PF_EMULATE)
			mmd_leave_run(vcpu);
		if (unloads) {
			unloads = 0;
			mmd_op_begin("unload");
			kvm_mmu_unload(vcpu);
			mmd_op_end("unload");
		}
	}
}

/* KVM_PRE_FAULT_MEMORY: virt/kvm/kvm_main.c, kvm_vcpu_pre_fault_memory(); signals are left out. */
static void mmd_prefault(struct kvm_vcpu *vcpu)
{
#if MMUDELTA_HAS(kvm_arch_vcpu_pre_fault_memory)
	struct kvm_pre_fault_memory range = { .gpa = (u64)MMD_RANGE_START << PAGE_SHIFT, .size = PAGE_SIZE };

	mmd_act_as(vcpu);
	mmd_op_begin("prefault");
	kvm_vcpu_srcu_read_lock(vcpu);
	kvm_arch_vcpu_pre_fault_memory(vcpu, &range);
	mmd_forget_statistics(vcpu);
	kvm_vcpu_srcu_read_unlock(vcpu);
	mmd_op_end("prefault");
#endif
}

static void mmd_thread_vcpu_prefault(struct kvm_vcpu *vcpu)
{
	mmd_start();
	mmd_prefault(vcpu);
	mmd_thread_vcpu(vcpu);
}

/* Userspace changes the VM while its vCPU does not run, then prefaults with the root of before still loaded. */
static void mmd_thread_vcpu_zap_then_prefault(struct kvm_vcpu *vcpu)
{
	mmd_start();
	mmd_zap_all_fast(&mmd_kvm);
	mmd_prefault(vcpu);
	mmd_thread_vcpu(vcpu);
}

/* Stays in userspace; what setup loaded for it stays loaded. */
static void mmd_thread_vcpu_idle(struct kvm_vcpu *vcpu)
{
	mmd_rest();
}
