import type { Trace, TraceStep } from '../../result.ts';
import { type Bar, barsOf } from './bars.ts';
import { html, type Markup, nothing, raw } from './escape.ts';
import { embeddedJson, stateData } from './state-data.ts';

/**
 * A schedule: lanes with bars, the C lines beside them, and the machine's state at the chosen step.
 */
export function timeline(trace: Trace, id: string): Markup {
  const lanes = trace.threads.map(t => barsOf(trace, t.id));
  const heads = trace.threads.map(
    (t, i) => html`<th scope="col" class="lane t${i % 8}" title="${t.role}">${t.name}</th>`,
  );
  const rows = trace.steps.map((step, at) => stepRow(trace, step, at, lanes));
  const hasState = trace.steps.some(s => s.state.length > 0);
  const side = `${trace.side.which} patch ${trace.side.patch}`;
  return html`<section class="trace" id="${id}" data-trace aria-label="Schedule, ${trace.scenario}, ${side}">
<div class="controls" role="toolbar" aria-label="Steps" aria-controls="${id}-state">
<button type="button" data-go="first" aria-label="First step">|&lt;</button>
<button type="button" data-go="previous" aria-label="Previous step">&lt;</button>
<input type="range" min="1" max="${trace.steps.length}" value="1" aria-label="Step">
<button type="button" data-go="next" aria-label="Next step">&gt;</button>
<button type="button" data-go="last" aria-label="Last step">&gt;|</button>
<output data-at>step 1 of ${trace.steps.length}</output>
<span class="hint">arrow keys, Home, End</span>
</div>
<div class="split">
<div class="steps"><table>
<caption>${trace.scenario}, the tree ${side}</caption>
<thead><tr><th scope="col" class="n">step</th>${heads}<th scope="col">what happens</th></tr></thead>
<tbody>
${rows}</tbody></table></div>
<div class="state" id="${id}-state" aria-live="polite">${positions(trace)}${hasState ? raw('<div data-state></div>') : nothing}</div>
</div>
${ending(trace)}
<script type="application/json">${raw(embeddedJson(stateData(trace)))}</script>
</section>
`;
}

function stepRow(trace: Trace, step: TraceStep, at: number, lanes: readonly Bar[][]): Markup {
  const lane = trace.threads.findIndex(t => t.id === step.thread);
  const name = trace.threads[lane]?.name ?? 'nobody';
  const cells = lanes.map((bars, i) => laneCell(bars, at, i === lane, i, name));
  const warn = step.events.some(e => e.kind === 'warn') ? ' warn' : '';
  return html`<tr data-step="${at}" data-lane="${lane}" class="k-${step.kind}${warn}">
<th scope="row" class="n"><button type="button" tabindex="-1"
 aria-label="Step ${at + 1}, ${name}">${at + 1}</button></th>${cells}
<td class="what">${whatHappens(step, name, Math.max(0, lane))}</td></tr>
`;
}

function whatHappens(step: TraceStep, name: string, lane: number): Markup {
  const source = (step.source ?? '').trim();
  const where = step.line === null ? '' : `${(step.file ?? '').split('/').at(-1)}:${step.line}`;
  const helper = step.helper === null ? '' : `${step.helper}()`;
  const isNews =
    step.label !== '' &&
    step.label !== source &&
    !step.events.some(e => step.label.includes(e.text));
  const events = step.events.map(
    e => html`<li class="e-${e.kind}"><b>${e.kind}</b> ${e.text}</li>`,
  );
  return html`<div class="where"><span class="who t${lane % 8}">${name}</span>
<span class="helper">${helper}</span> <span class="line">${where}</span></div>
${source === '' ? nothing : html`<code>${source}</code>`}
${isNews ? html`<div class="label">${step.label}</div>` : nothing}
${events.length === 0 ? nothing : html`<ul>${events}</ul>`}`;
}

function laneCell(
  bars: readonly Bar[],
  at: number,
  acts: boolean,
  lane: number,
  name: string,
): Markup {
  const marks = bars
    .filter(bar => bar.from <= at && at <= bar.to)
    .map(bar => {
      const ends = `${bar.from === at ? ' from' : ''}${bar.to === at && bar.closed ? ' to' : ''}`;
      return html`<i class="bar b-${bar.kind} s${bar.slot}${ends}" title="${bar.name}"></i>`;
    });
  const dot = acts ? html`<b class="dot" role="img" aria-label="${name}"></b>` : nothing;
  return html`<td class="lane t${lane % 8}">${marks}${dot}</td>`;
}

/** Where each thread stands; filled in by the script. */
function positions(trace: Trace): Markup {
  const items = trace.threads.map(
    (t, i) =>
      html`<div data-thread="${i}"><dt class="t${i % 8}">${t.name} <small>${t.role}</small></dt><dd>not started</dd></div>`,
  );
  return html`<h4>Where each thread stands</h4><dl class="positions">${items}</dl>`;
}

function ending(trace: Trace): Markup {
  const notes = trace.notes.map(note => html`<p class="note">${note}</p>`);
  if (trace.violation === null) return html`${notes}`;
  return html`<p class="ending"><b>${trace.violation.invariant}</b>: ${trace.violation.text}</p>${notes}`;
}
