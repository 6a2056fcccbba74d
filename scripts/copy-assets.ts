// What the compiler leaves behind in src/ although the product reads it: the drivers in kernel C.
import { cpSync, statSync } from 'node:fs';

cpSync('src', 'dist', {
  recursive: true,
  filter: path => statSync(path).isDirectory() || /\.[ch]$/.test(path),
});
