/* See README.md. N comes from the command line: spin -DN=3 -a protocol.pml */
byte readers, refs = 1;
bool writer, invalid, mapped, freed;

inline read_lock() { atomic { !writer -> readers++ } }
inline read_unlock() { readers-- }
inline write_lock() { atomic { !writer && readers == 0 -> writer = true } }
inline write_unlock() { writer = false }
inline put() {
	atomic { refs--; last = (refs == 0) }
	if
	:: last -> assert(!mapped); assert(!freed); freed = true
	:: else
	fi
}

proctype vcpu() {
	bool held, last;
	read_lock();
	if
	:: !invalid -> atomic { if :: refs > 0 -> refs++; held = true :: else fi }
	:: else
	fi;
	read_unlock();
	if
	:: held ->
		read_lock();
		assert(!freed);
#ifdef BUG_NO_RECHECK
		mapped = true;
#else
		if :: !invalid -> mapped = true :: else fi;
#endif
		read_unlock();
		put()
	:: else
	fi
}

proctype invalidate() {
	bool last;
	write_lock();
	invalid = true;
	write_unlock();
#ifdef BUG_PUT_FIRST
	put();
#endif
	read_lock();
	mapped = false;
	read_unlock();
#ifndef BUG_PUT_FIRST
	put()
#endif
}

init {
	byte i;
	atomic {
		do
		:: i < N -> run vcpu(); i++
		:: else -> break
		od;
		run invalidate()
	}
}
