// What the compiler leaves behind in src/ although the product reads it as text: the drivers in kernel C, what emitted
// models import, and the reference models.
import { cpSync, statSync } from 'node:fs';

cpSync('src', 'dist', {
  recursive: true,
  filter: path =>
    statSync(path).isDirectory() ||
    /\.[ch]$|print\/runtime\.ts$|known-bodies\.txt$|models\/[\w-]+\.[\w-]+\.ts$/.test(path),
});
