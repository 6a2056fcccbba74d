import type {
  Delta,
  InconclusiveReason,
  PatchResult,
  ScenarioRun,
  TouchedHelper,
  Trace,
  Violation,
} from '../../result.ts';
import { runName } from '../coverage.ts';
import type { ReportOptions } from '../report.ts';
import { counted, patchName } from '../summary.ts';
import { html, type Markup, nothing, raw } from './escape.ts';
import { timeline } from './timeline.ts';

/** Characters of timelines that the page still has room for. */
export interface Budget {
  left: number;
}

const verdictClasses: ReadonlySet<string> = new Set([
  'broken',
  'error',
  'inconclusive',
  'changed',
  'equivalent',
  'untouched',
]);

export function verdictClass(word: string): string {
  return verdictClasses.has(word) ? word : 'none';
}

export function badge(verdict: string): Markup {
  return html`<span class="badge v-${verdictClass(verdict)}">${verdict}</span>`;
}

/** Everything about one patch. */
export function patchPart(patch: PatchResult, options: ReportOptions, budget: Budget): Markup {
  const id = `p${patch.index}`;
  const shown = patch.violations.filter(v => v.status !== 'pre-existing' || options.verbose);
  const older = counted(patch.violations.length - shown.length, 'violation');
  return html`<article id="${id}" aria-labelledby="${id}-h">
<h2 id="${id}-h">${patchName(patch)} ${patch.subject}</h2>
<p>${badge(patch.verdict)} <small>${patch.author}</small></p>
${nfcPart(patch)}${shown.map((v, i) => violationPart(v, `${id}-v${i}`, budget))}
${shown.length === patch.violations.length ? nothing : html`<p class="soft">${older} that the tree had before this patch: see -v.</p>`}
${patch.deltas.map((d, i) => deltaPart(d, `${id}-d${i}`, budget))}
${patch.inconclusive.map(undecidedPart)}
${patch.helpers.length === 0 ? nothing : helperPart(patch.helpers)}
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
  const trace = counterexample === null ? nothing : tracePart(counterexample, id, budget, bad);
  return html`<section class="finding${bad ? ' bad' : ''}">
<h3>${violation.invariant} <small>${until}</small></h3>
<p>${violation.summary}${where}</p>
<p class="soft">scenario ${violation.scenario}</p>
${trace}</section>
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

function undecidedPart(reason: InconclusiveReason): Markup {
  const line = reason.line === null ? '' : `:${reason.line}`;
  const where = reason.file === null ? '' : `, ${reason.file}${line}`;
  return html`<section class="finding"><h3>Undecided</h3>
<p>${reason.message}${where} <code>${reason.code}</code></p></section>
`;
}

function helperPart(helpers: readonly TouchedHelper[]): Markup {
  const items = helpers.map(helper => {
    const reach = helper.reach === 'direct' ? '' : `, by ${helper.reach}`;
    const how = `${helper.file}, ${helper.change}${reach}`;
    return html`<li><code>${helper.name}()</code> <small>${how}</small></li>
`;
  });
  return html`<details><summary>${counted(helpers.length, 'touched helper')}</summary><ul>
${items}</ul></details>`;
}

function tracePart(trace: Trace, id: string, budget: Budget, open: boolean): Markup {
  const part = timeline(trace, id);
  const steps = counted(trace.steps.length, 'step');
  if (part.markup.length > budget.left) {
    const text = `A schedule of ${steps} is left out of this page: see the JSON report.`;
    return html`<p class="note">${text}</p>`;
  }
  budget.left -= part.markup.length;
  return html`<details${raw(open ? ' open' : '')}><summary>Schedule, ${steps}</summary>
${part}${legend}</details>
`;
}

const bars = [
  ['write', 'lock, write'],
  ['read', 'lock, read'],
  ['lock', 'other lock'],
  ['rcu', 'RCU read section'],
].map(([kind = '', text = '']) => html`<li><i class="bar b-${kind}"></i>${text}</li>`);

const legend = html`<ul class="legend">${bars}</ul>
`;

function scenarioPart(runs: readonly ScenarioRun[]): Markup {
  const rows = runs.map(run => {
    const how = run.ran ? (run.exhaustive ? 'exhaustive' : 'bounded') : 'not run';
    const size = [counted(run.states, 'state'), counted(run.transitions, 'transition')].join(', ');
    const notes = [run.why ?? '', run.ran ? size : ''].filter(note => note !== '').join('; ');
    return html`<tr><td>${runName(run)}</td><td>${how}</td><td>${notes}</td></tr>
`;
  });
  return html`<details><summary>${counted(runs.length, 'scenario')}</summary>
<table class="facts"><tbody>
${rows}</tbody></table></details>`;
}
