import { printName } from './file-names.ts';
import type { FileChange, Hunk } from './types.ts';

/** Prints file sections as git would, so that reading them again gives the same. */
export function printDiff(files: readonly FileChange[]): string {
  return files.map(printFile).join('');
}

function printFile(file: FileChange): string {
  const oldName = file.oldPath ?? file.newPath ?? '';
  const newName = file.newPath ?? oldName;
  const lines = [`diff --git ${printName(`a/${oldName}`)} ${printName(`b/${newName}`)}`];
  if (file.change === 'added') lines.push(`new file mode ${file.newMode ?? '100644'}`);
  else if (file.change === 'removed') lines.push(`deleted file mode ${file.oldMode ?? '100644'}`);
  else if (file.oldMode !== file.newMode) {
    lines.push(`old mode ${file.oldMode}`, `new mode ${file.newMode}`);
  }
  if (file.change === 'renamed' || file.change === 'copied') {
    const verb = file.change === 'renamed' ? 'rename' : 'copy';
    lines.push(`${verb} from ${printName(oldName)}`, `${verb} to ${printName(newName)}`);
  }
  if (file.oldId !== null && file.newId !== null) {
    const mode = file.oldMode !== null && file.oldMode === file.newMode ? ` ${file.oldMode}` : '';
    lines.push(`index ${file.oldId}..${file.newId}${mode}`);
  }
  if (file.hunks.length > 0) {
    lines.push(`--- ${file.oldPath === null ? '/dev/null' : printName(`a/${file.oldPath}`)}`);
    lines.push(`+++ ${file.newPath === null ? '/dev/null' : printName(`b/${file.newPath}`)}`);
  }
  return `${lines.join('\n')}\n${file.hunks.map(printHunk).join('')}`;
}

const marks = { context: ' ', delete: '-', add: '+' } as const;

function printHunk(hunk: Hunk): string {
  const range = (start: number, count: number) => (count === 1 ? `${start}` : `${start},${count}`);
  const section = hunk.section === '' ? '' : ` ${hunk.section}`;
  const old = range(hunk.oldStart, hunk.oldLines);
  let out = `@@ -${old} +${range(hunk.newStart, hunk.newLines)} @@${section}\n`;
  for (const line of hunk.lines) {
    out += `${marks[line.kind]}${line.text}\n`;
    if (line.noNewline) out += '\\ No newline at end of file\n';
  }
  return out;
}
