import type { CheckResult, PatchResult, ScenarioRun, Violation } from '../result.ts';
import { firstChars, inert, shellQuote } from './inert.ts';

/**
 * What every report says in its own form: the answer, the names of things, the command to get it
 * again.
 */

/** Violations that the patch is answerable for. */
export function charged(patch: PatchResult): readonly Violation[] {
  return patch.violations.filter(v => v.status === 'introduced' || v.status === 'transient');
}

export function nfcRefuted(patch: PatchResult): boolean {
  return patch.nfc.claimed && patch.nfc.holds === false;
}

/** Something a reader has to look at, in the order in which a reader should. */
export function needsAttention(patch: PatchResult): boolean {
  return (
    charged(patch).length > 0 ||
    nfcRefuted(patch) ||
    patch.inconclusive.length > 0 ||
    patch.verdict === 'broken' ||
    patch.verdict === 'inconclusive' ||
    patch.deltas.length > 0 ||
    patch.violations.some(v => v.status === 'fixed')
  );
}

export function patchName(patch: PatchResult): string {
  return `${patch.index}/${patch.total}`;
}

export function nfcWord(patch: PatchResult): string {
  if (!patch.nfc.claimed) return '';
  if (patch.nfc.holds === null) return 'NFC open';
  return patch.nfc.holds ? 'NFC holds' : 'NFC refuted';
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** 1, 2, 3, 7 -> `1-3, 7` */
export function ranges(numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let i = 0; i < sorted.length; ) {
    let j = i;
    while (sorted[j + 1] === (sorted[j] ?? 0) + 1) j++;
    const [from, to] = [sorted[i], sorted[j]];
    parts.push(from === to ? `${from}` : `${from}${j === i + 1 ? ', ' : '-'}${to}`);
    i = j + 1;
  }
  return parts.join(', ');
}

function patchesWith(result: CheckResult, test: (patch: PatchResult) => boolean): string {
  const found = result.patches.filter(test);
  const names = ranges(found.map(p => p.index));
  const of = found[0]?.total ?? result.series.total;
  return found.length === 1 ? `patch ${names}/${of}` : `patches ${names} of ${of}`;
}

function brokenAnswer(result: CheckResult): string {
  const isBroken = (p: PatchResult): boolean => p.verdict === 'broken';
  const found = result.patches.filter(isBroken);
  const all = found.flatMap(p => charged(p));
  const ids = [...new Set(all.map(v => inert(v.invariant)))];
  const what = ids.length === 0 ? 'an invariant' : ids.join(', ');
  const verb = found.length === 1 ? 'breaks' : 'break';
  const passing = all.length > 0 && all.every(v => v.status === 'transient');
  const end = passing ? ` until patch ${ranges(all.flatMap(v => v.fixedBy ?? []))}` : '';
  return `${patchesWith(result, isBroken)} ${verb} ${what}${end}`;
}

function inconclusiveAnswer(result: CheckResult): string {
  const found = result.patches.find(p => p.verdict === 'inconclusive');
  const reason = found?.inconclusive[0];
  if (!found || !reason) return 'the question could not be decided';
  return `${patchesWith(result, p => p.verdict === 'inconclusive')}: ${inert(reason.message)}`;
}

function changedAnswer(result: CheckResult): string {
  const changed = (p: PatchResult): boolean => p.verdict === 'changed';
  const verb = result.patches.filter(changed).length === 1 ? 'changes' : 'change';
  return `${patchesWith(result, changed)} ${verb} behaviour; nothing breaks`;
}

function scenariosOf(result: CheckResult): ScenarioRun[] {
  return result.patches.flatMap(p => p.scenarios.filter(s => s.ran));
}

/** The answer, in one line: a word and what it is about. */
export function headline(result: CheckResult): { word: string; text: string } {
  const error = result.diagnostics.find(d => d.severity === 'error');
  if (error) return { word: 'error', text: inert(error.message) };
  if (result.verdict === 'broken') return { word: 'broken', text: brokenAnswer(result) };
  if (result.patches.some(nfcRefuted)) {
    const text = `${patchesWith(result, nfcRefuted)}: "no functional change" is not so`;
    return { word: result.verdict, text };
  }
  if (result.patches.length === 0)
    return { word: result.verdict, text: 'there is no patch to check' };
  switch (result.verdict) {
    case 'inconclusive':
      return { word: 'inconclusive', text: inconclusiveAnswer(result) };
    case 'changed':
      return { word: 'changed', text: changedAnswer(result) };
    case 'equivalent': {
      const ids = new Set(scenariosOf(result).map(s => s.id));
      if (ids.size === 0) {
        const isProved = result.diagnostics.some(d => d.code === 'equal-code');
        const what = isProved ? 'the new code is proved to do the same' : 'the code means the same';
        return { word: 'equivalent', text: `${what}, nothing had to be run` };
      }
      const text = `no difference in behaviour in ${counted(ids.size, 'scenario')}`;
      const bounded = scenariosOf(result).filter(s => !s.exhaustive).length;
      return {
        word: 'equivalent',
        text: bounded === 0 ? `${text}, all exhaustive` : `${text}, not all searched whole`,
      };
    }
    case 'untouched':
      return { word: 'untouched', text: 'nothing that the models depend on is changed' };
  }
}

/** The command that gives this result again, one shell word per element. */
export function reproduceWords(result: CheckResult): string[] {
  return ['mmudelta', ...result.tool.arguments.map(shellQuote)];
}

export function machineText(result: CheckResult): string {
  const { geometry } = result;
  const overrides = geometry.overrides.map(o => `${inert(o.name)}=${inert(o.value)}`);
  const tables = `${counted(geometry.levels, 'level')} of ${counted(geometry.entriesPerTable, 'entry', 'entries')}`;
  return [`${tables} per page table`, `memory model ${result.memory}`, ...overrides].join(', ');
}

export function baseText(result: CheckResult): string {
  const { tree } = result;
  const kernel =
    tree.kernelVersion === null
      ? 'kernel of unknown version'
      : `Linux ${inert(tree.kernelVersion)}`;
  const commit = tree.base === null ? '' : ` at ${firstChars(inert(tree.base), 12)}`;
  const where = tree.embedded ? 'the embedded example tree' : inert(tree.path);
  return `${kernel}${commit} in ${where}, chosen by: ${inert(tree.baseRule)}`;
}

/** What was odd about the input; each line matters to whoever relies on the answer. */
export function inputNotes(result: CheckResult): string[] {
  const { series, tree, diagnostics } = result;
  const notes: string[] = [];
  if (tree.embedded) notes.push('no --tree was given: the embedded example tree was checked');
  if (series.reconstructed)
    notes.push('the mails were damaged and have been reconstructed against the tree');
  if (series.missing.length > 0) {
    const what = series.missing.length === 1 ? 'patch' : 'patches';
    notes.push(`missing: ${what} ${ranges(series.missing)} of ${series.total}`);
  }
  for (const d of diagnostics) {
    const at = d.file === null ? '' : ` (${inert(d.file)}${d.line === null ? '' : `:${d.line}`})`;
    const hint = d.hint ? `; ${inert(d.hint)}` : '';
    notes.push(`${d.severity}: ${inert(d.message)}${at} [${inert(d.code)}]${hint}`);
  }
  return notes;
}
