import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { git, noConfiguration } from './git.ts';
import { decodeQuotedPrintable, decodeWords, readHeaders } from './mail-headers.ts';
import type { MailRef } from './mail-source.ts';

/** A mail as git reads it: header fields decoded, the text cut where the diff begins. */
export interface DecodedMail {
  readonly subject: string;
  readonly author: { readonly name: string; readonly email: string };
  readonly date: string | null;
  readonly body: string;
  /** From the `---` line or the first diff on. */
  readonly patch: string;
}

/** Bytes of a mail in one form: LF line ends, no mailbox quoting, a header block at the start. */
export function normalizeMail(mail: MailRef): Buffer {
  let bytes = mail.read();
  const firstLine = bytes.indexOf(10);
  const isCrlf = firstLine > 0 && bytes[firstLine - 1] === 13;
  if (isCrlf) bytes = replaceBytes(bytes, text => text.replaceAll('\r\n', '\n'));
  if (bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))) bytes = bytes.subarray(3);
  if (mail.inMailbox) {
    const end = bytes.indexOf(10) + 1;
    bytes = bytes.subarray(end);
    if (bytes.includes('\n>')) {
      bytes = replaceBytes(bytes, text => text.replace(/^>(>*From )/gm, '$1'));
    }
  }
  return bytes;
}

function replaceBytes(bytes: Buffer, edit: (text: string) => string): Buffer {
  return Buffer.from(edit(bytes.toString('latin1')), 'latin1');
}

/**
 * A page of a web archive, saved as text: the subject alone on the first line, the fields set apart by
 * empty lines. Made into a mail; null when the text is nothing of the kind.
 */
export function mailFromWebCopy(bytes: Buffer): Buffer | null {
  const lines = bytes.toString('utf8', 0, 8192).split('\n');
  const first = lines.findIndex(line => line.trim() !== '');
  const subject = (lines[first] ?? '').trim();
  if (first < 0 || !/^(\[[^\]]*\bpatch[^\]]*\]|re: )/i.test(subject)) return null;
  const fields = [`Subject: ${subject}`];
  let at = first + 1;
  for (; at < lines.length; at++) {
    const line = (lines[at] ?? '').trim();
    const field = /^(From|Date|To|Cc|Message-ID|In-Reply-To):\s*(.*)$/i.exec(line);
    if (field !== null && fields.length < 8) fields.push(line);
    else if (line !== '') break;
  }
  if (fields.length < 2) return null;
  const skipped = Buffer.byteLength(lines.slice(0, at).join('\n')) + 1;
  const head = [...fields, 'Content-Type: text/plain; charset=utf-8', '', ''].join('\n');
  return Buffer.concat([Buffer.from(head), bytes.subarray(skipped)]);
}

/** The readings of a `format=flowed` mail, most literal first; none when it is not one. */
export function unflowed(bytes: Buffer): Buffer[] {
  const { headers, end } = readHeaders(bytes);
  const type = headers.get('content-type') ?? '';
  if (!/^text\/plain\b/i.test(type) || !/format="?flowed/i.test(type)) return [];
  const encoding = (headers.get('content-transfer-encoding') ?? '').toLowerCase().trim();
  let body = bytes.subarray(end);
  if (encoding === 'base64') body = Buffer.from(body.toString('latin1'), 'base64');
  else if (encoding === 'quoted-printable') body = decodeQuotedPrintable(body);
  const head = bytes
    .toString('latin1', 0, end)
    .replace(/^content-transfer-encoding:.*\n(?:[ \t].*\n)*/im, '')
    .replace(/;\s*(format="?flowed"?|delsp="?\w+"?)/gi, '');
  const deletesBlank = /delsp="?yes/i.test(type);
  const lines = body.toString('latin1').replaceAll('\r\n', '\n').split('\n');
  const unstuffed = lines.map(line => (line.startsWith(' ') ? line.slice(1) : line));
  return [unstuffed.join('\n'), joinSoftBreaks(unstuffed, deletesBlank)].map(text =>
    Buffer.from(`${head.trimEnd()}\nContent-Transfer-Encoding: 8bit\n\n${text}`, 'latin1'),
  );
}

function joinSoftBreaks(lines: readonly string[], deletesBlank: boolean): string {
  const out: string[] = [];
  let open = false;
  for (const line of lines) {
    if (open) out.push((out.pop() ?? '') + line);
    else out.push(line);
    const soft = line.endsWith(' ') && line !== '-- ' && line.trim() !== '';
    if (soft && deletesBlank) out.push((out.pop() ?? '').slice(0, -1));
    open = soft;
  }
  return out.join('\n');
}

/**
 * Lets git decode transfer encodings, charsets, attachments and scissors. Null when it cannot.
 * Writes two files in `dir`, which the next call overwrites.
 */
export function decodeMail(bytes: Buffer, dir: string): DecodedMail | null {
  const [message, patch] = [join(dir, 'message'), join(dir, 'patch')];
  const options = ['-k', '--encoding=UTF-8', '--scissors', '--quoted-cr=strip'];
  const { status, stdout } = git(['mailinfo', ...options, message, patch], {
    cwd: dir,
    input: bytes,
    env: noConfiguration,
  });
  if (status !== 0) return null;
  const { headers } = readHeaders(bytes);
  const info = new Map<string, string>();
  for (const line of stdout.toString('utf8').split('\n')) {
    const field = /^(\w+): (.*)$/.exec(line);
    // A subject inside the mail comes first; git then repeats the field with nothing in it.
    const [, key = '', value = ''] = field ?? [];
    if (key !== '' && (info.get(key) ?? '') === '') info.set(key, value);
  }
  return {
    subject: readable(info.get('Subject')) ?? decodeWords(headers.get('subject') ?? ''),
    author: authorOf(info, decodeWords(headers.get('from') ?? '')),
    date: info.get('Date') ?? headers.get('date') ?? null,
    body: decodeText(readFileSync(message), headers.get('content-type')).replace(/\s+$/, ''),
    patch: readFileSync(patch, 'utf8'),
  };
}

/** Git passes on the bytes of a charset that its iconv does not know. */
function readable(text: string | undefined): string | null {
  return text === undefined || text === '' || text.includes('\ufffd') ? null : text;
}

function decodeText(bytes: Buffer, contentType: string | undefined): string {
  const text = bytes.toString('utf8');
  if (!text.includes('\ufffd')) return text;
  const charset = /charset="?([\w.:-]+)/i.exec(contentType ?? '')?.[1] ?? 'latin1';
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return text;
  }
}

/** Masked and missing addresses leave git without an author. */
function authorOf(info: ReadonlyMap<string, string>, from: string): DecodedMail['author'] {
  const name = readable(info.get('Author')) ?? '';
  const email = info.get('Email') ?? '';
  if (name !== '' && email !== '') return { name, email };
  const parts = /^"?([^"<]*)"?\s*(?:<([^>]*)>)?/.exec(from);
  return { name: (parts?.[1] ?? from).trim(), email: parts?.[2] ?? '' };
}
