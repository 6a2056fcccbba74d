/**
 * Basic blocks of one function under construction, their liveness, and their rendering as JavaScript.
 *
 * A resumable function is `r_NAME(fp, pc, ...)`: pc 0 is a fresh call; any other pc is a global resume number whose
 * saved variables lie in the frame at `fp` (a cell index). A frame is: resume number, caller's frame pointer, memory
 * locals, saved variables. When something suspends, every function on the JavaScript stack saves its live variables
 * and returns; nothing is saved for calls that run through.
 */

export interface Line {
  readonly text: string;
  readonly defs: readonly string[];
}

export type Terminator =
  | { readonly kind: 'jump'; readonly to: Block }
  | { readonly kind: 'branch'; readonly test: string; readonly yes: Block; readonly no: Block }
  | { readonly kind: 'return'; readonly value: string | null }
  /** `test` decides at run time whether to suspend here; execution (re)starts at `next`. */
  | {
      readonly kind: 'point';
      readonly test: string;
      readonly suspend: string;
      readonly next: Block;
    }
  /** A call that may suspend: `call` is the expression; results go to `result` variables. */
  | {
      readonly kind: 'call';
      readonly call: string;
      readonly result: readonly string[];
      readonly next: Block;
    };

export interface Block {
  readonly id: number;
  readonly lines: Line[];
  end: Terminator | null;
  liveIn: Set<string>;
}

const VARIABLE = /\b(?:[vt]\d+h?|rp)\b/g;

export class BlockList {
  readonly all: Block[] = [];
  readonly variables = new Set<string>();

  open(): Block {
    const block: Block = { id: this.all.length, lines: [], end: null, liveIn: new Set() };
    this.all.push(block);
    return block;
  }
}

export function successors(block: Block): Block[] {
  const end = block.end;
  if (end === null || end.kind === 'return') return [];
  if (end.kind === 'jump') return [end.to];
  if (end.kind === 'branch') return [end.yes, end.no];
  return [end.next];
}

function variablesIn(text: string): string[] {
  return text.match(VARIABLE) ?? [];
}

/** Variables a terminator reads. */
function usesOfEnd(end: Terminator): string[] {
  switch (end.kind) {
    case 'jump':
      return [];
    case 'branch':
      return variablesIn(end.test);
    case 'return':
      return end.value === null ? [] : variablesIn(end.value);
    case 'point':
      return variablesIn(`${end.test} ${end.suspend}`);
    case 'call':
      return variablesIn(end.call);
  }
}

/** Reachable blocks in an order that keeps `next` blocks right behind their terminators where possible. */
export function order(entry: Block): Block[] {
  const out: Block[] = [];
  const seen = new Set<Block>();
  const stack = [entry];
  for (let block = stack.pop(); block !== undefined; block = stack.pop()) {
    for (let b: Block | undefined = block; b !== undefined && !seen.has(b); ) {
      seen.add(b);
      out.push(b);
      const next: Block[] = successors(b);
      for (let i = next.length - 1; i > 0; i--) stack.push(next[i] as Block);
      b = next[0];
    }
  }
  return out;
}

/** Follows empty jumps. */
export function threadJumps(blocks: readonly Block[]): void {
  const target = (block: Block): Block => {
    let b = block;
    for (let n = 0; n < 100 && b.lines.length === 0 && b.end?.kind === 'jump'; n++) b = b.end.to;
    return b;
  };
  for (const block of blocks) {
    const end = block.end;
    if (end?.kind === 'jump') block.end = { kind: 'jump', to: target(end.to) };
    else if (end?.kind === 'branch')
      block.end = { ...end, yes: target(end.yes), no: target(end.no) };
  }
}

/** Classic backward liveness over the ordered blocks. */
export function computeLiveness(blocks: readonly Block[]): void {
  const gen = new Map<Block, Set<string>>();
  const kill = new Map<Block, Set<string>>();
  for (const block of blocks) {
    const used = new Set<string>();
    const defined = new Set<string>();
    for (const line of block.lines) {
      const defs = new Set(line.defs);
      const rest = line.defs.length > 0 ? line.text.slice(line.text.indexOf('=') + 1) : line.text;
      for (const v of variablesIn(rest)) if (!defined.has(v)) used.add(v);
      for (const d of defs) defined.add(d);
    }
    if (block.end !== null) for (const v of usesOfEnd(block.end)) if (!defined.has(v)) used.add(v);
    gen.set(block, used);
    kill.set(block, defined);
  }
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = blocks.length - 1; i >= 0; i--) {
      const block = blocks[i] as Block;
      const live = new Set(gen.get(block));
      const killed = kill.get(block) as Set<string>;
      for (const next of successors(block)) {
        const results = block.end?.kind === 'call' ? block.end.result : [];
        for (const v of next.liveIn) if (!killed.has(v) && !results.includes(v)) live.add(v);
      }
      if (live.size !== block.liveIn.size) {
        block.liveIn = live;
        changed = true;
      }
    }
  }
}

/** What the renderer needs to know of a function. */
export interface FunctionShape {
  readonly name: string;
  /** JavaScript parameter names after `fp` (and `pc`). */
  readonly params: readonly string[];
  readonly resumable: boolean;
  /** Cells of memory locals. */
  readonly memoryCells: number;
  /** Statements run before the first block of a fresh call. */
  readonly prologue: readonly string[];
  readonly wideResult: boolean;
}

export interface ResumePoint {
  readonly fn: string;
  readonly saved: number;
}

export interface Rendered {
  readonly text: string;
  readonly resumes: readonly ResumePoint[];
}

export const FRAME_HEADER_CELLS = 2;

/** Renders the function; resume numbers start at `firstResume`. */
export function render(shape: FunctionShape, entry: Block, firstResume: number): Rendered {
  const reachable = order(entry);
  threadJumps(reachable);
  const blocks = order(entry);
  computeLiveness(blocks);
  return shape.resumable ? renderResumable(shape, blocks, firstResume) : renderPlain(shape, blocks);
}

function declared(shape: FunctionShape, blocks: readonly Block[]): string {
  const names = new Set<string>();
  for (const block of blocks) {
    for (const line of block.lines) for (const d of line.defs) names.add(d);
    if (block.end?.kind === 'call') for (const r of block.end.result) names.add(r);
  }
  for (const block of blocks) for (const v of block.liveIn) names.add(v);
  for (const p of shape.params) names.delete(p);
  return names.size === 0 ? '' : `let ${[...names].map(n => `${n}=0`).join(',')};`;
}

function jumpText(index: Map<Block, number>, from: number, to: Block): string {
  const at = index.get(to) as number;
  return at === from + 1 ? '' : `b=${at};continue;`;
}

function renderPlain(shape: FunctionShape, blocks: readonly Block[]): Rendered {
  const clear = shape.memoryCells > 0 ? `clr(fp,fp+${shape.memoryCells});` : '';
  const head = `function r_${shape.name}(fp${shape.params.map(p => `,${p}`).join('')}){${declared(shape, blocks)}${shape.prologue.join('')}`;
  const index = new Map(blocks.map((b, i) => [b, i]));
  const body = blocks.map((block, i) => {
    const lines = block.lines.map(l => l.text).join('');
    return `case ${i}:${lines}${endPlain(block, i, index, clear, shape)}`;
  });
  const [only] = blocks;
  if (blocks.length === 1 && only !== undefined) {
    return {
      text: `${head}${only.lines.map(l => l.text).join('')}${endPlain(only, 0, index, clear, shape)}}`,
      resumes: [],
    };
  }
  return { text: `${head}let b=0;for(;;)switch(b){${body.join('\n')}}}`, resumes: [] };
}

function returnText(value: string | null, clear: string): string {
  if (clear === '') return `return ${value ?? '0'};`;
  return `{const z=${value ?? '0'};${clear}return z;}`;
}

function endPlain(
  block: Block,
  at: number,
  index: Map<Block, number>,
  clear: string,
  shape: FunctionShape,
): string {
  const end = block.end;
  if (end === null || end.kind === 'return') return returnText(end?.value ?? null, clear);
  if (end.kind === 'jump') return jumpText(index, at, end.to);
  if (end.kind === 'branch')
    return `if(${end.test}){b=${index.get(end.yes)};}else{b=${index.get(end.no)};}continue;`;
  throw new Error(`plain function ${shape.name} has a ${end.kind}`);
}

function renderResumable(
  shape: FunctionShape,
  blocks: readonly Block[],
  firstResume: number,
): Rendered {
  const index = new Map(blocks.map((b, i) => [b, i]));
  const base = FRAME_HEADER_CELLS + shape.memoryCells;
  const resumes: ResumePoint[] = [];
  const loads: string[] = [];
  const save = (next: Block, results: readonly string[]): { pc: number; text: string } => {
    const saved = [...next.liveIn].filter(v => !results.includes(v)).sort();
    const pc = firstResume + resumes.length;
    resumes.push({ fn: shape.name, saved: saved.length });
    const restore = saved.map((v, i) => `${v}=S[fp+${base + i}];`).join('');
    const [lo, hi] = results;
    const result = `${lo === undefined ? '' : `${lo}=R[2];`}${hi === undefined ? '' : `${hi}=R[0];`}`;
    loads.push(`case ${pc}:${restore}${result}b=${index.get(next)};break;`);
    const stores = saved.map((v, i) => `ss(fp+${base + i},${v});`).join('');
    const shrink = `if(o>${saved.length})clr(fp+${base + saved.length},fp+${base}+o);`;
    return { pc, text: `ss(fp,${pc});${stores}${shrink}` };
  };
  const clear = `clr(fp,fp+${base}+o);`;
  const leave =
    shape.memoryCells > 0
      ? `if(pc!==0){${clear}}else clr(fp+${FRAME_HEADER_CELLS},fp+${base});`
      : `if(pc!==0){${clear}}`;
  const body = blocks.map((block, i) => {
    const lines = block.lines.map(l => l.text).join('');
    return `case ${i}:${lines}${endResumable(block, i, index, leave, save)}`;
  });
  const head = `function r_${shape.name}(fp,pc${shape.params.map(p => `,${p}`).join('')}){${declared(shape, blocks)}let b=0,o=0;`;
  const resume = `if(pc!==0){o=FS[pc];switch(pc){${loads.join('')}}}else{${shape.prologue.join('')}}`;
  return { text: `${head}${resume}for(;;)switch(b){${body.join('\n')}}}`, resumes };
}

function endResumable(
  block: Block,
  at: number,
  index: Map<Block, number>,
  leave: string,
  save: (next: Block, results: readonly string[]) => { pc: number; text: string },
): string {
  const end = block.end;
  if (end === null || end.kind === 'return') return returnText(end?.value ?? null, leave);
  switch (end.kind) {
    case 'jump':
      return jumpText(index, at, end.to);
    case 'branch':
      return `if(${end.test}){b=${index.get(end.yes)};}else{b=${index.get(end.no)};}continue;`;
    case 'point': {
      const { text } = save(end.next, []);
      return `if(${end.test}){${text}${end.suspend};return 0;}${jumpText(index, at, end.next)}`;
    }
    case 'call': {
      const [lo, hi] = end.result;
      const { text } = save(end.next, end.result);
      const take = `${lo === undefined ? '' : `${lo}=x;`}${hi === undefined ? '' : `${hi}=R[0];`}`;
      return `{const x=${end.call};if(R[1]!==0){ss(fp+FR_SELF+1,FR_SELF);${text}return 0;}${take}}${jumpText(index, at, end.next)}`;
    }
  }
}
