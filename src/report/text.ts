import type { CheckResult, Delta, PatchResult, Trace, Violation } from '../result.ts';
import { exitStatus } from '../result.ts';
import { coverage, runName } from './coverage.ts';
import { inert } from './inert.ts';
import type { Paint, Style } from './layout.ts';
import { pad, painter, textWidth, truncate, wrap, wrapUnder } from './layout.ts';
import type { Report, ReportOptions } from './report.ts';
import {
  baseText,
  charged,
  counted,
  headline,
  inputNotes,
  machineText,
  needsAttention,
  nfcWord,
  patchName,
  reproduceWords,
} from './summary.ts';
import { traceText } from './trace-text.ts';

interface Page {
  readonly width: number;
  readonly paint: Paint;
  readonly verbose: boolean;
}

const styles: Readonly<Record<string, Style>> = {
  error: 'red',
  broken: 'red',
  inconclusive: 'yellow',
  changed: 'cyan',
  equivalent: 'green',
  untouched: 'dim',
};

/** Enough to act on; the rest is a -v away. */
const maxTracesPerPatch = 2;
const maxDeltasPerPatch = 8;

export function textReport(result: CheckResult, options: ReportOptions): Report {
  const page: Page = {
    width: Math.max(40, options.width),
    paint: painter(options.color),
    verbose: options.verbose,
  };
  const parts = [
    answer(result, page),
    patchTable(result, page),
    ...result.patches
      .filter(p => options.verbose || needsAttention(p))
      .map(p => patchPart(p, page)),
    footer(result, page),
  ];
  const lines = parts.filter(part => part.length > 0).map(part => part.join('\n'));
  return { output: `${lines.join('\n\n')}\n`, exitStatus: exitStatus(result) };
}

function answer(result: CheckResult, page: Page): string[] {
  const { word, text } = headline(result);
  const style = styles[word] ?? 'bold';
  const [first = '', ...rest] = wrapUnder(`${word}: `, text, page.width);
  const start = page.paint(style, first.slice(0, word.length)) + first.slice(word.length);
  const { series } = result;
  const version = series.version === null ? '' : `${inert(series.version)}, `;
  const title = `${inert(series.subject)} (${version}${counted(series.total, 'patch', 'patches')})`;
  return [start, ...rest, ...wrap(title, page.width)];
}

function patchTable(result: CheckResult, page: Page): string[] {
  const number = Math.max(...result.patches.map(p => patchName(p).length), 0);
  const narrow = page.width < 64;
  const nfc = narrow ? 0 : Math.max(...result.patches.map(p => nfcWord(p).length), 0);
  return result.patches.map(patch => {
    const verdict = page.paint(styles[patch.verdict] ?? 'bold', pad(patch.verdict, 12));
    const claim = nfc === 0 ? '' : `${pad(nfcWord(patch), nfc)}  `;
    const room = page.width - number - 4 - 12 - 2 - (nfc === 0 ? 0 : nfc + 2);
    const subject = truncate(inert(patch.subject), Math.max(10, room));
    return `  ${patchName(patch).padStart(number)}  ${verdict}  ${claim}${subject}`;
  });
}

function patchPart(patch: PatchResult, page: Page): string[] {
  const title = wrapUnder(`${patchName(patch)} `, inert(patch.subject), page.width);
  const lines = title.map(line => page.paint('bold', line));
  if (page.verbose) lines.push(...origin(patch, page));
  if (patch.nfc.claimed && (patch.nfc.holds !== true || page.verbose))
    lines.push(...nfcLines(patch, page));
  lines.push(...violationLines(patch, page));
  lines.push(...deltaLines(patch, page));
  for (const reason of patch.inconclusive) {
    const at =
      reason.file === null
        ? ''
        : ` at ${inert(reason.file)}${reason.line === null ? '' : `:${reason.line}`}`;
    lines.push(
      ...wrapUnder(
        '  undecided  ',
        `${inert(reason.message)}${at} [${inert(reason.code)}]`,
        page.width,
      ),
    );
  }
  if (page.verbose) lines.push(...scenarioLines(patch, page));
  return lines;
}

function origin(patch: PatchResult, page: Page): string[] {
  const id = patch.messageId === null ? '' : ` <${inert(patch.messageId)}>`;
  const helpers = patch.helpers.map(
    h => `${inert(h.name)} (${h.change}${h.reach === 'direct' ? '' : `, by ${h.reach}`})`,
  );
  const list = helpers.length === 0 ? 'none' : helpers.join(', ');
  return [
    ...wrapUnder('  from       ', `${inert(patch.author)}${id}`, page.width),
    ...wrapUnder('  helpers    ', list, page.width),
  ];
}

function nfcLines(patch: PatchResult, page: Page): string[] {
  const holds = patch.nfc.holds;
  const word = holds === null ? 'could not be decided' : holds ? 'holds' : 'is not so';
  const why = patch.nfc.why === null ? '' : `: ${inert(patch.nfc.why)}`;
  const lines = wrapUnder('  NFC claim  ', `"no functional change" ${word}${why}`, page.width);
  return lines.map(line => (holds === false ? page.paint('red', line) : line));
}

function violationLines(patch: PatchResult, page: Page): string[] {
  const lines: string[] = [];
  let traces = 0;
  for (const violation of charged(patch)) {
    const showTrace = page.verbose || traces < maxTracesPerPatch;
    if (violation.counterexample !== null) traces++;
    lines.push(...violationPart(violation, showTrace, page));
  }
  for (const violation of patch.violations) {
    if (violation.status === 'introduced' || violation.status === 'transient') continue;
    if (violation.status === 'pre-existing' && !page.verbose) continue;
    lines.push(...violationPart(violation, page.verbose, page));
  }
  const older = patch.violations.filter(v => v.status === 'pre-existing').length;
  if (older > 0 && !page.verbose) {
    lines.push(`  (${counted(older, 'violation')} that the tree had before this patch: see -v)`);
  }
  return lines;
}

function statusText(violation: Violation): string {
  if (violation.status === 'transient') return `until patch ${violation.fixedBy ?? '?'}`;
  return violation.status;
}

function violationPart(violation: Violation, showTrace: boolean, page: Page): string[] {
  const bad = violation.status === 'introduced' || violation.status === 'transient';
  const name = `${inert(violation.invariant)} (${statusText(violation)})`;
  const lines = wrapUnder('  ', name, page.width).map(l => page.paint(bad ? 'red' : 'dim', l));
  lines.push(...wrapUnder('    ', inert(violation.summary), page.width));
  const { site, counterexample } = violation;
  if (site !== null) {
    lines.push(
      ...wrapUnder(
        '    in ',
        `${inert(site.helper)}(), ${inert(site.file)}:${site.line}`,
        page.width,
      ),
    );
  }
  const steps =
    counterexample === null ? 'no schedule' : counted(counterexample.steps.length, 'step');
  lines.push(...wrapUnder('    scenario ', `${inert(violation.scenario)}, ${steps}`, page.width));
  if (counterexample !== null && showTrace) lines.push('', ...tracePart(counterexample, page), '');
  return lines;
}

function tracePart(trace: Trace, page: Page): string[] {
  const lines = traceText(trace, page.width, page.paint);
  if (trace.violation !== null) {
    const text = `${inert(trace.violation.invariant)}: ${inert(trace.violation.text)}`;
    for (const line of wrapUnder('  => ', text, page.width)) lines.push(page.paint('red', line));
  }
  for (const note of trace.notes) lines.push(...wrapUnder('  note: ', inert(note), page.width));
  return lines;
}

function deltaLines(patch: PatchResult, page: Page): string[] {
  const shown = page.verbose ? patch.deltas : patch.deltas.slice(0, maxDeltasPerPatch);
  const lines = shown.flatMap(delta => deltaPart(delta, page));
  const rest = patch.deltas.length - shown.length;
  if (rest > 0) lines.push(`  (${counted(rest, 'more difference')}: see -v)`);
  return lines;
}

function deltaPart(delta: Delta, page: Page): string[] {
  const who = [delta.thread, delta.helper === null ? null : `${delta.helper}()`].filter(
    x => x !== null,
  );
  const where = [...who, delta.scenario].map(inert).join(', ');
  const lines = wrapUnder(`  ${pad(delta.kind, 9)}  `, inert(delta.summary), page.width);
  lines.push(
    ...wrap(where, page.width - 13).map(line => page.paint('dim', `${' '.repeat(13)}${line}`)),
  );
  if (delta.before !== null)
    lines.push(...wrapUnder(`${' '.repeat(13)}before: `, inert(delta.before), page.width));
  if (delta.after !== null)
    lines.push(...wrapUnder(`${' '.repeat(13)}after:  `, inert(delta.after), page.width));
  if (delta.witness !== null && page.verbose) lines.push('', ...tracePart(delta.witness, page), '');
  return lines;
}

function scenarioLines(patch: PatchResult, page: Page): string[] {
  return patch.scenarios.flatMap(run => {
    const { bounds } = run;
    const limits = [
      counted(bounds.threads, 'thread'),
      ...(bounds.preemptions === null ? [] : [`${bounds.preemptions} preemptions`]),
      ...(bounds.states === null ? [] : [`at most ${bounds.states} states`]),
      ...(bounds.yields === null ? [] : [`${bounds.yields} yields`]),
      ...(bounds.timeoutSeconds === null ? [] : [`${bounds.timeoutSeconds} s`]),
    ];
    const why = run.why === null ? '' : `: ${inert(run.why)}`;
    const time = run.ms === null ? '' : `, ${Math.round(run.ms)} ms`;
    const size = `${counted(run.states, 'state')}, ${counted(run.transitions, 'transition')}${time}`;
    const how = run.exhaustive ? 'exhaustive' : 'bounded';
    const text = run.ran ? `${how}${why}; ${size}; ${limits.join(', ')}` : `not run${why}`;
    return wrapUnder('  scenario   ', `${runName(run)}: ${text}`, page.width);
  });
}

function footer(result: CheckResult, page: Page): string[] {
  const row = (name: string, text: string): string[] => wrapUnder(pad(name, 11), text, page.width);
  const lines = [...row('base', baseText(result)), ...row('machine', machineText(result))];
  for (const group of coverage(result, page.verbose)) {
    const why = group.why === null ? '' : ` (${group.why})`;
    const brief = group.state === 'not run' && !page.verbose && group.names.length > 4;
    const names = brief ? `${group.names.length} scenarios` : group.names.join(', ');
    lines.push(...row('scenarios', `${group.state}${why}: ${names}`));
  }
  for (const note of inputNotes(result)) lines.push(...row('input', note));
  if (page.verbose) lines.push(...row('seed', String(result.seed)));
  const command = reproduceWords(result);
  lines.push(...commandLines(pad('again', 11), command, page.width));
  if (result.patches.some(p => p.violations.some(v => v.counterexample !== null))) {
    lines.push(
      ...row('replay', 'add `--format json -o FILE` to that, then `mmudelta replay FILE`'),
    );
  }
  return lines;
}

/** A command over several lines, as a shell accepts it. */
function commandLines(prefix: string, words: readonly string[], width: number): string[] {
  const indent = ' '.repeat(prefix.length);
  const lines: string[] = [];
  let line = prefix;
  let empty = true;
  for (const word of words) {
    if (!empty && textWidth(line) + textWidth(word) + 3 > width) {
      lines.push(`${line} \\`);
      line = `${indent}  ${word}`;
    } else {
      line += empty ? word : ` ${word}`;
    }
    empty = false;
  }
  return [...lines, line];
}
