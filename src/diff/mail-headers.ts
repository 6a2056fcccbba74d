/** Headers of a mail, names in lower case, folded lines joined; the first of equal names counts. */
export type Headers = ReadonlyMap<string, string>;

const maxHeaderBytes = 256 << 10;

/** Reads headers up to the empty line. `end` is the offset of the body. */
export function readHeaders(mail: Buffer): { headers: Headers; end: number } {
  const limit = Math.min(mail.length, maxHeaderBytes);
  const headers = new Map<string, string>();
  let at = mail.subarray(0, 5).toString('latin1') === 'From ' ? lineEnd(mail, 0) : 0;
  let name = '';
  while (at < limit) {
    const next = lineEnd(mail, at);
    const line = decodeRaw(mail.subarray(at, next)).replace(/\r?\n$/, '');
    if (line === '') return { headers, end: next };
    const field = /^([!-9;-~]+)[ \t]*:[ \t]*(.*)$/s.exec(line);
    if (/^[ \t]/.test(line) && name !== '') {
      headers.set(name, `${headers.get(name) ?? ''} ${line.trim()}`);
    } else if (field !== null) {
      name = (field[1] ?? '').toLowerCase();
      if (headers.has(name)) name = `${name}#${headers.size}`;
      headers.set(name, field[2] ?? '');
    } else return { headers, end: at };
    at = next;
  }
  return { headers, end: at };
}

function lineEnd(mail: Buffer, at: number): number {
  const newline = mail.indexOf(10, at);
  return newline < 0 ? mail.length : newline + 1;
}

/** Raw header bytes should be ASCII; programs that send more mostly mean UTF-8. */
function decodeRaw(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? bytes.toString('latin1') : text;
}

/** Decodes the `=?charset?Q?...?=` words of a header. */
export function decodeWords(text: string): string {
  const word = /=\?([^?\s]+)\?([BbQq])\?([^?]*)\?=/g;
  // Blanks between two encoded words are not part of the text.
  const joined = text.replace(/(\?=)\s+(?==\?[^?\s]+\?[BbQq]\?)/g, '$1');
  return joined.replace(word, (whole, charset: string, encoding: string, content: string) => {
    const bytes =
      encoding.toUpperCase() === 'B'
        ? Buffer.from(content, 'base64')
        : decodeQuotedPrintable(Buffer.from(content.replaceAll('_', ' '), 'latin1'));
    try {
      return new TextDecoder(charset.replace(/\*.*$/, '')).decode(bytes);
    } catch {
      return whole;
    }
  });
}

export function decodeQuotedPrintable(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1').replace(/[ \t]*=\r?\n/g, '');
  return Buffer.from(
    text.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ),
    'latin1',
  );
}

/** `<a@b>` of a Message-ID header, without the brackets; null when there is none. */
export function messageIdOf(value: string | undefined): string | null {
  return value === undefined ? null : (/<([^<>\s]+)>/.exec(value)?.[1] ?? null);
}
