import { readFileSync } from 'node:fs';
import {
  type Diagnostic,
  errorDiagnostic,
  noteDiagnostic,
  warningDiagnostic,
} from '../diagnostic.ts';
import { LitmusSyntaxError } from '../harness/litmus/litmus-test.ts';
import { litmusText } from '../harness/litmus/print.ts';
import { type LitmusResult, runLitmus } from '../harness/litmus/run.ts';
import { inert } from '../report/inert.ts';
import { inertJson } from '../report/json.ts';
import { complain, emit, exitStatus } from './output.ts';
import { toolVersion } from './package.ts';

export interface LitmusCommandOptions {
  readonly memory: 'tso' | 'sc';
  readonly states: number;
  readonly format: 'text' | 'json';
  readonly output?: string;
}

interface LitmusData {
  readonly schema: 'mmudelta-litmus/1';
  readonly tool: { readonly version: string };
  readonly tests: readonly ({ readonly file: string } & LitmusResult)[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Runs the files in order, and says all that came out. */
export function runLitmusFiles(files: readonly string[], options: LitmusCommandOptions): number {
  const tests: ({ file: string } & LitmusResult)[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const file of files) {
    const result = runFile(file, options);
    if ('severity' in result) diagnostics.push(result);
    else {
      tests.push({ file, ...result });
      diagnostics.push(...about(file, result));
    }
  }
  const data: LitmusData = {
    schema: 'mmudelta-litmus/1',
    tool: { version: toolVersion() },
    tests,
    diagnostics,
  };
  const text =
    options.format === 'json' ? `${inertJson(data)}\n` : lines(tests.map(litmusText).join(''));
  emit(text, options.output ?? null);
  if (options.format === 'text') complain(diagnostics.filter(each => each.severity === 'error'));
  if (diagnostics.some(each => each.severity === 'error')) return exitStatus.badInput;
  return tests.every(each => each.exhaustive) ? exitStatus.good : exitStatus.inconclusive;
}

/** Names come from the file: nothing in them may steer a terminal. */
function lines(text: string): string {
  return text.split('\n').map(inert).join('\n');
}

function runFile(file: string, options: LitmusCommandOptions): LitmusResult | Diagnostic {
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch (error) {
    return errorDiagnostic('litmus-unreadable', `cannot be read: ${(error as Error).message}`, {
      file,
    });
  }
  try {
    return runLitmus(source, { memory: options.memory, maxStates: options.states });
  } catch (error) {
    if (!(error instanceof LitmusSyntaxError)) throw error;
    return errorDiagnostic('litmus-syntax', error.message, { file });
  }
}

function about(file: string, result: LitmusResult): Diagnostic[] {
  return result.problems.map(({ code, message }) =>
    result.exhaustive
      ? noteDiagnostic(code, message, { file })
      : warningDiagnostic(code, message, { file }),
  );
}
