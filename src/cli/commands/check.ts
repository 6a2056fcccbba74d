import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Format, reporters } from '../../report/formats.ts';
import { readReviewMail } from '../../report/mail/review-mail.ts';
import type { MemoryModel } from '../../result.ts';
import type { IntakeOptions } from '../intake.ts';
import { type ColorChoice, emit, terminalWidth, wantsColor } from '../output.ts';
import { addIntakeOptions, addOutputOptions } from './series.ts';

interface CheckCommandOptions extends IntakeOptions {
  readonly format: Format;
  readonly output?: string;
  readonly color: ColorChoice;
  readonly scenario: readonly string[];
  readonly exclude: readonly string[];
  readonly memory: MemoryModel;
  readonly levels?: number;
  readonly yields?: number;
  readonly states?: number;
  readonly timeout?: number;
  readonly jobs?: number;
  readonly config?: string;
  readonly thorough: boolean;
  readonly verbose: boolean;
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

const whole =
  (low: number, high: number) =>
  (value: string): number => {
    const n = Number(value);
    if (!Number.isInteger(n) || n < low || n > high)
      throw new InvalidArgumentError(`a whole number from ${low} to ${high}`);
    return n;
  };

const examples = `
Examples:
  mmudelta check                              the embedded example
  mmudelta check series.mbox --tree ~/linux   a mailbox against your tree
  mmudelta check --range v6.12..HEAD --tree ~/linux --format json`;

export function registerCheck(program: Command): void {
  const command = program
    .command('check')
    .description('say what each patch changes in behaviour, and what it breaks');
  addOutputOptions(addIntakeOptions(command), Object.keys(reporters))
    .option('--scenario <id>', 'run only this scenario (repeatable)', collect, [])
    .option('--exclude <id>', 'leave this scenario out (repeatable)', collect, [])
    .addOption(
      new Option('--memory <model>', 'memory model: store buffers of x86, or none')
        .choices(['tso', 'sc'])
        .default('sc'),
    )
    .addOption(new Option('--levels <n>', 'levels of the page tables').argParser(whole(2, 4)))
    .addOption(
      new Option('--yields <n>', 'times a thread may give way; unlimited without it').argParser(
        whole(0, 1_000),
      ),
    )
    .addOption(
      new Option('--states <n>', 'states after which a search ends').argParser(
        whole(100, 100_000_000),
      ),
    )
    .addOption(
      new Option('--timeout <seconds>', 'end all searches after this time').argParser(
        whole(1, 86_400),
      ),
    )
    .addOption(new Option('--jobs <n>', 'threads to use, 1 or 2').argParser(whole(1, 1_024)))
    .option('--config <file>', 'kernel configuration (.config) instead of the built-in one')
    .option('--thorough', 'run the large scenarios, too, and search what is proved equal', false)
    .option('-v, --verbose', 'say everything, times included', false)
    .addHelpText('after', examples)
    .action(async (mbox: string | undefined, options: CheckCommandOptions) => {
      process.exitCode = await runCheckCommand(mbox, options);
    });
}

async function runCheckCommand(
  mbox: string | undefined,
  options: CheckCommandOptions,
): Promise<number> {
  const { runCheck } = await import('../run-check.ts');
  const { result, mails } = await runCheck(mbox, options);
  const file = options.output ?? null;
  const report = reporters[options.format](result, {
    color: wantsColor(options.color, file),
    width: terminalWidth(),
    verbose: options.verbose,
    mails: mails.map(({ index, raw }) => readReviewMail(index, raw)),
  });
  emit(report.output, file);
  return report.exitStatus;
}
