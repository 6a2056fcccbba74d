/** What a subject says about a mail's place in a series. */
export interface SubjectInfo {
  readonly isPatch: boolean;
  readonly isReply: boolean;
  readonly isResend: boolean;
  readonly isRfc: boolean;
  /** [3, 1] for v3.1; [1, 0] without a mark. */
  readonly version: readonly [major: number, minor: number];
  readonly hasVersion: boolean;
  /** Null where the subject has no `k/n`. */
  readonly index: number | null;
  readonly total: number | null;
  /** Words of the prefix that are none of the above: a tree, a list, a subsystem. */
  readonly tags: readonly string[];
  /** Without prefixes. */
  readonly title: string;
}

const replyMark = /^\s*(re|aw|sv|antw|fwd?|wg|tr|回复|答复)\s*(\[\d+\])?\s*[:：]\s*/i;
const maxPatches = 9999;

export function readSubject(subject: string): SubjectInfo {
  let rest = subject.replace(/\s+/g, ' ').trim();
  const isReply = replyMark.test(rest);
  while (replyMark.test(rest)) rest = rest.replace(replyMark, '');
  const words: string[] = [];
  let isPatch = false;
  for (let match = prefix(rest); match !== null; match = prefix(rest)) {
    const inside = match[1] ?? '';
    // A second bracket after the prefix belongs to the title unless it is part of the numbering.
    if (isPatch && !/^(rfc|resend|v\d|\d+\/\d+)/i.test(inside)) break;
    if (/\bpatch/i.test(inside) || /^\s*(rfc|resend)\b/i.test(inside)) isPatch = true;
    words.push(...inside.trim().split(/[\s,]+/));
    rest = rest.slice(match[0].length);
  }
  return { isReply, isPatch, title: rest, ...readWords(words) };
}

function prefix(text: string): RegExpExecArray | null {
  return /^\[([^[\]]{1,200})\]\s*/.exec(text);
}

function readWords(words: readonly string[]) {
  let version: [number, number] = [1, 0];
  let hasVersion = false;
  let index: number | null = null;
  let total: number | null = null;
  const flags = { isResend: false, isRfc: false };
  const tags: string[] = [];
  for (const raw of words) {
    // `PATCHv2` and `PATCHv2 1/3` occur as one word.
    const word = raw.replace(/^patch(?=v?\d)/i, '');
    const mark = /^v(\d{1,4})(?:\.(\d{1,4}))?$/i.exec(word);
    const place = /^(\d{1,4})\/(\d{1,4})$/.exec(word);
    if (mark !== null) {
      version = [Number(mark[1]), Number(mark[2] ?? 0)];
      hasVersion = true;
    } else if (place !== null && Number(place[2]) <= maxPatches) {
      [index, total] = [Number(place[1]), Number(place[2])];
    } else if (/^resend$/i.test(word)) flags.isResend = true;
    else if (/^rfc$/i.test(word)) flags.isRfc = true;
    else if (word !== '' && !/^patch(es)?$/i.test(word)) tags.push(word);
  }
  return { version, hasVersion, index, total, tags, ...flags };
}

/** `v3.1`, `RFC v2`, `RFC`; null for a plain first version. */
export function versionName(
  info: Pick<SubjectInfo, 'version' | 'hasVersion' | 'isRfc'>,
): string | null {
  const [major, minor] = info.version;
  const number = info.hasVersion ? `v${major}${minor > 0 ? `.${minor}` : ''}` : '';
  const name = [info.isRfc ? 'RFC' : '', number].filter(part => part !== '').join(' ');
  return name === '' ? null : name;
}
