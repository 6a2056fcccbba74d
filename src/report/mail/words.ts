import type { Delta, Trace, Violation } from '../../result.ts';
import { inert } from '../inert.ts';
import { pad, textWidth, truncate, wrap, wrapUnder } from '../layout.ts';
import { counted } from '../summary.ts';

/** What a draft says in its own words: facts and questions, no verdicts. */

export const mailWidth = 78;
const maxScheduleLines = 16;

/** Own text must never be taken for a trailer or for the start of a mail. */
export function plain(text: string): string {
  return inert(text).replace(/-by:/gi, '-by :');
}

function paragraph(text: string): string[] {
  return wrap(plain(text), mailWidth).map(line => (line.startsWith('From ') ? ` ${line}` : line));
}

export function violationWords(violation: Violation): string[] {
  const { counterexample: trace } = violation;
  const lines: string[] = [];
  if (trace === null) {
    lines.push(...paragraph(`Can this end up with the following? ${sentence(violation.summary)}`));
  } else {
    const who = listOf(trace.threads.map(t => t.role));
    lines.push(...paragraph(`Is this sequence possible (${who})?`), '');
    lines.push(...scheduleWords(trace), '');
    lines.push(...paragraph(`If so, ${sentence(violation.summary, false)}`));
  }
  lines.push(...paragraph(`I do not see that without this patch. [${violation.invariant}]`));
  if (violation.status === 'transient') {
    const later = violation.fixedBy === null ? 'A later patch' : `Patch ${violation.fixedBy}`;
    lines.push('');
    lines.push(
      ...paragraph(
        `${later} makes this go away again, so this is about bisecting the series. ` +
          'Could the two be reordered or squashed?',
      ),
    );
  }
  return lines;
}

export function nfcWords(why: string | null, deltas: readonly Delta[]): string[] {
  const seen =
    why === null ? 'I see a difference in behaviour.' : `What I see: ${sentence(why, false)}`;
  const lines = paragraph(`Is that so? ${seen}`);
  for (const delta of deltas.slice(0, 5)) {
    const who = delta.thread === null ? '' : ` (${delta.thread})`;
    lines.push('', ...paragraph(`${delta.summary}${who}:`));
    if (delta.before !== null)
      lines.push(...wrapUnder('  before: ', plain(delta.before), mailWidth));
    if (delta.after !== null) lines.push(...wrapUnder('  after:  ', plain(delta.after), mailWidth));
  }
  if (deltas.length > 5) lines.push('', `(and ${counted(deltas.length - 5, 'more difference')})`);
  return lines;
}

/** A sentence of it; the name of a function or an invariant keeps its small letter. */
function sentence(text: string, capital = true): string {
  const clean = text.trim().replace(/[.\s]+$/, '');
  const isWord = /^[a-z]+(?: |$)/.test(clean);
  return `${capital && isWord ? clean.charAt(0).toUpperCase() + clean.slice(1) : clean}.`;
}

function listOf(words: readonly string[]): string {
  const unique = [...new Set(words)];
  const last = unique.pop() ?? 'one thread';
  return unique.length === 0 ? last : `${unique.join(', ')} and ${last}`;
}

/** A few lines of a schedule: what one thread does in one helper without a break is one entry. */
export function scheduleWords(trace: Trace): string[] {
  const names = new Map(trace.threads.map(t => [t.id, truncate(plain(t.name), 10)]));
  const width = Math.max(...[...names.values()].map(textWidth), 1);
  const entries: { thread: number; helper: string | null; texts: string[] }[] = [];
  for (const step of trace.steps) {
    const events = step.events.map(e =>
      e.kind === 'lock' || e.kind === 'unlock' || e.kind === 'rcu'
        ? `${e.kind === 'rcu' ? 'RCU' : e.kind} ${e.text}`
        : e.text,
    );
    const label =
      step.events.length > 0 && step.label === step.events.map(e => e.text).join('; ')
        ? ''
        : step.label;
    const text = [label === step.source ? '' : label, ...events].filter(t => t !== '').join('; ');
    const last = entries.at(-1);
    if (last && last.thread === step.thread && last.helper === step.helper) last.texts.push(text);
    else entries.push({ thread: step.thread, helper: step.helper, texts: [text] });
  }
  const lines = entries.flatMap(entry => {
    const name = pad(names.get(entry.thread) ?? '-', width);
    const helper = entry.helper === null ? '' : `${plain(entry.helper)}()`;
    const what = plain(entry.texts.filter(t => t !== '').join('; '));
    const text = [helper, what].filter(t => t !== '').join(': ');
    return wrapUnder(`  ${name}  `, text, mailWidth);
  });
  if (lines.length <= maxScheduleLines) return lines;
  const tail = lines.slice(-(maxScheduleLines - 4));
  return [...lines.slice(0, 3), `  (${lines.length - tail.length - 3} lines left out)`, ...tail];
}
