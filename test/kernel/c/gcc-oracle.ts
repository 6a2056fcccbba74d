import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { configDefines, kvmConfig, predefined } from '../../../src/semantics/c/config.ts';
import { defaultLimits } from '../../../src/semantics/c/diagnostic.ts';
import { allStandIns } from '../../../src/semantics/c/headers.ts';
import type { Tok } from '../../../src/semantics/c/lex.ts';
import { lexFile } from '../../../src/semantics/c/lex.ts';
import { includeFolders } from '../../../src/semantics/c/source.ts';

export function hasGcc(): boolean {
  try {
    return /\b12\./.test(
      execFileSync('gcc', ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? '',
    );
  } catch {
    return false;
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** The build's one-line wrappers for generic headers that the architecture does not bring. */
function writeWrappers(root: string, into: string): void {
  for (const folder of ['include/asm-generic', 'include/uapi/asm-generic']) {
    for (const name of readdirSync(join(root, folder))) {
      if (!name.endsWith('.h') || existsSync(join(root, 'arch/x86/include/asm', name))) continue;
      if (existsSync(join(root, 'arch/x86/include/uapi/asm', name))) continue;
      write(join(into, 'asm', name), `#include <asm-generic/${name}>\n`);
      if (folder.includes('uapi'))
        write(join(into, 'uapi/asm', name), `#include <asm-generic/${name}>\n`);
    }
  }
}

/** Tokens of `gcc -E` on one file of a tree, with our definitions and stand-ins. */
export function gccTokens(root: string, file: string, scratch: string): readonly Tok[] {
  for (const [spec, text] of allStandIns()) write(join(scratch, 'first', spec), text);
  writeWrappers(root, join(scratch, 'last'));
  write(join(scratch, 'prelude.h'), `${predefined}\n${configDefines(kvmConfig)}`);
  const folders = [join(scratch, 'first'), ...includeFolders, join(scratch, 'last')];
  const prelude = ['compiler-version.h', 'kconfig.h', 'compiler_types.h']
    .map(name => `include/linux/${name}`)
    .filter(path => existsSync(join(root, path)));
  const text = execFileSync(
    'gcc',
    [
      '-E',
      '-w',
      '-undef',
      '-nostdinc',
      '-std=gnu11',
      ...folders.flatMap(f => ['-I', f]),
      '-include',
      join(scratch, 'prelude.h'),
      ...prelude.flatMap(p => ['-include', p]),
      file,
    ],
    { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  const lexed = lexFile(text, '<gcc>', {
    ...defaultLimits,
    maxFileChars: 1 << 28,
    maxLineChars: 1 << 28,
  });
  return lexed.parts.filter(p => p.name === '').flatMap(p => lexed.tokens.slice(p.from, p.to));
}
