import type { Invariant } from './invariant.ts';

export const livelock: Invariant = {
  id: 'livelock',
  scope: 'always',
  says: 'No group of threads goes round for ever without finishing anything while scheduling is fair, and a loop that gives way gets on between two times that it does.',
  why: 'A vCPU that retries without a chance to succeed hangs the guest. A fault that retries while a notifier is in progress is none.',
  source: 'arch/x86/kvm/mmu/mmu.c, RET_PF_RETRY; tdp_mmu.c, tdp_mmu_iter_need_resched()',
  example: [
    'vcpu0: prefault finds its root obsolete and retries',
    'nobody but vcpu0 could reload the root, and the retry does not',
  ],
};
