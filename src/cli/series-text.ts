import { inert } from '../report/inert.ts';
import { type Paint, wrapUnder } from '../report/layout.ts';
import { counted, ranges } from '../report/summary.ts';
import { diagnosticLines } from './output.ts';
import type { FileData, HelperData, PatchData, SeriesData } from './series-data.ts';

/** `mmudelta series` for people. */
export function seriesText(data: SeriesData, paint: Paint, width: number): string {
  const lines: string[] = [];
  if (data.series !== null) lines.push(...headLines(data, paint, width), '');
  for (const patch of data.patches) lines.push(...patchLines(patch, paint, width), '');
  if (data.candidates.length > 1) lines.push(...candidateLines(data, paint, width), '');
  for (const each of data.diagnostics) {
    const [first = '', ...more] = diagnosticLines(each, paint);
    lines.push(...wrapUnder('', first, width), ...more);
  }
  while (lines.at(-1) === '') lines.pop();
  return `${lines.join('\n')}\n`;
}

function headLines({ series, tree, patches }: SeriesData, paint: Paint, width: number): string[] {
  if (series === null) return [];
  const present = patches.length;
  const parts = [
    series.version ?? 'first version',
    present === series.total
      ? counted(series.total, 'patch', 'patches')
      : `${present} of ${series.total} patches (missing: ${ranges(series.missing)})`,
    series.coverLetter === null ? 'no cover letter' : 'with cover letter',
    ...(series.reconstructed ? ['reconstructed from a damaged copy'] : []),
  ];
  const lines = [paint('bold', inert(series.subject)), parts.join(', ')];
  if (tree === null) return lines;
  const kernel =
    tree.kernelVersion === null ? 'version unknown' : `Linux ${inert(tree.kernelVersion)}`;
  const name = tree.embedded ? 'the embedded fixture tree (no --tree given)' : inert(tree.path);
  lines.push(...wrapUnder('tree  ', `${name}, ${kernel}`, width));
  if (tree.baseRule !== null) {
    const base = tree.base === null ? '' : `${tree.base.slice(0, 12)}, by `;
    lines.push(...wrapUnder('base  ', base + tree.baseRule, width));
  }
  return lines;
}

function patchLines(patch: PatchData, paint: Paint, width: number): string[] {
  const place = `${patch.index}/${patch.total}`;
  const indent = ' '.repeat(place.length + 2);
  const lines = wrapUnder(`${place}  `, paint('bold', inert(patch.subject)), width);
  const facts = [inert(patch.author), statusWords(patch, paint)];
  if (patch.nfc.claimed) facts.push('claims no functional change');
  lines.push(...wrapUnder(indent, facts.join('; '), width));
  for (const file of patch.files) {
    lines.push(`${indent}${fileWords(file)}`);
    const helpers = patch.helpers.filter(helper => helper.file === file.path);
    for (const helper of helpers) lines.push(`${indent}  ${helperWords(helper)}`);
  }
  return lines;
}

function statusWords({ status, reconstructed, offset }: PatchData, paint: Paint): string {
  if (status === 'failed') return paint('red', 'does not apply');
  if (status === 'unreadable') return paint('red', 'cannot be read');
  if (status === 'not-tried') return paint('yellow', 'not tried');
  const how = reconstructed ? 'applies, reconstructed' : 'applies';
  return offset === 0 ? how : `${how}, moved by up to ${counted(offset, 'line')}`;
}

function fileWords({ path, oldPath, change, added, deleted, tokensEqual }: FileData): string {
  const from = oldPath !== null && oldPath !== path ? ` from ${inert(oldPath)}` : '';
  const kind = change === 'modified' ? '' : ` ${change}${from}`;
  const same = tokensEqual === true && added + deleted > 0 ? ', comments and blanks only' : '';
  // A damaged copy has no countable lines until it is repaired.
  const counts = added + deleted === 0 ? '' : ` +${added} -${deleted}`;
  return `${inert(path)}${kind}${counts}${same}`;
}

function helperWords({ kind, name, change, from, after, before }: HelperData): string {
  const shown = kind === 'function' ? `${inert(name)}()` : `${inert(name)}`;
  const what = kind === 'function' ? '' : ` (${kind})`;
  const line = (after ?? before)?.first;
  const origin = from === null ? '' : ` from ${inert(from.name)}`;
  return `${change.padEnd(8)}  ${shown}${what}${origin}${line === undefined ? '' : `, line ${line}`}`;
}

function candidateLines({ candidates }: SeriesData, paint: Paint, width: number): string[] {
  const lines = ['series found (choose with --series N):'];
  for (const { number, subject, version, total, present, chosen } of candidates) {
    const count = present === total ? `${total}` : `${present} of ${total}`;
    const text = `${inert(subject)} (${version ?? 'v1'}, ${count})`;
    lines.push(
      ...wrapUnder(`${chosen ? '*' : ' '} ${number}  `, chosen ? paint('bold', text) : text, width),
    );
  }
  return lines;
}
