import { type Command, Option } from 'commander';
import { hasErrors } from '../../diagnostic.ts';
import { inertJson } from '../../report/json.ts';
import { painter } from '../../report/layout.ts';
import { type IntakeOptions, takeIn } from '../intake.ts';
import {
  type ColorChoice,
  emit,
  exitStatus,
  seriesNumber,
  terminalWidth,
  wantsColor,
} from '../output.ts';
import { toolVersion } from '../package.ts';
import { failedSeriesData, type SeriesData, seriesData } from '../series-data.ts';
import { seriesText } from '../series-text.ts';

interface SeriesCommandOptions extends IntakeOptions {
  readonly format: 'text' | 'json';
  readonly output?: string;
  readonly color: ColorChoice;
}

/** The options by which every command names its input. */
export function addIntakeOptions(command: Command): Command {
  return command
    .argument('[mbox]', 'mailbox, mail, folder of mails or patches, or - for standard input')
    .option('--tree <dir[@rev]>', 'kernel tree: git repository or plain folder')
    .option('--base <rev>', 'commit the series is for')
    .option('--range <a..b>', 'commits of the tree instead of mails')
    .addOption(
      new Option('--series <n|latest>', 'which of several series')
        .argParser(seriesNumber)
        .default('latest'),
    );
}

/** The options that say where a report goes and how it looks. */
export function addOutputOptions(command: Command, formats: readonly string[]): Command {
  return command
    .addOption(
      new Option('--format <format>', 'how to say it').choices([...formats]).default('text'),
    )
    .option('-o, --output <file>', 'write the report there')
    .addOption(new Option('--color <when>').choices(['auto', 'always', 'never']).default('auto'));
}

export function registerSeries(program: Command): void {
  const command = program
    .command('series')
    .description('say what was read: the series, its base, and which helpers each patch touches');
  addOutputOptions(addIntakeOptions(command), ['text', 'json'])
    .addHelpText('after', '\nExample:\n  mmudelta series series.mbox --tree ~/linux')
    .action((mbox: string | undefined, options: SeriesCommandOptions) => {
      process.exitCode = runSeries(mbox, options);
    });
}

function runSeries(mbox: string | undefined, options: SeriesCommandOptions): number {
  const data = readData(mbox, options);
  const file = options.output ?? null;
  const paint = painter(wantsColor(options.color, file));
  const text =
    options.format === 'json' ? `${inertJson(data)}\n` : seriesText(data, paint, terminalWidth());
  emit(text, file);
  return hasErrors(data.diagnostics) ? exitStatus.badInput : exitStatus.good;
}

function readData(mbox: string | undefined, options: SeriesCommandOptions): SeriesData {
  const intake = takeIn(mbox, options);
  if (!intake.ok) return failedSeriesData(intake.diagnostics, toolVersion());
  try {
    return seriesData(intake.value, toolVersion());
  } finally {
    intake.value.trees?.dispose();
  }
}
