/** Codes that the sources give to diagnostics, reasons and unsupported places. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const makers =
  /^(?:(?:error|warning|note)Diagnostic|reason|NotLifted|Unmodelled|report|problem|fail)$/;
const code = /^(?:c\/)?[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/;

/** A string, or either side of a conditional. */
function strings(node: ts.Node | undefined): string[] {
  if (node === undefined) return [];
  if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse].flatMap(strings);
  if (ts.isBinaryExpression(node)) return strings(node.right);
  return ts.isStringLiteral(node) && code.test(node.text) ? [node.text] : [];
}

function codesOf(file: ts.SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const name = node.expression.getText(file).split('.').at(-1) ?? '';
      const at = name === 'problem' ? 1 : 0;
      if (makers.test(name)) found.push(...strings(node.arguments?.[at]));
    }
    if (ts.isPropertyAssignment(node) && node.name.getText(file) === 'code')
      found.push(...strings(node.initializer));
    if (ts.isStringLiteral(node) && node.text.startsWith('c/')) found.push(...strings(node));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** By code, the files that give it; the tables of `explain` themselves do not count. */
export function codesInSource(src: string): Map<string, string[]> {
  const names = (readdirSync(src, { recursive: true }) as string[])
    .filter(name => name.endsWith('.ts') && !name.startsWith(join('cli', 'explain')))
    .sort();
  const found = new Map<string, string[]>();
  for (const name of names) {
    const text = readFileSync(join(src, name), 'utf8');
    const file = ts.createSourceFile(name, text, ts.ScriptTarget.ESNext, true);
    for (const each of codesOf(file)) found.set(each, [...(found.get(each) ?? []), name]);
  }
  return found;
}
