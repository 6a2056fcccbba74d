import type { Trace, TraceEvent } from '../../result.ts';

/** Locks and read sections as bars in the lanes of a timeline. */
export interface Bar {
  /** Side by side position in the lane, from 0. */
  readonly slot: number;
  readonly kind: 'write' | 'read' | 'lock' | 'rcu';
  readonly name: string;
  readonly from: number;
  /** Last step that it covers; the end of the trace where nothing closes it. */
  readonly to: number;
  readonly closed: boolean;
}

interface OpenBar {
  readonly slot: number;
  readonly kind: Bar['kind'];
  readonly name: string;
  readonly from: number;
}

export const maxSlots = 4;

function kindOf(event: TraceEvent): Bar['kind'] {
  if (event.kind === 'rcu') return 'rcu';
  if (/\bwrite\b/.test(event.text)) return 'write';
  return /\bread\b/.test(event.text) ? 'read' : 'lock';
}

function nameOf(event: TraceEvent): string {
  return event.kind === 'rcu' ? 'RCU read section' : event.text;
}

function opens(event: TraceEvent): boolean {
  return event.kind === 'lock' || (event.kind === 'rcu' && /\benter\b/.test(event.text));
}

function closes(event: TraceEvent): boolean {
  return event.kind === 'unlock' || (event.kind === 'rcu' && /\bexit\b/.test(event.text));
}

function firstWord(text: string): string {
  return text.split(' ')[0] ?? '';
}

export function barsOf(trace: Trace, thread: number): Bar[] {
  const open: OpenBar[] = [];
  const done: Bar[] = [];
  trace.steps.forEach((step, at) => {
    if (step.thread !== thread) return;
    for (const event of step.events) {
      if (closes(event)) {
        const name = firstWord(nameOf(event));
        const i = open.findLastIndex(bar => firstWord(bar.name) === name);
        const bar = open[i];
        if (bar === undefined) continue;
        open.splice(i, 1);
        done.push({ ...bar, to: at, closed: true });
      } else if (opens(event)) {
        const used = new Set(open.map(bar => bar.slot));
        const slot = [...Array(maxSlots).keys()].find(s => !used.has(s));
        if (slot !== undefined)
          open.push({ slot, kind: kindOf(event), name: nameOf(event), from: at });
      }
    }
  });
  const end = trace.steps.length - 1;
  return [...done, ...open.map(bar => ({ ...bar, to: end, closed: false }))];
}
