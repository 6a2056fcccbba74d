import type { Trace, TraceEventKind, TraceStep } from '../result.ts';
import { inert } from './inert.ts';
import type { Paint } from './layout.ts';
import { pad, textWidth, truncate, wrapUnder } from './layout.ts';

/**
 * A schedule as columns, one per thread, time going down. Only one thread moves in a step, so its
 * text may run into the columns to its right; a bar keeps the columns to its left visible.
 */
export function traceText(trace: Trace, width: number, paint: Paint): string[] {
  const lanes = laneStarts(trace, width);
  const head = trace.threads.map((t, i) =>
    pad(laneName(t.name, lanes, i, width), laneRoom(lanes, i, width)),
  );
  const lines = [`  #  ${head.join('')}`.trimEnd()];
  const lastHelper = new Map<number, string | null>();
  trace.steps.forEach((step, i) => {
    const lane = Math.max(
      0,
      trace.threads.findIndex(t => t.id === step.thread),
    );
    const sameHelper = lastHelper.get(step.thread) === step.helper;
    lastHelper.set(step.thread, step.helper);
    const start = lanes[lane] ?? gutter;
    const cell = cellLines(step, sameHelper, width - start, paint);
    const bars = barsBefore(lanes, lane);
    cell.forEach((text, row) => {
      const number = row === 0 ? `${String(i + 1).padStart(3)}  ` : ' '.repeat(gutter);
      lines.push(paint('dim', number + bars) + text);
    });
  });
  return lines;
}

const gutter = 5;
const minText = 38;

function laneStarts(trace: Trace, width: number): number[] {
  const others = Math.max(1, trace.threads.length - 1);
  const room = Math.floor((width - gutter - minText) / others);
  const step = Math.max(2, Math.min(20, room));
  return trace.threads.map((_, i) => gutter + Math.min(i * step, Math.max(0, width - gutter - 20)));
}

function laneRoom(lanes: readonly number[], lane: number, width: number): number {
  return (lanes[lane + 1] ?? width) - (lanes[lane] ?? 0);
}

function laneName(name: string, lanes: readonly number[], lane: number, width: number): string {
  return truncate(inert(name), Math.max(1, laneRoom(lanes, lane, width) - 1));
}

function barsBefore(lanes: readonly number[], lane: number): string {
  let bars = '';
  for (let i = 0; i < lane; i++) bars += pad('|', (lanes[i + 1] ?? 0) - (lanes[i] ?? 0));
  return bars;
}

function cellLines(step: TraceStep, sameHelper: boolean, width: number, paint: Paint): string[] {
  const lines: string[] = [];
  if (step.helper !== null && !sameHelper) {
    const file = step.file === null ? '' : `  ${inert(step.file).split('/').at(-1)}`;
    lines.push(paint('cyan', truncate(`${inert(step.helper)}()${file}`, width)));
  }
  const source = step.source === null ? null : inert(step.source).trim();
  const number = step.line === null ? '' : `${step.line}: `;
  if (source !== null && source !== '') lines.push(...wrapUnder(number, source, width));
  for (const text of remarks(step, source)) {
    for (const l of wrapUnder('= ', text, width)) lines.push(paint(remarkStyle(step), l));
  }
  return lines.length === 0 ? [paint('dim', '(no C line)')] : lines;
}

/** A reader of `write_lock(...)` needs no line that says so again. */
const plainFromSource: ReadonlySet<TraceEventKind> = new Set(['lock', 'unlock', 'rcu']);

/** What the step did, where the C line alone does not say it. */
function remarks(step: TraceStep, source: string | null): string[] {
  const news = step.events.filter(e => !(plainFromSource.has(e.kind) && source?.includes('lock')));
  const texts = news.map(e => `${e.kind}: ${inert(e.text)}`);
  const label = inert(step.label);
  const all = step.events.map(e => inert(e.text)).join('; ');
  return label === '' || label === source || label === all ? texts : [label, ...texts];
}

function remarkStyle(step: TraceStep): 'red' | 'dim' {
  return step.events.some(e => e.kind === 'warn') ? 'red' : 'dim';
}

/**
 * The same in a line per step, for places with little room: `vcpu0  kvm_tdp_mmu_map():1204  text`.
 */
export function traceBrief(trace: Trace, width: number): string[] {
  const names = new Map(trace.threads.map(t => [t.id, inert(t.name)]));
  const nameWidth = Math.min(12, Math.max(...[...names.values()].map(textWidth), 4));
  return trace.steps.map(step => {
    const name = pad(truncate(names.get(step.thread) ?? '-', nameWidth), nameWidth);
    const place = step.helper === null ? '' : `${inert(step.helper)}(): `;
    const events = step.events.map(e => inert(e.text)).join('; ');
    const what = inert(step.label) || events || inert(step.source ?? '').trim();
    return truncate(`${name}  ${place}${what}`, width);
  });
}
