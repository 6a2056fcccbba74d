/** A question put to a tree: who can hold, take or put a reference to a root, where, and how that comes about. */
import { type Diagnostic, errorDiagnostic, failure, type Result, success } from '../diagnostic.ts';
import { buildTrees } from '../diff/build-trees.ts';
import type { Trees } from '../diff/types.ts';
import { type Answer, answerQuestion, isDefault } from '../harness/ask/answer.ts';
import {
  parseQuestion,
  type Question,
  QuestionError,
  questionText,
} from '../harness/ask/question.ts';
import { findScenario, scenarios } from '../harness/scenarios/all.ts';
import type { Scenario } from '../harness/scenarios/scenario.ts';
import { inertJson } from '../report/json.ts';
import { type AskData, askText } from './ask-text.ts';
import { complain, emit, exitStatus, terminalWidth } from './output.ts';
import { embeddedTree, toolVersion } from './package.ts';
import { terminalProgress } from './progress.ts';
import { nothingToApply } from './tree-models.ts';

export interface AskCommandOptions {
  readonly tree?: string;
  readonly base?: string;
  readonly scenario?: readonly string[];
  readonly states: number;
  readonly format: 'text' | 'json';
  readonly output?: string;
}

export function runAsk(text: string, options: AskCommandOptions): number {
  const question = read(text);
  const chosen = choose(options.scenario ?? []);
  const path = options.tree ?? embeddedTree();
  if (!question.ok || !chosen.ok) {
    complain([...problems(question), ...problems(chosen)]);
    return exitStatus.badInput;
  }
  const built = buildTrees(nothingToApply, path, { base: options.base ?? null });
  if (!built.ok) {
    complain(built.diagnostics);
    return exitStatus.badInput;
  }
  const progress = terminalProgress();
  try {
    const side = built.value.sides[0];
    if (side === undefined) {
      complain(built.value.diagnostics);
      return exitStatus.badInput;
    }
    const answer = answerQuestion(side, question.value, chosen.value, {
      byDefault: options.scenario === undefined,
      maxStates: options.states,
      progress: progress.say,
    });
    progress.end();
    const data = dataOf(question.value, answer, built.value, path, options);
    emit(
      options.format === 'json' ? `${inertJson(data)}\n` : askText(data, terminalWidth()),
      options.output ?? null,
    );
    return answer.unknown === null ? exitStatus.good : exitStatus.inconclusive;
  } finally {
    built.value.dispose();
  }
}

const problems = (result: Result<unknown>): readonly Diagnostic[] =>
  result.ok ? [] : result.diagnostics;

function read(text: string): Result<Question> {
  try {
    return success(parseQuestion(text));
  } catch (error) {
    if (!(error instanceof QuestionError)) throw error;
    return failure(
      errorDiagnostic('question-syntax', `column ${error.column}: ${error.message}`, {
        hint: 'docs/ask.md has the grammar',
      }),
    );
  }
}

function choose(ids: readonly string[]): Result<readonly Scenario[]> {
  if (ids.length === 0) return success(scenarios.filter(isDefault));
  const unknown = ids.filter(id => findScenario(id) === null);
  if (unknown.length > 0)
    return failure(
      ...unknown.map(id =>
        errorDiagnostic('no-such-scenario', `there is no scenario ${id}`, {
          hint: 'mmudelta scenarios lists them',
        }),
      ),
    );
  return success(scenarios.filter(s => ids.includes(s.id)));
}

function dataOf(
  question: Question,
  answer: Answer,
  trees: Trees,
  path: string,
  options: AskCommandOptions,
): AskData {
  const { kernelVersion, base } = trees;
  return {
    schema: 'mmudelta-ask/1',
    tool: { version: toolVersion() },
    tree: { path, embedded: options.tree === undefined, kernelVersion, base },
    question: questionText(question),
    answer:
      answer.unknown !== null ? 'unknown' : answer.findings.length > 0 ? 'somebody' : 'nobody',
    exhaustive: answer.exhaustive,
    unknown: answer.unknown,
    findings: answer.findings,
    scenarios: answer.scenarios,
    bounds: { states: options.states, memory: 'sc', levels: 2, entriesPerTable: 2 },
  };
}
