import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's root: two levels above this file, in the sources as in the build. */
const root = fileURLToPath(new URL('../..', import.meta.url));

export function toolVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  return manifest.version;
}

/** The small kernel tree that ships with the tool, used without `--tree`. */
export function embeddedTree(): string {
  return join(root, 'fixtures', 'linux');
}

/** The example series that is used when no mail is given; null when the package has none. */
export function embeddedSeries(): string | null {
  const dir = join(root, 'patches');
  if (!existsSync(dir)) return null;
  const names = readdirSync(dir)
    .map(name => join(dir, name, 'series.mbox'))
    .filter(file => existsSync(file))
    .sort();
  return names.find(file => file.includes('halves')) ?? names[0] ?? null;
}
