import { createHash } from 'node:crypto';
import type {
  CheckResult,
  Delta,
  PatchResult,
  ScenarioRun,
  Trace,
  Violation,
} from '../../result.ts';
import { exitStatus } from '../../result.ts';
import { coverage, runName } from '../coverage.ts';
import type { Report, ReportOptions } from '../report.ts';
import {
  baseText,
  counted,
  headline,
  inputNotes,
  machineText,
  nfcWord,
  patchName,
  reproduceWords,
} from '../summary.ts';
import { html, type Markup, nothing, raw } from './escape.ts';
import { script } from './script.ts';
import { style } from './style.ts';
import { timeline } from './timeline.ts';

/** One file that needs nothing else: no network, no fonts, no images; it reads without its script too. */
export function htmlReport(result: CheckResult, options: ReportOptions): Report {
  const { word, text } = headline(result);
  const budget = { left: traceBudget };
  const page = html`<!doctype html>
<html lang="en" class="no-script">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${raw(sha256(style))}'; script-src '${raw(sha256(script))}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>mmudelta: ${word}: ${text}</title>
<style>${raw(style)}</style>
</head>
<body>
<a class="skip" href="#patches">Skip to the patches</a>
<header>
<p class="soft">mmudelta ${result.tool.version}: ${seriesText(result)}</p>
<h1><span class="badge v-${verdictClass(word)}">${word}</span> ${text}</h1>
<p><a href="#facts">What was checked, and within which bounds</a></p>
</header>
<main>
${seriesTable(result)}
<div id="patches">
${result.patches.map(patch => patchPart(patch, options, budget))}</div>
${facts(result)}</main>
<script>${raw(script)}</script>
</body>
</html>
`;
  return { output: page.markup, exitStatus: exitStatus(result) };
}

/** Characters of timelines; what goes beyond is left to the JSON report, so that the page stays under 2 MB. */
const traceBudget = 1_500_000;

interface Budget {
  left: number;
}

function sha256(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

const verdictClasses: ReadonlySet<string> = new Set([
  'broken',
  'error',
  'inconclusive',
  'changed',
  'equivalent',
  'untouched',
]);

function verdictClass(word: string): string {
  return verdictClasses.has(word) ? word : 'none';
}

function seriesText({ series }: CheckResult): string {
  const version = series.version === null ? '' : `${series.version}, `;
  return `${series.subject} (${version}${counted(series.total, 'patch', 'patches')})`;
}

function badge(verdict: string): Markup {
  return html`<span class="badge v-${verdictClass(verdict)}">${verdict}</span>`;
}

function seriesTable(result: CheckResult): Markup {
  if (result.patches.length === 0) return nothing;
  const rows = result.patches.map(patch => {
    const found = patch.violations.filter(v => v.status !== 'pre-existing').length;
    const notes = [nfcWord(patch), found === 0 ? '' : counted(found, 'finding')].filter(
      n => n !== '',
    );
    const differences = patch.deltas.length === 0 ? '' : counted(patch.deltas.length, 'difference');
    return html`<tr><td>${patchName(patch)}</td><td class="v">${badge(patch.verdict)}</td><td><a href="#p${patch.index}">${patch.subject}</a><br><small>${[...notes, differences].filter(n => n !== '').join(', ')}</small></td></tr>
`;
  });
  return html`<h2>Series</h2>
<table class="series"><thead><tr><th scope="col">patch</th><th scope="col">verdict</th><th scope="col">subject</th></tr></thead><tbody>
${rows}</tbody></table>
`;
}

function facts(result: CheckResult): Markup {
  const row = (name: string, text: string): Markup =>
    html`<tr><th scope="row">${name}</th><td>${text}</td></tr>
`;
  const groups = coverage(result).map(group =>
    row(
      'scenarios',
      `${group.state}${group.why === null ? '' : ` (${group.why})`}: ${group.names.join(', ')}`,
    ),
  );
  const notes = inputNotes(result).map(note => row('input', note));
  return html`<article id="facts" aria-labelledby="facts-h"><h2 id="facts-h">What was checked</h2>
<table class="facts"><tbody>
${row('base', baseText(result))}${row('machine', machineText(result))}${groups}${notes}${row('seed', String(result.seed))}</tbody></table>
<p>To get this again:</p>
<pre>${reproduceWords(result).join(' ')}</pre>
</article>
`;
}

function patchPart(patch: PatchResult, options: ReportOptions, budget: Budget): Markup {
  const id = `p${patch.index}`;
  const shown = patch.violations.filter(v => v.status !== 'pre-existing' || options.verbose);
  const older = patch.violations.length - shown.length;
  const helpers = patch.helpers.map(
    h =>
      html`<li><code>${h.name}()</code> <small>${h.file}, ${h.change}${h.reach === 'direct' ? '' : `, by ${h.reach}`}</small></li>`,
  );
  return html`<article id="${id}" aria-labelledby="${id}-h">
<h2 id="${id}-h">${patchName(patch)} ${patch.subject}</h2>
<p>${badge(patch.verdict)} <small>${patch.author}</small></p>
${nfcPart(patch)}${shown.map((v, i) => violationPart(v, `${id}-v${i}`, budget))}
${older === 0 ? nothing : html`<p class="soft">${counted(older, 'violation')} that the tree had before this patch: see -v.</p>`}
${patch.deltas.map((d, i) => deltaPart(d, `${id}-d${i}`, budget))}
${patch.inconclusive.map(r => html`<div class="finding"><h3>Undecided</h3><p>${r.message}${r.file === null ? '' : `, ${r.file}${r.line === null ? '' : `:${r.line}`}`} <code>${r.code}</code></p></div>`)}
${helpers.length === 0 ? nothing : html`<details><summary>${counted(helpers.length, 'touched helper')}</summary><ul>${helpers}</ul></details>`}
${patch.scenarios.length === 0 ? nothing : scenarioPart(patch.scenarios)}
</article>
`;
}

function nfcPart(patch: PatchResult): Markup {
  if (!patch.nfc.claimed) return nothing;
  const { holds } = patch.nfc;
  const word = holds === null ? 'could not be decided' : holds ? 'holds' : 'is not so';
  const why = patch.nfc.why === null ? '' : `: ${patch.nfc.why}`;
  return html`<p>The claim "no functional change" <b>${word}</b>${why}</p>
`;
}

function violationPart(violation: Violation, id: string, budget: Budget): Markup {
  const { site, status, counterexample } = violation;
  const bad = status === 'introduced' || status === 'transient';
  const until = status === 'transient' ? `until patch ${violation.fixedBy ?? '?'}` : status;
  const where =
    site === null
      ? nothing
      : html` in <code>${site.helper}()</code>, <code>${site.file}:${site.line}</code>`;
  return html`<section class="finding${raw(bad ? ' bad' : '')}"><h3>${violation.invariant} <small>${until}</small></h3>
<p>${violation.summary}${where}</p>
<p class="soft">scenario ${violation.scenario}</p>
${counterexample === null ? nothing : tracePart(counterexample, id, budget, bad)}</section>
`;
}

function deltaPart(delta: Delta, id: string, budget: Budget): Markup {
  const pair = (name: string, text: string | null): Markup =>
    text === null ? nothing : html`<dt>${name}</dt><dd>${text}</dd>`;
  const who = [delta.thread, delta.helper === null ? null : `${delta.helper}()`, delta.scenario];
  return html`<section class="finding delta"><h3>${delta.summary} <small>${delta.kind}</small></h3>
<p class="soft">${who.filter(w => w !== null).join(', ')}</p>
<dl>${pair('before', delta.before)}${pair('after', delta.after)}</dl>
${delta.witness === null ? nothing : tracePart(delta.witness, id, budget, false)}</section>
`;
}

function tracePart(trace: Trace, id: string, budget: Budget, open: boolean): Markup {
  const part = timeline(trace, id);
  if (part.markup.length > budget.left) {
    return html`<p class="note">A schedule of ${counted(trace.steps.length, 'step')} is left out of this page: see the JSON report.</p>`;
  }
  budget.left -= part.markup.length;
  return html`<details${raw(open ? ' open' : '')}><summary>Schedule, ${counted(trace.steps.length, 'step')}</summary>
${part}${legend}</details>
`;
}

const legend =
  raw(`<ul class="legend"><li><i class="bar b-write"></i>lock, write</li><li><i class="bar b-read"></i>lock, read</li><li><i class="bar b-lock"></i>other lock</li><li><i class="bar b-rcu"></i>RCU read section</li></ul>
`);

function scenarioPart(runs: readonly ScenarioRun[]): Markup {
  const rows = runs.map(run => {
    const how = run.ran ? (run.exhaustive ? 'exhaustive' : 'bounded') : 'not run';
    const size = run.ran
      ? `${counted(run.states, 'state')}, ${counted(run.transitions, 'transition')}`
      : '';
    return html`<tr><td>${runName(run)}</td><td>${how}</td><td>${[run.why ?? '', size].filter(t => t !== '').join('; ')}</td></tr>
`;
  });
  return html`<details><summary>${counted(runs.length, 'scenario')}</summary><table class="facts"><tbody>
${rows}</tbody></table></details>
`;
}
