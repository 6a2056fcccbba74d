import type { Site, Trace } from '../../result.ts';
import type { DiffHunk, DiffLine, MailDiff } from './diff-lines.ts';

/** Where in a mail a comment belongs: beneath this line of this hunk. */
export interface Anchor {
  readonly hunk: DiffHunk;
  /** Position in the mail's body. */
  readonly at: number;
}

interface Candidate {
  readonly file: string;
  readonly line: number;
  readonly source: string | null;
  readonly helper: string;
}

/**
 * The place that an author would look at first: a line the patch adds and the schedule runs, the
 * later the better; else a line of context that it runs; else the hunk of the helper; else the
 * first hunk.
 */
export function anchorFor(diff: MailDiff, site: Site | null, trace: Trace | null): Anchor | null {
  const wanted = candidates(site, trace);
  for (const marks of ['+', '+ '] as const) {
    for (const candidate of wanted) {
      const found = lineFor(diff, candidate, marks);
      if (found !== null) return found;
    }
  }
  const names = wanted.map(c => c.helper);
  const ofHelper = diff.hunks.find(h => names.some(name => mentions(h, name)));
  const ofFile = diff.hunks.find(h => wanted.some(c => c.file === h.file));
  const hunk = ofHelper ?? ofFile ?? diff.hunks[0];
  return hunk === undefined ? null : { hunk, at: lastChange(hunk) };
}

function candidates(site: Site | null, trace: Trace | null): Candidate[] {
  const found: Candidate[] = [];
  for (const step of trace?.side.which === 'after' ? trace.steps.toReversed() : []) {
    if (step.file === null || step.line === null || step.helper === null) continue;
    found.push({ file: step.file, line: step.line, source: step.source, helper: step.helper });
  }
  if (site !== null) found.push({ ...site, source: null });
  return found;
}

/**
 * Hunks may have been applied some lines off: a line is known by its text where the text is known.
 */
function lineFor(diff: MailDiff, candidate: Candidate, marks: string): Anchor | null {
  const source = candidate.source?.trim() ?? null;
  let best: { anchor: Anchor; distance: number } | null = null;
  for (const hunk of diff.hunks) {
    if (hunk.file !== candidate.file) continue;
    for (const line of hunk.lines) {
      if (!marks.includes(line.mark) || !isLine(line, candidate.line, source)) continue;
      const distance = Math.abs(line.newLine - candidate.line);
      if (best === null || distance < best.distance)
        best = { anchor: { hunk, at: line.at }, distance };
    }
  }
  return best?.anchor ?? null;
}

const maxOffset = 200;

function isLine(line: DiffLine, number: number, source: string | null): boolean {
  if (source === null || source === '') return line.newLine === number;
  if (line.text.trim() !== source) return false;
  // A brace or a `return` stands everywhere: only the exact place counts for those.
  const reach = source.length < 12 ? 0 : maxOffset;
  return Math.abs(line.newLine - number) <= reach;
}

function mentions(hunk: DiffHunk, name: string): boolean {
  const call = new RegExp(`\\b${name.replace(/[^\w]/g, '')}\\(`);
  return call.test(hunk.section) || hunk.lines.some(l => l.mark !== '-' && call.test(l.text));
}

function lastChange(hunk: DiffHunk): number {
  return hunk.lines.findLast(l => l.mark !== ' ')?.at ?? hunk.at;
}

/** Where the mail claims that nothing changes; null when only the subject does. */
export function claimLine(diff: MailDiff): number | null {
  const at = diff.lines.findIndex(
    (line, i) => i < diff.start && /\bno functional changes?\b|\bNFC\b/i.test(line),
  );
  return at < 0 ? null : at;
}
