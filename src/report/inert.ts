/**
 * Makes strings from mails and trees harmless to whoever displays them: what a terminal or a viewer
 * would act on instead of showing is written out as an escape. Tabs and newlines count, since a
 * report decides itself where its lines end.
 */

const backslash = String.fromCharCode(92);

/**
 * Controls (C0, DEL, C1), format characters (bidi overrides and isolates, zero-width, tags, soft
 * hyphen), line and paragraph separators, private use, unassigned, lone surrogates, and blanks that
 * look like others do.
 */
const active = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\u115f\u1160\u3164\uffa0]/gu;

function escapeOf(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code <= 0xff) return `${backslash}x${code.toString(16).padStart(2, '0')}`;
  if (code <= 0xffff) return `${backslash}u${code.toString(16).padStart(4, '0')}`;
  return `${backslash}u{${code.toString(16)}}`;
}

/** One line of plain text that shows everything the string contains and does nothing. */
export function inert(text: string): string {
  return text.replace(/\t/g, ' ').replace(active, escapeOf);
}

/** `text`, made inert and at most `limit` characters long. */
export function inertUpTo(text: string, limit: number): string {
  const short = text.length > limit * 2 ? text.slice(0, limit * 2) : text;
  const chars = [...inert(short)];
  return chars.length > limit ? `${chars.slice(0, limit - 3).join('')}...` : chars.join('');
}

/** The first `count` characters; a plain slice could cut one in half. */
export function firstChars(text: string, count: number): string {
  return [...text.slice(0, count * 2)].slice(0, count).join('');
}

/** An argument as a POSIX shell (with $'..' where control characters need it) reads it back. */
export function shellQuote(argument: string): string {
  if (/^[A-Za-z0-9_@%+=:,./^~-]+$/.test(argument) && !argument.startsWith('~')) return argument;
  if (inert(argument) === argument) return `'${argument.replaceAll("'", `'${backslash}''`)}'`;
  const bytes = [...Buffer.from(argument, 'utf8')];
  const safe = bytes.map(byte => {
    const char = String.fromCharCode(byte);
    if (byte >= 0x20 && byte < 0x7f && char !== "'" && char !== backslash) return char;
    return `${backslash}x${byte.toString(16).padStart(2, '0')}`;
  });
  return `$'${safe.join('')}'`;
}
