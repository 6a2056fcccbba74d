import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { errorDiagnostic, failure, type Result, success } from '../diagnostic.ts';
import { type Headers, readHeaders } from './mail-headers.ts';

/** One mail of the input. Only its headers are kept; the mail itself is read when it is needed. */
export interface MailRef {
  /** File and, in a mailbox, the mail's number from 1. */
  readonly source: string;
  readonly headers: Headers;
  /** Whether a `From ` line of a mailbox precedes it: then `>From` in it is quoted. */
  readonly inMailbox: boolean;
  readonly size: number;
  read(): Buffer;
}

interface ByteSource {
  readonly name: string;
  readonly size: number;
  read(at: number, length: number): Buffer;
}

const limits = { inputBytes: 2 ** 31, files: 50_000, headerBytes: 64 << 10 };
const chunkBytes = 4 << 20;

/** Lists the mails of a mailbox, a single mail, a folder (maildir or patch files), or `-` for stdin. */
export function listMails(input: string): Result<readonly MailRef[]> {
  if (input === '-') return success(splitMails(bufferSource('standard input', readAll(0))));
  let stat: ReturnType<typeof statSync>;
  try {
    stat = statSync(input);
  } catch {
    return failure(errorDiagnostic('no-such-input', `there is no file or folder ${input}`));
  }
  if (stat.size > limits.inputBytes) {
    const hint = 'cut it into smaller mailboxes';
    return failure(errorDiagnostic('input-too-large', `${input}: ${stat.size} bytes`, { hint }));
  }
  if (!stat.isDirectory()) return success(splitMails(fileSource(input)));
  const files = listFolder(input);
  if (files.length === 0) {
    return failure(errorDiagnostic('empty-input', `the folder ${input} has no mails`));
  }
  return success(files.flatMap(file => splitMails(fileSource(file))));
}

/** All of a pipe or terminal, also where reading does not wait. */
function readAll(fd: number): Buffer {
  const chunks: Buffer[] = [];
  const chunk = Buffer.alloc(1 << 20);
  for (let total = 0; total < limits.inputBytes; ) {
    try {
      const length = readSync(fd, chunk, 0, chunk.length, null);
      if (length === 0) break;
      chunks.push(Buffer.from(chunk.subarray(0, length)));
      total += length;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') break;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
  return Buffer.concat(chunks);
}

/** Mails that are already in memory. */
export function listMailsOf(name: string, content: Buffer): readonly MailRef[] {
  return splitMails(bufferSource(name, content));
}

function listFolder(dir: string): string[] {
  const inside = (folder: string) =>
    readdirSync(folder, { withFileTypes: true })
      .filter(entry => entry.isFile() && !entry.name.startsWith('.'))
      .map(entry => join(folder, entry.name))
      .sort();
  const names = readdirSync(dir);
  if (names.includes('cur') || names.includes('new')) {
    return ['cur', 'new']
      .filter(name => names.includes(name))
      .flatMap(name => inside(join(dir, name)))
      .slice(0, limits.files);
  }
  const files = inside(dir);
  const known = files.filter(file => /\.(patch|diff|eml|mbox|mbx|mail)$/i.test(file));
  return (known.length > 0 ? known : files).slice(0, limits.files);
}

function bufferSource(name: string, content: Buffer): ByteSource {
  return { name, size: content.length, read: (at, length) => content.subarray(at, at + length) };
}

function fileSource(path: string): ByteSource {
  const withFile = <T>(use: (fd: number) => T): T => {
    const fd = openSync(path, 'r');
    try {
      return use(fd);
    } finally {
      closeSync(fd);
    }
  };
  const stat = withFile(fd => fstatSync(fd));
  // A pipe or a device has no size and can be read once only.
  if (!stat.isFile()) return bufferSource(path, readFileSync(path));
  return {
    name: path,
    size: stat.size,
    read: (at, length) =>
      withFile(fd => {
        const buffer = Buffer.alloc(length);
        return buffer.subarray(0, readSync(fd, buffer, 0, length, at));
      }),
  };
}

function splitMails(source: ByteSource): MailRef[] {
  const starts = findStarts(source);
  const mails: MailRef[] = [];
  let from = 0;
  for (let number = 0; number < starts.length; number++) {
    const start = starts[number] ?? 0;
    if (start < from) continue;
    const head = source.read(start, limits.headerBytes);
    const { headers, end } = readHeaders(head);
    let next = starts[number + 1] ?? source.size;
    const length = declaredLength(source, headers, start + end, starts);
    if (length !== null) next = length;
    from = next;
    const size = next - start;
    mails.push({
      source:
        starts.length === 1
          ? basename(source.name)
          : `${basename(source.name)}#${mails.length + 1}`,
      headers,
      inMailbox: head.subarray(0, 5).toString('latin1') === 'From ',
      size,
      read: () => source.read(start, size),
    });
  }
  return mails;
}

/** mboxcl2 does not quote `From `: the length in the header says where the mail ends, if it fits. */
function declaredLength(
  source: ByteSource,
  headers: Headers,
  body: number,
  starts: readonly number[],
): number | null {
  const value = headers.get('content-length');
  if (value === undefined || !/^\d{1,10}$/.test(value)) return null;
  const end = body + Number(value);
  if (end >= source.size) return end === source.size ? end : null;
  return starts.find(start => start >= end && start <= end + 2) ?? null;
}

/** Offsets of all `From ` lines that begin a mail; just 0 when the file is a single mail. */
function findStarts(source: ByteSource): number[] {
  if (source.size === 0) return [];
  const starts = [0];
  const overlap = 1024;
  for (let at = 0; at < source.size; at += chunkBytes) {
    const chunk = source.read(at, chunkBytes + overlap);
    for (let hit = chunk.indexOf('\nFrom '); hit >= 0; hit = chunk.indexOf('\nFrom ', hit + 1)) {
      if (hit >= chunkBytes) break;
      const line = chunk.toString('latin1', hit + 1, hit + 1 + overlap);
      if (isFromLine(line)) starts.push(at + hit + 1);
    }
  }
  return starts;
}

/** As git does, a time and a year tell a mailbox's separator from prose; a header must follow. */
function isFromLine(text: string): boolean {
  const end = text.indexOf('\n');
  if (end < 0) return false;
  const line = text.slice(0, end);
  const hasDate = /^From \S+.* \d{1,2}:\d{2}.*\b(19|20)\d{2}\b/.test(line);
  return hasDate && /^[!-9;-~]+[ \t]*:|^[!-9;-~]+$/.test(text.slice(end + 1).split('\n')[0] ?? '');
}
