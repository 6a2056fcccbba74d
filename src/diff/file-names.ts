// Names in git's diff headers: `a/x`, `"a/\303\244"` in C quoting, `/dev/null`.

const escapes: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  '"': 34,
  '\\': 92,
};

/** Reads a C-quoted name at the start of `text`; null when it is not well formed. */
export function readQuoted(text: string): { name: string; rest: string } | null {
  const bytes: Buffer[] = [];
  let at = 1;
  while (at < text.length && text[at] !== '"') {
    if (text[at] !== '\\') {
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
      bytes.push(Buffer.from(character));
      at += character.length;
      continue;
    }
    const octal = /^[0-3][0-7]{2}/.exec(text.slice(at + 1, at + 4));
    const single = escapes[text[at + 1] ?? ''];
    if (octal !== null) bytes.push(Buffer.from([Number.parseInt(octal[0], 8)]));
    else if (single !== undefined) bytes.push(Buffer.from([single]));
    else return null;
    at += octal !== null ? 4 : 2;
  }
  if (text[at] !== '"') return null;
  return { name: Buffer.concat(bytes).toString('utf8'), rest: text.slice(at + 1) };
}

/** The name as git prints it: quoted when it has a character that needs it. */
export function printName(name: string): string {
  if (!/[\u0000-\u001f"\\\u007f-\uffff]/.test(name)) return name;
  let out = '';
  for (const byte of Buffer.from(name)) {
    const letter = Object.entries(escapes).find(([, code]) => code === byte)?.[0];
    if (letter !== undefined) out += `\\${letter}`;
    else if (byte < 32 || byte > 126) out += `\\${byte.toString(8).padStart(3, '0')}`;
    else out += String.fromCharCode(byte);
  }
  return `"${out}"`;
}

/** A whole name: quoted, or up to the tab before a time stamp. */
export function readName(text: string): string {
  if (text.startsWith('"')) return readQuoted(text)?.name ?? text;
  const tab = text.indexOf('\t');
  return tab < 0 ? text : text.slice(0, tab);
}

/** Without its first folder (`a/`, `b/`), as `-p1` does; null for /dev/null. */
export function stripPrefix(name: string): string | null {
  if (name === '/dev/null') return null;
  const slash = name.indexOf('/');
  return slash < 0 ? name : name.slice(slash + 1);
}

/** Both names of `diff --git A B`. Unquoted names may hold blanks: only equal halves tell where A ends. */
export function readGitHeader(text: string): { old: string; new: string } | null {
  if (text.startsWith('"')) {
    const first = readQuoted(text);
    if (first === null) return null;
    return { old: first.name, new: readName(first.rest.trimStart()) };
  }
  const quote = text.indexOf(' "');
  if (quote > 0 && text.endsWith('"')) {
    return { old: text.slice(0, quote), new: readName(text.slice(quote + 1)) };
  }
  for (let at = text.indexOf(' '); at > 0; at = text.indexOf(' ', at + 1)) {
    const [left, right] = [text.slice(0, at), text.slice(at + 1)];
    if (stripPrefix(left) === stripPrefix(right)) return { old: left, new: right };
  }
  const at = text.indexOf(' ');
  return at < 0 ? null : { old: text.slice(0, at), new: text.slice(at + 1) };
}

/** A path that stays inside the tree and is no part of a repository's own folder. */
export function isSafePath(path: string): boolean {
  if (path === '' || path.startsWith('/') || path.includes('\0') || path.length > 4096)
    return false;
  return path
    .split('/')
    .every(part => part !== '' && part !== '.' && part !== '..' && part.toLowerCase() !== '.git');
}
