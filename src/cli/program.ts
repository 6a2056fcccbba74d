import { Command } from 'commander';
import type { Checker } from './checker.ts';
import { registerAsk } from './commands/ask.ts';
import { registerCheck } from './commands/check.ts';
import { registerCompletion } from './commands/completion.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerExplain } from './commands/explain.ts';
import { registerHook } from './commands/hook.ts';
import { registerInvariants } from './commands/invariants.ts';
import { registerLitmus } from './commands/litmus.ts';
import { registerModels } from './commands/models.ts';
import { registerReplay } from './commands/replay.ts';
import { registerReview } from './commands/review.ts';
import { registerScenarios } from './commands/scenarios.ts';
import { registerSeries } from './commands/series.ts';
import { toolVersion } from './package.ts';

/** Every command is a file of its own; here is only the list. */
export function createProgram(): Command {
  const program = new Command('mmudelta')
    .description(
      "says what a patch series for KVM's x86 MMU changes, and which invariants it breaks",
    )
    .version(toolVersion())
    .exitOverride()
    .showHelpAfterError('(mmudelta --help lists the commands)');
  // A subcommand inherits settings such as exitOverride only when it is added after them.
  for (const register of [registerCheck, registerSeries]) register(program);
  registerReview(program, lazyChecker);
  for (const register of [
    registerReplay,
    registerScenarios,
    registerAsk,
    registerInvariants,
    registerExplain,
    registerLitmus,
    registerModels,
    registerDoctor,
    registerCompletion,
  ]) {
    register(program);
  }
  registerHook(program, lazyChecker);
  return program;
}

/** The models take time to load, which a hook with nothing to do does not have. */
const lazyChecker: Checker = async (mbox, options) => {
  const { checker } = await import('./run-check.ts');
  return checker(mbox, options);
};
