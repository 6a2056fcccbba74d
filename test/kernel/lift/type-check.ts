import { readFileSync } from 'node:fs';
import { ModuleKind, Project, type ProjectOptions, ts } from 'ts-morph';
import { runtimeText } from '../../../src/cli/tree-models.ts';
import type { Lifter } from '../../../src/semantics/lift/lift.ts';
import { emitModels } from '../../../src/semantics/print/emit.ts';
import { printModels } from '../../../src/semantics/print/print.ts';

/** The project's own settings. */
function compilerOptions(): NonNullable<ProjectOptions['compilerOptions']> {
  const read = ts.parseConfigFileTextToJson('tsconfig.json', readFileSync('tsconfig.json', 'utf8'));
  const { options } = ts.convertCompilerOptionsFromJson(read.config.compilerOptions, '.');
  return { ...options, types: [], module: ModuleKind.NodeNext };
}

/** What the compiler has against the printed models of the functions and of all they call. */
export async function printedErrors(lifter: Lifter, names: readonly string[]): Promise<string[]> {
  const files = await emitModels(printModels(lifter, lifter.closure(names)), runtimeText());
  const project = new Project({ compilerOptions: compilerOptions(), useInMemoryFileSystem: true });
  project.createSourceFile('/package.json', '{"type":"module"}');
  for (const [name, text] of files) project.createSourceFile(`/${name}`, text);
  return project.getPreEmitDiagnostics().map(d => {
    const message = ts.flattenDiagnosticMessageText(d.compilerObject.messageText, ' ');
    return `${d.getSourceFile()?.getFilePath() ?? ''}:${d.getLineNumber() ?? 0} ${message}`;
  });
}
