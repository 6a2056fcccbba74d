/** A mail of the series, decoded, as far as an answer to it needs it. */
export interface ReviewMail {
  /** Which patch it carries; 0 is the cover letter. */
  readonly index: number;
  readonly messageId: string | null;
  readonly subject: string;
  readonly from: string;
  readonly to: string;
  readonly cc: string;
  readonly date: string | null;
  /** Ids of the thread above it, oldest first. */
  readonly references: readonly string[];
  /** Decoded text below the headers: message, diffstat, diff. Lines end in LF. */
  readonly body: string;
}

/** `raw` holds one byte per character (latin1), as the mail came. */
export function readReviewMail(index: number, raw: string): ReviewMail {
  const text = raw.replace(/^From [^\n]*\n/, '').replaceAll('\r\n', '\n');
  const end = text.indexOf('\n\n');
  const headers = parseHeaders(end < 0 ? text : text.slice(0, end));
  const get = (name: string): string => decodeWords(headers.get(name) ?? '').trim();
  const references = [
    ...get('references').matchAll(idPattern),
    ...get('in-reply-to').matchAll(idPattern),
  ];
  return {
    index,
    messageId: [...get('message-id').matchAll(idPattern)][0]?.[1] ?? null,
    subject: get('subject'),
    from: get('from'),
    to: get('to'),
    cc: get('cc'),
    date: get('date') || null,
    references: [...new Set(references.map(match => match[1] ?? ''))],
    body: decodeBody(headers, end < 0 ? '' : text.slice(end + 2)),
  };
}

/** Only what can stand in a header again. */
const idPattern = /<([!-;=?-~]{1,250})>/g;
const maxHeaderLength = 20_000;

function parseHeaders(block: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  let name = '';
  for (const line of block.split('\n')) {
    const field = /^([!-9;-~]{1,80}):(.*)$/.exec(line);
    if (/^[ \t]/.test(line) && name !== '') {
      const soFar = headers.get(name) ?? '';
      if (soFar.length < maxHeaderLength) headers.set(name, `${soFar} ${line.trim()}`);
    } else if (field) {
      name = (field[1] ?? '').toLowerCase();
      if (headers.has(name)) name = '';
      else headers.set(name, (field[2] ?? '').trim().slice(0, maxHeaderLength));
    }
  }
  return headers;
}

function bytesOf(latin1: string): Buffer {
  return Buffer.from(latin1, 'latin1');
}

/**
 * Text of bytes in a charset; UTF-8 where the charset is not known, latin1 where that is not UTF-8.
 */
function decodeBytes(bytes: Buffer, charset: string): string {
  for (const name of [charset, 'utf-8']) {
    try {
      return new TextDecoder(name, { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      // An unknown charset or bytes that are not in it: the next one.
    }
  }
  return bytes.toString('latin1');
}

function unquotePrintable(text: string): Buffer {
  const joined = text.replace(/=[ \t]*\n/g, '');
  return bytesOf(
    joined.replace(/=([0-9A-Fa-f]{2})/g, (_m, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ),
  );
}

/** RFC 2047 encoded words, and 8-bit headers that should not be there. */
function decodeWords(value: string): string {
  const joined = value.replace(/(\?=)\s+(?==\?)/g, '$1');
  const word = /=\?([\w-]{1,40})(?:\*[\w-]*)?\?([QqBb])\?([^?\s]{0,2000})\?=/g;
  const decoded = joined.replace(word, (_m, charset: string, how: string, data: string) => {
    const bytes =
      how.toLowerCase() === 'b'
        ? Buffer.from(data, 'base64')
        : unquotePrintable(data.replaceAll('_', ' '));
    return decodeBytes(bytes, charset);
  });
  const isBytes = [...decoded].every(char => char <= 'ÿ') && /[\u0080-ÿ]/.test(value);
  return isBytes ? decodeBytes(bytesOf(decoded), 'utf-8') : decoded;
}

function parameter(value: string, name: string): string | null {
  const match = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^\\s;]+))`, 'i').exec(value);
  return match?.[1] ?? match?.[2] ?? null;
}

const maxNesting = 4;

function decodeBody(headers: ReadonlyMap<string, string>, body: string, depth = 0): string {
  const type = headers.get('content-type') ?? 'text/plain';
  const boundary = /^multipart\//i.test(type) ? parameter(type, 'boundary') : null;
  if (boundary !== null && depth < maxNesting) return firstTextPart(body, boundary, depth);
  const encoding = (headers.get('content-transfer-encoding') ?? '').trim().toLowerCase();
  const bytes =
    encoding === 'base64'
      ? Buffer.from(body, 'base64')
      : encoding === 'quoted-printable'
        ? unquotePrintable(body)
        : bytesOf(body);
  return decodeBytes(bytes, parameter(type, 'charset') ?? 'utf-8').replaceAll('\r\n', '\n');
}

function firstTextPart(body: string, boundary: string, depth: number): string {
  for (const part of `\n${body}`.split(`\n--${boundary}`).slice(1)) {
    const end = part.indexOf('\n\n');
    if (part.startsWith('--') || end < 0) continue;
    const headers = parseHeaders(part.slice(0, end).replace(/^[^\n]*\n?/, ''));
    const type = headers.get('content-type') ?? 'text/plain';
    if (/^(text\/plain|multipart\/)/i.test(type))
      return decodeBody(headers, part.slice(end + 2), depth + 1);
  }
  return '';
}
