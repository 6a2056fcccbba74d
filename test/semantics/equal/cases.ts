/** Two ways to write something in C, in our own words; the functions that are compared are called `f`. */
export interface Pair {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

export const prelude = `
struct root { int level; bool invalid; int count; struct root *next; unsigned long word; };
struct vm { struct root *first; int lock; unsigned long gen; bool fast; };
int seen;
void take(struct vm *vm) { vm->lock++; }
void drop(struct vm *vm) { vm->lock--; }
void zap(struct vm *vm, struct root *root, bool shared) { if (shared) root->word = vm->gen; }
int ask(struct root *root) { return root->count; }
void see(int x) { seen = x; }
void fill(struct root *root) { root->level++; }
`;

export const same: readonly Pair[] = [
  {
    what: 'a helper is taken out',
    before: 'void f(struct vm *vm) { take(vm); vm->gen++; zap(vm, vm->first, true); drop(vm); }',
    after: `static void half(struct vm *vm) { vm->gen++; zap(vm, vm->first, true); }
      void f(struct vm *vm) { take(vm); half(vm); drop(vm); }`,
  },
  {
    what: 'a helper with a result is folded in',
    before: `static bool old(struct root *r, int level) { if (!r) return true; return r->level == level && !r->invalid; }
      void f(struct vm *vm, struct root *r) { if (old(r, 2)) zap(vm, r, false); }`,
    after: `void f(struct vm *vm, struct root *r) {
      if (r) { if (r->level != 2) return; if (r->invalid) return; }
      zap(vm, r, false); }`,
  },
  {
    what: 'a condition is turned around',
    before:
      'void f(struct vm *vm, struct root *r) { if (!r->invalid) see(1); else see(2); see(3); }',
    after:
      'void f(struct vm *vm, struct root *r) { if (r->invalid) { see(2); } else { see(1); } see(3); }',
  },
  {
    what: 'nested tests become one',
    before: 'void f(struct vm *vm, struct root *r) { if (vm->fast) { if (ask(r) > 3) see(1); } }',
    after:
      'void f(struct vm *vm, struct root *r) { if (!vm->fast || ask(r) <= 3) return; see(1); }',
  },
  {
    what: 'a loop is written with goto',
    before:
      'void f(struct vm *vm) { struct root *r; for (r = vm->first; r; r = r->next) if (ask(r)) zap(vm, r, 0); }',
    after: `void f(struct vm *vm) { struct root *at = vm->first;
      again: if (at == 0) return; if (!ask(at)) goto next; zap(vm, at, false);
      next: at = at->next; goto again; }`,
  },
  {
    what: 'a loop carries a flag',
    before: `int f(struct vm *vm) { int n = 0; bool flush = false; struct root *r = vm->first;
      while (r) { flush = flush || ask(r); n += 2; r = r->next; } if (flush) take(vm); return n; }`,
    after: `int f(struct vm *vm) { struct root *it; bool dirty = false; int sum = 0;
      for (it = vm->first; it != 0; it = it->next) { if (!dirty) dirty = ask(it) != 0; sum += 2; }
      if (!dirty) return sum; take(vm); return sum; }`,
  },
  {
    what: 'a switch becomes tests',
    before:
      'void f(int level) { switch (level) { case 1: see(10); break; case 2: see(20); default: see(30); } }',
    after:
      'void f(int level) { if (level == 1) { see(10); } else { if (level == 2) see(20); see(30); } }',
  },
  {
    what: 'a bool parameter of a helper becomes a number',
    before: `static void each(struct vm *vm, bool shared) { if (shared) take(vm); zap(vm, vm->first, shared); }
      void f(struct vm *vm) { each(vm, true); each(vm, false); }`,
    after: `enum how { EXCLUSIVE, SHARED };
      static void each(struct vm *vm, enum how how) { if (how == SHARED) take(vm); zap(vm, vm->first, how == SHARED); }
      void f(struct vm *vm) { each(vm, SHARED); each(vm, EXCLUSIVE); }`,
  },
  {
    what: 'a value has a name',
    before:
      'void f(struct vm *vm, unsigned long gfn) { vm->gen = (gfn << 3) + 1; see((int)((gfn << 3) + 1)); }',
    after:
      'void f(struct vm *vm, unsigned long gfn) { unsigned long at = 1 + (gfn << 3); vm->gen = at; see((int)at); }',
  },
  {
    what: 'clean-up is shared by goto',
    before: `int f(struct vm *vm, struct root *r) { int ret; take(vm);
      if (r->invalid) { drop(vm); return -1; } ret = ask(r); drop(vm); return ret; }`,
    after: `int f(struct vm *vm, struct root *r) { int ret = -1; take(vm);
      if (r->invalid) goto out; ret = ask(r); out: drop(vm); return ret; }`,
  },
  {
    what: 'helpers of helpers are renamed',
    before: `static int two(struct root *r) { return r->level + 2; } static void one(struct root *r) { see(two(r)); }
      void f(struct root *r) { one(r); one(r->next); }`,
    after: `static int second(struct root *root) { return root->level + 2; }
      static void first(struct root *root) { see(second(root)); }
      void f(struct root *r) { first(r); first(r->next); }`,
  },
  {
    what: 'an object on the stack is handed on by a helper',
    before: 'void f(void) { struct root tmp = { .level = 2 }; fill(&tmp); see(tmp.level); }',
    after: `static int filled(struct root *r) { fill(r); return r->level; }
      void f(void) { struct root tmp = { .level = 2 }; see(filled(&tmp)); }`,
  },
];

export const other: readonly Pair[] = [
  {
    what: 'two stores change places',
    before: 'void f(struct vm *vm, struct root *r) { r->invalid = true; vm->gen = 1; }',
    after: 'void f(struct vm *vm, struct root *r) { vm->gen = 1; r->invalid = true; }',
  },
  {
    what: 'a lock is not dropped on one path',
    before:
      'int f(struct vm *vm, struct root *r) { take(vm); if (r->invalid) { drop(vm); return 1; } drop(vm); return 0; }',
    after:
      'int f(struct vm *vm, struct root *r) { take(vm); if (r->invalid) return 1; drop(vm); return 0; }',
  },
  {
    what: 'something is read again',
    before:
      'void f(struct vm *vm) { bool fast = vm->fast; if (fast) take(vm); if (fast) drop(vm); }',
    after: 'void f(struct vm *vm) { if (vm->fast) take(vm); if (vm->fast) drop(vm); }',
  },
  {
    what: 'a flag is not kept by a loop',
    before: `void f(struct vm *vm) { bool flush = false; struct root *r;
      for (r = vm->first; r; r = r->next) flush |= ask(r) != 0; if (flush) take(vm); }`,
    after: `void f(struct vm *vm) { bool flush = false; struct root *r;
      for (r = vm->first; r; r = r->next) flush = ask(r) != 0; if (flush) take(vm); }`,
  },
  {
    what: 'a loop starts one later',
    before: 'void f(struct vm *vm) { int i; for (i = 0; i < 8; i++) see(i); }',
    after: 'void f(struct vm *vm) { int i; for (i = 1; i < 8; i++) see(i); }',
  },
  {
    what: 'a loop ends one later',
    before: 'void f(struct vm *vm) { int i; for (i = 0; i < 8; i++) see(i); }',
    after: 'void f(struct vm *vm) { int i; for (i = 0; i <= 8; i++) see(i); }',
  },
  {
    what: 'a comparison has another sign',
    before: 'void f(int a, int b) { if (a < b) see(1); }',
    after: 'void f(int a, int b) { if ((unsigned int)a < (unsigned int)b) see(1); }',
  },
  {
    what: 'a value is cut off',
    before: 'void f(struct vm *vm, unsigned long gfn) { vm->gen = gfn; }',
    after: 'void f(struct vm *vm, unsigned long gfn) { vm->gen = (unsigned int)gfn; }',
  },
  {
    what: 'a test of a value that was cut off',
    before: 'void f(unsigned long word) { if (word) see(1); }',
    after: 'void f(unsigned long word) { if ((unsigned int)word) see(1); }',
  },
  {
    what: 'another object is handed on',
    before: 'void f(struct vm *vm, struct root *r) { zap(vm, r, true); }',
    after: 'void f(struct vm *vm, struct root *r) { zap(vm, r->next, true); }',
  },
  {
    what: 'a helper is called with its arguments changed around',
    before:
      'static void pair(int a, int b) { see(a); see(b); } void f(int x, int y) { pair(x, y); }',
    after:
      'static void both(int a, int b) { see(a); see(b); } void f(int x, int y) { both(y, x); }',
  },
  {
    what: 'pointers count in other units',
    before: 'unsigned long *f(unsigned long *p) { return p + 1; }',
    after:
      'unsigned long *f(unsigned long *p) { return (unsigned long *)((unsigned int *)p + 1); }',
  },
  {
    what: 'a break leaves the switch and not the loop',
    before: 'void f(struct vm *vm) { for (;;) { if (ask(vm->first) == 1) break; see(1); } }',
    after:
      'void f(struct vm *vm) { for (;;) { switch (ask(vm->first)) { case 1: break; } see(1); } }',
  },
  {
    what: 'one of two equal calls is left out',
    before: 'void f(struct root *r) { ask(r); see(ask(r)); }',
    after: 'void f(struct root *r) { see(ask(r)); }',
  },
];
