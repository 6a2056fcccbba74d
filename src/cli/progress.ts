import { inert } from '../report/inert.ts';
import { truncate } from '../report/layout.ts';

/**
 * One line on standard error that says what is going on, there only while somebody watches a
 * terminal.
 */
export interface Progress {
  readonly say: (text: string) => void;
  /** Takes the line away; what is written next starts at its left end. */
  readonly end: () => void;
}

interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Short work shows nothing: a line that flickers by only disturbs. */
const startAfterMs = 500;
const everyMs = 100;

export function terminalProgress(
  terminal: Terminal = process.stderr,
  now: () => number = () => performance.now(),
): Progress {
  if (terminal.isTTY !== true) return { say: () => {}, end: () => {} };
  const clear = `\r${String.fromCharCode(27)}[K`;
  const start = now();
  let last = Number.NEGATIVE_INFINITY;
  let shown = false;
  return {
    say: text => {
      const at = now();
      if (at - start < startAfterMs || at - last < everyMs) return;
      last = at;
      shown = true;
      terminal.write(clear + truncate(inert(text), Math.max(20, (terminal.columns ?? 80) - 1)));
    },
    end: () => {
      if (shown) terminal.write(clear);
      shown = false;
    },
  };
}
