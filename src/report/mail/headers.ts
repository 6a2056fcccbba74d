import { firstChars, inert } from '../inert.ts';

/** Header fields of a reply. Whatever a mail says, a field stays one field. */

interface Address {
  readonly name: string;
  readonly email: string;
}

const maxAddresses = 200;

/**
 * Addresses of a header; what is none (masked ones of web archives, groups, garbage) is left out.
 */
export function parseAddresses(header: string): Address[] {
  const found: Address[] = [];
  for (const [part] of header.slice(0, 20_000).matchAll(/(?:"(?:[^"\\]|\\.)*"|<[^>]*>|[^,"<])+/g)) {
    if (found.length >= maxAddresses) break;
    const angle = /<([^<>]*)>\s*$/.exec(part);
    const email = (angle?.[1] ?? part).trim();
    if (!/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/.test(email))
      continue;
    if (/@x{3,}/.test(email) || /x{8,}/.test(email)) continue;
    const name = angle ? part.slice(0, angle.index).trim() : '';
    found.push({ name: name.replace(/^"(.*)"$/s, '$1').replace(/\\(.)/gs, '$1'), email });
  }
  return found;
}

export function uniqueAddresses(
  addresses: readonly Address[],
  without: readonly Address[],
): Address[] {
  const seen = new Set(without.map(a => a.email.toLowerCase()));
  return addresses.filter(address => {
    const key = address.email.toLowerCase();
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

export function addressField(name: string, addresses: readonly Address[]): string[] {
  if (addresses.length === 0) return [];
  const lines: string[] = [];
  let line = `${name}:`;
  addresses.forEach((address, i) => {
    const text = addressText(address) + (i < addresses.length - 1 ? ',' : '');
    if (line.length + 1 + text.length > 78 && !line.endsWith(':')) {
      lines.push(line);
      line = '';
    }
    line += ` ${text}`;
  });
  return [...lines, line];
}

function addressText({ name, email }: Address): string {
  if (name === '') return email;
  const clean = firstChars(inert(name), 200);
  if (/[^ -~]/.test(clean)) return `${encodeWords(clean, 0)} <${email}>`;
  if (/^[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]+$/.test(clean)) return `${clean} <${email}>`;
  return `"${clean.replace(/["\\]/g, '\\$&')}" <${email}>`;
}

/** A field of free text: folded at blanks, and RFC 2047 where it is not ASCII. */
export function textField(name: string, value: string): string {
  const clean = firstChars(inert(value), 900);
  if (/[^ -~]/.test(clean) || /=\?.*\?=/.test(clean)) {
    return `${name}: ${encodeWords(clean, name.length + 2)}`;
  }
  const lines: string[] = [];
  let line = `${name}:`;
  for (const word of clean.split(' ')) {
    if (line.length + 1 + word.length > 78 && !line.endsWith(':')) {
      lines.push(line);
      line = '';
    }
    line += ` ${word}`;
  }
  return [...lines, line].join('\n');
}

function encodeWords(text: string, used: number): string {
  const words: string[] = [];
  let bytes = '';
  const limit = (): number => (words.length === 0 ? 45 - Math.min(used, 20) : 45);
  for (const char of text) {
    if (Buffer.byteLength(bytes + char) > limit()) {
      words.push(bytes);
      bytes = '';
    }
    bytes += char;
  }
  words.push(bytes);
  return words.map(w => `=?UTF-8?B?${Buffer.from(w).toString('base64')}?=`).join('\n ');
}

export function idField(name: string, ids: readonly string[]): string[] {
  const valid = ids.filter(id => /^[!-;=?-~]{1,250}$/.test(id));
  if (valid.length === 0) return [];
  return [`${name}: ${valid.map(id => `<${id}>`).join('\n ')}`];
}
