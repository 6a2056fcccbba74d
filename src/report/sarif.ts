import { createHash } from 'node:crypto';
import type { CheckResult, PatchResult, Trace, TraceStep, Violation } from '../result.ts';
import { exitStatus } from '../result.ts';
import { inert, inertUpTo } from './inert.ts';
import { inertJson } from './json.ts';
import type { Report, ReportOptions } from './report.ts';
import { nfcRefuted, patchName, reproduceWords } from './summary.ts';

/** SARIF 2.1.0, within what GitHub's code scanning takes. */
export function sarifReport(result: CheckResult, _options: ReportOptions): Report {
  const findings = result.patches.flatMap(patchFindings).slice(0, maxResults);
  const status = exitStatus(result);
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: driver(result, findings) },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { SRCROOT: { description: { text: 'top of the kernel tree' } } },
        invocations: [
          {
            executionSuccessful: status !== 2,
            exitCode: status,
            commandLine: reproduceWords(result).join(' '),
            toolExecutionNotifications: notifications(result),
          },
        ],
        results: numbered(findings).map(({ finding, fingerprint }) =>
          sarifResult(finding, fingerprint),
        ),
        properties: {
          verdict: result.verdict,
          memory: result.memory,
          geometry: `${result.geometry.levels}x${result.geometry.entriesPerTable}`,
        },
      },
    ],
  };
  return { output: `${inertJson(log)}\n`, exitStatus: status };
}

const maxResults = 5000;
const maxFlowLocations = 1000;
const maxMessage = 2000;

type Level = 'error' | 'warning' | 'note';

interface Finding {
  readonly rule: string;
  readonly level: Level;
  readonly baselineState: 'new' | 'unchanged';
  readonly text: string;
  readonly place: Place;
  readonly identity: string;
  readonly trace: Trace | null;
}

interface Place {
  readonly file: string;
  readonly line: number;
  readonly helper: string | null;
}

/** Rules that are no invariant. */
const ownRules: Readonly<Record<string, string>> = {
  'nfc-refuted': 'A patch claims "no functional change" and changes behaviour.',
  'behaviour-change': 'A patch changes behaviour without breaking an invariant.',
  undecided: 'Something about a patch could not be decided.',
};

function patchFindings(patch: PatchResult): Finding[] {
  const place = patchPlace(patch);
  const about = `patch ${patchName(patch)} "${inertUpTo(patch.subject, 200)}"`;
  const findings = patch.violations
    .filter(v => v.status !== 'fixed')
    .map(v => violationFinding(v, place, about));
  if (nfcRefuted(patch)) {
    const why = inert(patch.nfc.why ?? 'behaviour differs');
    findings.push(
      own('nfc-refuted', 'error', `${about} claims no functional change: ${why}`, place),
    );
  }
  for (const delta of patch.deltas) {
    const change = [delta.before, delta.after].map(x => inert(x ?? 'none')).join(' -> ');
    const text = `${about}: ${delta.kind}: ${inert(delta.summary)} (${change})`;
    const level = delta.kind === 'outcome' ? 'warning' : 'note';
    const at = { ...place, helper: delta.helper ?? place.helper };
    findings.push({ ...own('behaviour-change', level, text, at), trace: delta.witness });
  }
  for (const reason of patch.inconclusive) {
    const at =
      reason.file === null ? place : { file: reason.file, line: reason.line ?? 1, helper: null };
    findings.push(own('undecided', 'warning', `${about}: ${inert(reason.message)}`, at));
  }
  return findings;
}

function patchPlace(patch: PatchResult): Place {
  const helper = patch.helpers[0];
  if (helper === undefined) return { file: 'arch/x86/kvm/mmu/mmu.c', line: 1, helper: null };
  return { file: helper.file, line: 1, helper: helper.name };
}

function own(rule: string, level: Level, text: string, place: Place): Finding {
  const identity = `${rule}|${place.helper ?? place.file}|${text.replace(/^patch \d+\/\d+ /, '')}`;
  return { rule, level, baselineState: 'new', text, place, identity, trace: null };
}

function violationFinding(violation: Violation, fallback: Place, about: string): Finding {
  const old = violation.status === 'pre-existing';
  const until = violation.status === 'transient' ? `, until patch ${violation.fixedBy ?? '?'}` : '';
  const had = old ? 'the tree had before' : 'introduced by';
  return {
    rule: ruleId(violation.invariant),
    level: old ? 'note' : 'error',
    baselineState: old ? 'unchanged' : 'new',
    text: `${inert(violation.summary)} (${had} ${about}${until}; scenario ${inert(violation.scenario)})`,
    place: violation.site ?? fallback,
    identity: violation.identity,
    trace: violation.counterexample,
  };
}

/** A fingerprint per finding that survives moved lines; equal ones are told apart by a count. */
function numbered(findings: readonly Finding[]): { finding: Finding; fingerprint: string }[] {
  const seen = new Map<string, number>();
  return findings.map(finding => {
    const hash = createHash('sha256').update(finding.identity).digest('hex').slice(0, 32);
    const count = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, count);
    return { finding, fingerprint: `${hash}:${count}` };
  });
}

function ruleId(rule: string): string {
  return inertUpTo(rule, 100);
}

function driver(result: CheckResult, findings: readonly Finding[]): object {
  const ids = [...new Set(findings.map(f => f.rule))].sort();
  return {
    name: 'mmudelta',
    version: inert(result.tool.version),
    rules: ids.map(id => {
      const known = Object.hasOwn(ownRules, id) ? ownRules[id] : undefined;
      const text = known ?? `The invariant ${ruleId(id)} does not hold.`;
      return {
        id: ruleId(id),
        shortDescription: { text: message(text) },
        fullDescription: { text: message(text) },
        help: { text: message(known ?? `mmudelta explain ${ruleId(id)}`) },
        defaultConfiguration: { level: known === undefined ? 'error' : 'warning' },
        properties: { tags: ['kvm', 'mmu', 'concurrency'], precision: 'high' },
      };
    }),
  };
}

function sarifResult(finding: Finding, fingerprint: string): object {
  const flow = finding.trace === null ? {} : { codeFlows: [codeFlow(finding.trace)] };
  return {
    ruleId: ruleId(finding.rule),
    level: finding.level,
    baselineState: finding.baselineState,
    message: { text: message(finding.text) },
    locations: [location(finding.place, null)],
    partialFingerprints: {
      'mmudeltaIdentity/v1': fingerprint,
      primaryLocationLineHash: fingerprint,
    },
    ...flow,
  };
}

/** Braces are placeholders in a SARIF message and brackets before a parenthesis are links. */
function message(text: string): string {
  const plain = inertUpTo(text, maxMessage).replaceAll('{', '{{').replaceAll('}', '}}');
  return plain.replace(/[[\]](?=[^[\]]*\]\(|\()/g, bracket => `\\${bracket}`);
}

/** A path below the tree's top, whatever the string says. */
function relativeUri(file: string): string {
  const parts = inertUpTo(file, 500)
    .split('/')
    .filter(part => part !== '' && part !== '.' && part !== '..');
  return parts.map(part => encodeURIComponent(part)).join('/') || 'unknown';
}

function location(place: Place, text: string | null): object {
  const logical =
    place.helper === null
      ? {}
      : { logicalLocations: [{ name: inertUpTo(place.helper, 200), kind: 'function' }] };
  return {
    physicalLocation: {
      artifactLocation: { uri: relativeUri(place.file), uriBaseId: 'SRCROOT' },
      region: { startLine: Math.max(1, place.line) },
    },
    ...logical,
    ...(text === null ? {} : { message: { text: message(text) } }),
  };
}

/** One thread flow per thread; executionOrder says how they interleave. */
function codeFlow(trace: Trace): object {
  const numberedSteps = trace.steps
    .map((step, i) => ({ step, order: i + 1 }))
    .slice(0, maxFlowLocations);
  const flows = trace.threads.map(thread => ({
    id: inertUpTo(thread.name, 100),
    message: { text: message(inert(thread.role)) },
    locations: numberedSteps
      .filter(({ step }) => step.thread === thread.id && step.file !== null)
      .map(({ step, order }) => flowLocation(step, order)),
  }));
  const text = trace.violation === null ? 'a schedule that shows it' : inert(trace.violation.text);
  return {
    message: { text: message(text) },
    threadFlows: flows.filter(flow => flow.locations.length > 0),
  };
}

function flowLocation(step: TraceStep, order: number): object {
  const place = { file: step.file ?? '', line: step.line ?? 1, helper: step.helper };
  const events = step.events.map(e => inert(e.text)).join('; ');
  const text = inert(step.label) || events || inert(step.source ?? '');
  return { location: location(place, text), executionOrder: order };
}

function notifications(result: CheckResult): object[] {
  return result.diagnostics.map(diagnostic => {
    const { severity, file, line } = diagnostic;
    const at = file === null ? [] : [location({ file, line: line ?? 1, helper: null }, null)];
    return {
      descriptor: { id: inertUpTo(diagnostic.code, 100) },
      level: severity,
      message: { text: message(diagnostic.message) },
      locations: at,
    };
  });
}
