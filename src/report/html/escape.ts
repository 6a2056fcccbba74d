import { inert } from '../inert.ts';

/**
 * Markup that is safe to put into a page: the only way to make it is `html`, `raw` being for our
 * own constants.
 */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | number | readonly Markup[];

export function raw(markup: string): Markup {
  return { markup };
}

function render(part: Part): string {
  if (typeof part === 'string') return escapeText(part);
  if (typeof part === 'number') return String(part);
  if (Array.isArray(part)) return part.map((p: Markup) => p.markup).join('');
  return (part as Markup).markup;
}

/**
 * A template whose holes are text unless they are markup already; attributes are always in double
 * quotes.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return {
    markup: strings.map((s, i) => s + (i < parts.length ? render(parts[i] ?? '') : '')).join(''),
  };
}

export const nothing: Markup = { markup: '' };

export function escapeText(text: string): string {
  return inert(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
