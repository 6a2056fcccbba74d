import type { CheckResult, PatchResult, ScenarioRun } from '../result.ts';
import { exitStatus } from '../result.ts';
import { runName } from './coverage.ts';
import { inert } from './inert.ts';
import type { Report, ReportOptions } from './report.ts';
import { charged, headline, inputNotes, nfcRefuted, patchName } from './summary.ts';
import { traceBrief } from './trace-text.ts';

/** A suite per patch, a case per scenario: what every CI system can show. */
export function junitReport(result: CheckResult, options: ReportOptions): Report {
  const suites = [inputSuite(result), ...result.patches.map(p => patchSuite(p, options.verbose))];
  const { word, text } = headline(result);
  const output = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${attribute(`mmudelta: ${word}: ${text}`)}"${totals(suites.flat())}>`,
    ...suites.flatMap(cases => suiteLines(cases)),
    '</testsuites>',
    '',
  ];
  return { output: output.join('\n'), exitStatus: exitStatus(result) };
}

interface Case {
  readonly suite: string;
  readonly name: string;
  readonly time: number | null;
  readonly outcome:
    | { readonly kind: 'passed' }
    | {
        readonly kind: 'failure' | 'error' | 'skipped';
        readonly message: string;
        readonly text: string;
      };
}

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function attribute(text: string): string {
  return xml(inert(text)).replaceAll('"', '&quot;').replaceAll("'", '&apos;');
}

function totals(cases: readonly Case[]): string {
  const count = (kind: Case['outcome']['kind']): number =>
    cases.filter(c => c.outcome.kind === kind).length;
  const numbers = `failures="${count('failure')}" errors="${count('error')}"`;
  return ` tests="${cases.length}" ${numbers} skipped="${count('skipped')}"`;
}

function inputSuite(result: CheckResult): Case[] {
  const error = result.diagnostics.find(d => d.severity === 'error');
  const text = inputNotes(result).join('\n');
  return [
    {
      suite: 'input',
      name: 'the series was read and applied',
      time: null,
      outcome: error ? { kind: 'error', message: error.message, text } : { kind: 'passed' },
    },
  ];
}

function patchSuite(patch: PatchResult, timed: boolean): Case[] {
  const suite = `${patchName(patch)} ${patch.subject}`;
  const cases = patch.scenarios.map(run => scenarioCase(suite, patch, run, timed));
  const named = new Set(patch.scenarios.map(run => run.id));
  for (const violation of charged(patch).filter(v => !named.has(v.scenario))) {
    cases.push(violationCase(suite, patch, violation.scenario));
  }
  if (patch.nfc.claimed) cases.push(nfcCase(suite, patch));
  return [...cases, verdictCase(suite, patch)];
}

function violationCase(suite: string, patch: PatchResult, scenario: string): Case {
  const found = charged(patch).filter(v => v.scenario === scenario);
  const message = found.map(v => `${v.invariant}: ${v.summary}`).join('; ');
  const text = found.flatMap(v => [
    `${inert(v.invariant)} (${v.status}): ${inert(v.summary)}`,
    ...(v.site === null
      ? []
      : [`in ${inert(v.site.helper)}(), ${inert(v.site.file)}:${v.site.line}`]),
    ...(v.counterexample === null ? [] : traceBrief(v.counterexample, 120)),
  ]);
  const outcome = { kind: 'failure' as const, message, text: text.join('\n') };
  return { suite, name: scenario, time: null, outcome };
}

function scenarioCase(suite: string, patch: PatchResult, run: ScenarioRun, timed: boolean): Case {
  const base = { suite, name: runName(run), time: timed ? run.ms : null };
  if (!run.ran) {
    return { ...base, outcome: { kind: 'skipped', message: run.why ?? 'not run', text: '' } };
  }
  const failed = charged(patch).some(v => v.scenario === run.id);
  if (failed) return { ...violationCase(suite, patch, run.id), ...base };
  return { ...base, outcome: { kind: 'passed' } };
}

function nfcCase(suite: string, patch: PatchResult): Case {
  const message = patch.nfc.why ?? 'not known';
  const base = { suite, name: 'no functional change, as claimed', time: null };
  if (nfcRefuted(patch)) return { ...base, outcome: { kind: 'failure', message, text: '' } };
  if (patch.nfc.holds === null) return { ...base, outcome: { kind: 'skipped', message, text: '' } };
  return { ...base, outcome: { kind: 'passed' } };
}

function verdictCase(suite: string, patch: PatchResult): Case {
  const base = { suite, name: `verdict: ${patch.verdict}`, time: null };
  const text = patch.inconclusive.map(r => inert(r.message)).join('\n');
  const message = patch.inconclusive[0]?.message ?? patch.verdict;
  if (patch.verdict === 'broken') {
    const ids = charged(patch).map(v => v.invariant);
    return { ...base, outcome: { kind: 'failure', message: `breaks ${ids.join(', ')}`, text: '' } };
  }
  if (patch.verdict === 'inconclusive')
    return { ...base, outcome: { kind: 'skipped', message, text } };
  return { ...base, outcome: { kind: 'passed' } };
}

function suiteLines(cases: readonly Case[]): string[] {
  const name = attribute(cases[0]?.suite ?? '');
  return [
    `  <testsuite name="${name}"${totals(cases)}>`,
    ...cases.flatMap(each => caseLines(each)),
    '  </testsuite>',
  ];
}

function caseLines(each: Case): string[] {
  const time = each.time === null ? '' : ` time="${(each.time / 1000).toFixed(3)}"`;
  const open = `    <testcase classname="${attribute(each.suite)}" name="${attribute(each.name)}"${time}`;
  const { outcome } = each;
  if (outcome.kind === 'passed') return [`${open}/>`];
  const inner = `      <${outcome.kind} message="${attribute(outcome.message)}"`;
  const body =
    outcome.text === '' ? `${inner}/>` : `${inner}>${xml(outcome.text)}</${outcome.kind}>`;
  return [`${open}>`, body, '    </testcase>'];
}
