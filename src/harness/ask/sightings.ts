/** Looks on while a scenario is searched, and keeps the shortest way to each kind of answer. */
import type { Program } from '../../semantics/compile/program.ts';
import { heldMode } from '../../semantics/kernel/locks.ts';
import { T } from '../../semantics/kernel/machine.ts';
import type { Ledger } from '../../semantics/kernel/references.ts';
import type { Move, Onlooker } from '../explore/explore.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { holds } from './predicate.ts';
import type { Place, Question } from './question.ts';

/** Role of what belongs to no thread. */
export const MMU = 'the MMU itself';

export interface Sighting {
  readonly role: string;
  /** What the reference is to its owner, or what was done, without anything that tells two runs apart. */
  readonly how: string;
  /** The thread is the one that runs the helper. */
  readonly itself: boolean;
  /** Thread that owns it, and the root: to find out on the witness who took it. */
  readonly thread: number;
  readonly root: number;
  readonly schedule: readonly Move[];
}

export class Sightings implements Onlooker {
  readonly found = new Map<string, Sighting>();
  /** The place was reached, or there is none to reach. */
  reached = false;
  /** A state counted in which ownership could not be told. */
  undecided = false;
  private readonly question: Question;
  private readonly scenario: Scenario;
  private points: readonly number[] = [];

  constructor(question: Question, scenario: Scenario) {
    this.question = question;
    this.scenario = scenario;
  }

  begin(program: Program): void {
    this.found.clear();
    this.undecided = false;
    this.reached = this.question.place === null;
    this.points = pointsOf(program, this.question.place);
    for (const i of this.points) program.covered[i] = 0;
    if (program.machine.ledger !== null) program.machine.ledger.log = [];
  }

  step(program: Program, move: Move, length: number, path: () => readonly Move[]): void {
    const { ledger } = program.machine;
    if (ledger === null) return;
    const log = ledger.log ?? [];
    ledger.log = [];
    if (!this.isThere(program)) return;
    this.reached = true;
    if (this.question.verb === 'holds') this.look(program, ledger, length, path);
    else {
      for (const change of log) {
        if (change.by > 0 !== (this.question.verb === 'takes')) continue;
        if (!this.applies(program, ledger, change.root)) continue;
        const { role, where } = this.standing(program, change.owner, move.tid);
        this.note(
          program,
          { role, how: where, thread: change.owner, root: change.root },
          length,
          path,
        );
      }
    }
  }

  /** Some thread stands in the helper, or has just run it. */
  private isThere(program: Program): boolean {
    const { place, verb } = this.question;
    if (place === null) return true;
    let ran = false;
    this.points.forEach((point, i) => {
      if (program.covered[point] === 0) return;
      program.covered[point] = 0;
      // What a step finds behind the helper is not there, unless it went in and out again.
      if (i === 0 || verb !== 'holds' || place.line !== null) ran = true;
    });
    for (let t = 0; t < program.machine.spec.threads; t++)
      if (standsAt(program, t, place)) return true;
    return ran;
  }

  private applies(program: Program, ledger: Ledger, root: number): boolean {
    const { predicate } = this.question;
    return predicate === null || holds(predicate, program, ledger, root);
  }

  private look(
    program: Program,
    ledger: Ledger,
    length: number,
    path: () => readonly Move[],
  ): void {
    for (const root of ledger.roots()) {
      if (!this.applies(program, ledger, root)) continue;
      const books = ledger.owners(root);
      if (books === null) {
        this.undecided = true;
        continue;
      }
      for (const { thread } of books.owners) {
        const { role, where } = this.standing(program, thread, thread);
        const loaded = ledger.loaded(thread, root) > 0;
        const how = loaded ? 'has the root loaded' : where;
        this.note(program, { role, how, thread, root }, length, path);
      }
      if (books.mmu > 0) {
        const how = ledger.isInvalid(root)
          ? 'keeps it for whoever zaps the invalid root'
          : 'keeps it as long as the root is valid';
        this.note(program, { role: MMU, how, thread: -1, root }, length, path);
      }
    }
  }

  /** Role of the owner, and what `tid` is doing in the words of the kernel. */
  private standing(program: Program, owner: number, tid: number): { role: string; where: string } {
    const role = owner < 0 ? 'vcpu' : (this.scenario.threads[owner]?.role ?? `thread ${owner}`);
    const calls = tid < 0 ? [] : kernelCalls(program, tid);
    if (calls.length === 0) return { role, where: 'outside of the MMU' };
    const lock = program.bindings.mmuLock;
    const address =
      lock === null || program.kvmCell === null
        ? null
        : program.machine.addressOf(program.kvmCell + lock.cell);
    const mode = address === null ? 1 : heldMode(program.machine, tid, address);
    const outer = calls.at(-1) as string;
    return { role, where: `in ${outer}()${mode === 0 ? ', without mmu_lock' : ''}` };
  }

  private note(
    program: Program,
    seen: Omit<Sighting, 'schedule' | 'itself'>,
    length: number,
    path: () => readonly Move[],
  ): void {
    const { place } = this.question;
    const itself = place !== null && seen.thread >= 0 && standsAt(program, seen.thread, place);
    const key = `${seen.role}|${seen.how}|${itself}`;
    const known = this.found.get(key);
    if (known !== undefined && known.schedule.length <= length) return;
    this.found.set(key, { ...seen, itself, schedule: path() });
  }
}

/** Functions of the tree on the thread's stack, innermost first. */
export function kernelCalls(program: Program, tid: number): string[] {
  return program.stack(tid).filter(name => !isDriver(program, name));
}

const isDriver = (program: Program, name: string): boolean =>
  program.models.get(name)?.loc.file.startsWith('<') ?? true;

function standsAt(program: Program, tid: number, place: Place): boolean {
  if (!program.standsIn(tid, place.helper)) return false;
  if (place.line === null) return true;
  const site = program.unit.sites[program.machine.thread(tid, T.site)];
  return site?.fn === place.helper && site.loc.line === place.line;
}

function pointsOf(program: Program, place: Place | null): number[] {
  if (place === null) return [];
  return program.unit.cover.flatMap((point, i) =>
    point.fn === place.helper && (place.line === null || point.loc.line === place.line) ? [i] : [],
  );
}

/** The line has a statement of the helper on it. */
export function hasLine(program: Program, place: Place): boolean {
  return pointsOf(program, place).length > 0;
}
