/* See README.md. cbmc -DN=2 protocol-cbmc.c */
#include <assert.h>
#include <pthread.h>

static int readers, writer, refs = 1, invalid, mapped, freed;

void __CPROVER_atomic_begin(void);
void __CPROVER_atomic_end(void);
void __CPROVER_assume(_Bool);

static void read_lock(void)
{
	__CPROVER_atomic_begin();
	__CPROVER_assume(!writer);
	readers++;
	__CPROVER_atomic_end();
}

static void read_unlock(void)
{
	__CPROVER_atomic_begin();
	readers--;
	__CPROVER_atomic_end();
}

static void put(void)
{
	int last;

	__CPROVER_atomic_begin();
	last = --refs == 0;
	__CPROVER_atomic_end();
	if (last) {
		assert(!mapped);
		assert(!freed);
		freed = 1;
	}
}

static void *vcpu(void *unused)
{
	int held = 0;

	read_lock();
	if (!invalid) {
		__CPROVER_atomic_begin();
		if (refs > 0) {
			refs++;
			held = 1;
		}
		__CPROVER_atomic_end();
	}
	read_unlock();
	if (!held)
		return 0;
	read_lock();
	assert(!freed);
#ifdef BUG_NO_RECHECK
	mapped = 1;
#else
	if (!invalid)
		mapped = 1;
#endif
	read_unlock();
	put();
	return unused;
}

int main(void)
{
	pthread_t threads[N];
	int i;

	for (i = 0; i < N; i++)
		pthread_create(&threads[i], 0, vcpu, 0);
	__CPROVER_atomic_begin();
	__CPROVER_assume(!writer && readers == 0);
	writer = 1;
	__CPROVER_atomic_end();
	invalid = 1;
	writer = 0;
#ifdef BUG_PUT_FIRST
	put();
#endif
	read_lock();
	mapped = 0;
	read_unlock();
#ifndef BUG_PUT_FIRST
	put();
#endif
	return 0;
}
