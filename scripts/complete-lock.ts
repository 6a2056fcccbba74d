// A registry mirror may hold the binary packages of some platforms only. npm then writes a lock file
// without the others, and `npm ci` refuses that very file. This adds what is missing: the version that
// the parent asks for, and the platform by its name, so that it is fetched there and nowhere else.
// Run it after every change of the dependencies: npx tsx scripts/complete-lock.ts
import { readFileSync, writeFileSync } from 'node:fs';

interface Entry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

const file = 'package-lock.json';
const lock: { packages: Record<string, Entry> } = JSON.parse(readFileSync(file, 'utf8'));
const systems = 'aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32|wasi';
const processors = 'arm64|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|x64|wasm32';

function platform(name: string): Pick<Entry, 'os' | 'cpu' | 'libc'> | null {
  const words = name.slice(name.lastIndexOf('/') + 1).split('-');
  const os = words.find(word => new RegExp(`^(${systems})$`).test(word));
  const cpu = words.find(word => new RegExp(`^(${processors})$`).test(word));
  if (os === undefined && cpu === undefined) return null;
  const libc = words.includes('musl') ? ['musl'] : words.includes('gnu') ? ['glibc'] : undefined;
  // There is no such machine: the package of the WebAssembly build is never installed on its own.
  if (cpu === 'wasm32') return { cpu: [cpu] };
  return {
    ...(os === undefined ? {} : { os: [os] }),
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(libc === undefined ? {} : { libc }),
  };
}

let added = 0;
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    const isThere =
      lock.packages[`node_modules/${name}`] ?? lock.packages[`${path}/node_modules/${name}`];
    const found = platform(name);
    if (isThere !== undefined || found === null) continue;
    lock.packages[`node_modules/${name}`] = {
      version: range.replace(/^[~^]/, ''),
      ...(entry.dev === true ? { dev: true } : {}),
      optional: true,
      ...found,
    };
    added++;
  }
}
const sorted = Object.entries(lock.packages).sort(([left], [right]) => (left < right ? -1 : 1));
lock.packages = Object.fromEntries(sorted);
if (added > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${file}: ${added} optional packages of other platforms added`);
