static rwlock_t mmu_lock;
static refcount_t refs;
static int invalid, mapped, freed;
struct kvm_vcpu { int id; };
static struct kvm_vcpu mmd_vcpus[NVCPUS];

static void mmd_setup(void) { refcount_set(&refs, 1); }

static void put(void)
{
	if (refcount_dec_and_test(&refs)) {
		WARN_ON(READ_ONCE(mapped));
		WARN_ON(READ_ONCE(freed));
		WRITE_ONCE(freed, 1);
	}
}

static void vcpu(struct kvm_vcpu *v)
{
	int held = 0;

	read_lock(&mmu_lock);
	if (!READ_ONCE(invalid))
		held = refcount_inc_not_zero(&refs);
	read_unlock(&mmu_lock);
	if (!held)
		return;
	read_lock(&mmu_lock);
	WARN_ON(READ_ONCE(freed));
#ifdef BUG_NO_RECHECK
	WRITE_ONCE(mapped, 1);
#else
	if (!READ_ONCE(invalid))
		WRITE_ONCE(mapped, 1);
#endif
	read_unlock(&mmu_lock);
	put();
}

static void invalidate(void)
{
	write_lock(&mmu_lock);
	WRITE_ONCE(invalid, 1);
	write_unlock(&mmu_lock);
#ifdef BUG_PUT_FIRST
	put();
#endif
	read_lock(&mmu_lock);
	WRITE_ONCE(mapped, 0);
	read_unlock(&mmu_lock);
#ifndef BUG_PUT_FIRST
	put();
#endif
}
