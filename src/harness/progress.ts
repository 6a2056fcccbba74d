/**
 * A loop that gives way must get on between two times that it does: under constant contention every check for somebody
 * waiting says yes, and a loop that starts over each time never ends (arch/x86/kvm/mmu/tdp_mmu.c,
 * tdp_mmu_iter_need_resched()). need_resched() is fair in the search, which therefore cannot see it.
 */
import { type Program, YieldsSpent } from '../semantics/compile/program.ts';
import { describeSite, PathEnds, T, Unmodelled } from '../semantics/kernel/machine.ts';
import { PoolExhausted } from '../semantics/kernel/memory.ts';
import type { Found, Move } from './explore/explore.ts';

/** Steps of one operation by itself; none needs a hundredth. */
const STEPS = 10_000;

/** What ends a run that the search itself says something about. */
const ENDS = [PathEnds, Unmodelled, PoolExhausted, YieldsSpent];

const GIVES_WAY = /^(?:need_resched|rwlock_needbreak|rwlock_is_contended)$/;

/** Runs each host thread alone, asked to give way wherever it looks; null when all of them end or wait. */
export function neverEnds(program: Program): Found | null {
  for (const [tid, thread] of program.spec.threads.entries()) {
    if (thread.vcpu !== null) continue;
    const found = alone(program, tid);
    if (found !== null) return found;
  }
  return null;
}

function alone(program: Program, tid: number): Found | null {
  const { machine } = program;
  const seen = new Set<string>();
  const schedule: Move[] = [];
  const print = new Int32Array(2);
  machine.choices.contended = true;
  try {
    program.start();
    machine.violations = [];
    for (let n = 0; n < STEPS; n++) {
      const outcomes = program.outcomes(tid);
      const site = machine.spec.unit.sites[machine.thread(tid, T.site)];
      const choice = outcomes[GIVES_WAY.test(site?.what ?? '') ? outcomes.length - 1 : 0];
      if (choice === undefined) return null;
      program.step(tid, choice);
      schedule.push({ tid, choice, inner: [...machine.choices.taken] });
      // What is wrong otherwise is for the search to say.
      machine.violations = [];
      machine.state.fingerprint(print);
      const key = print.join();
      if (seen.has(key)) return report(program, tid, schedule);
      seen.add(key);
    }
    return null;
  } catch (error) {
    if (ENDS.some(kind => error instanceof kind)) return null;
    throw error;
  } finally {
    machine.choices.contended = false;
    machine.violations = [];
  }
}

function report(program: Program, tid: number, schedule: readonly Move[]): Found {
  const { machine } = program;
  const site = machine.thread(tid, T.site);
  const text = `${describeSite(machine, site)} repeats for ever as long as somebody waits for the lock`;
  return {
    violation: { invariant: 'livelock', text, site, thread: tid, fatal: false },
    schedule,
  };
}
