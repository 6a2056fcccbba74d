import { createHash } from 'node:crypto';
import type { CheckResult } from '../../result.ts';
import { exitStatus } from '../../result.ts';
import { coverage } from '../coverage.ts';
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
import { badge, patchPart, verdictClass } from './patch-part.ts';
import { script } from './script.ts';
import { style } from './style.ts';

/**
 * One file that needs nothing else: no network, no fonts, no images; it reads without its script
 * too.
 */
export function htmlReport(result: CheckResult, options: ReportOptions): Report {
  const { word, text } = headline(result);
  const budget = { left: traceBudget };
  const page = html`<!doctype html>
<html lang="en" class="no-script">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${raw(contentPolicy)}">
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

/**
 * Characters of timelines; what goes beyond is left to the JSON report, so that the page stays
 * under 2 MB.
 */
const traceBudget = 1_500_000;

function sha256(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** Nothing is loaded, and nothing runs but the one script. */
const contentPolicy = [
  "default-src 'none'",
  `style-src '${sha256(style)}'`,
  `script-src '${sha256(script)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function seriesText({ series }: CheckResult): string {
  const version = series.version === null ? '' : `${series.version}, `;
  return `${series.subject} (${version}${counted(series.total, 'patch', 'patches')})`;
}

function seriesTable(result: CheckResult): Markup {
  if (result.patches.length === 0) return nothing;
  const rows = result.patches.map(patch => {
    const found = patch.violations.filter(v => v.status !== 'pre-existing').length;
    const notes = [
      nfcWord(patch),
      found === 0 ? '' : counted(found, 'finding'),
      patch.deltas.length === 0 ? '' : counted(patch.deltas.length, 'difference'),
    ].filter(note => note !== '');
    return html`<tr><td>${patchName(patch)}</td><td class="v">${badge(patch.verdict)}</td>
<td><a href="#p${patch.index}">${patch.subject}</a><br><small>${notes.join(', ')}</small></td></tr>
`;
  });
  const heads = ['patch', 'verdict', 'subject'].map(name => html`<th scope="col">${name}</th>`);
  return html`<h2>Series</h2>
<table class="series"><thead><tr>${heads}</tr></thead><tbody>
${rows}</tbody></table>
`;
}

function facts(result: CheckResult): Markup {
  const groups = coverage(result).map(group => {
    const why = group.why === null ? '' : ` (${group.why})`;
    return ['scenarios', `${group.state}${why}: ${group.names.join(', ')}`];
  });
  const rows = [
    ['base', baseText(result)],
    ['machine', machineText(result)],
    ...groups,
    ...inputNotes(result).map(note => ['input', note]),
    ['seed', String(result.seed)],
  ].map(
    ([name = '', text = '']) => html`<tr><th scope="row">${name}</th><td>${text}</td></tr>
`,
  );
  return html`<article id="facts" aria-labelledby="facts-h"><h2 id="facts-h">What was checked</h2>
<table class="facts"><tbody>
${rows}</tbody></table>
<p>To get this again:</p>
<pre>${reproduceWords(result).join(' ')}</pre>
</article>
`;
}
