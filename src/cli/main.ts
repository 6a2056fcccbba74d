#!/usr/bin/env node
import { CommanderError } from 'commander';
import { inert } from '../report/inert.ts';
import { exitStatus } from './output.ts';
import { createProgram } from './program.ts';

async function main(): Promise<void> {
  try {
    await createProgram().parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? exitStatus.good : exitStatus.badInput;
      return;
    }
    if (error instanceof Error && 'syscall' in error) {
      process.stderr.write(`mmudelta: ${inert(error.message)}\n`);
      process.exitCode = exitStatus.badInput;
      return;
    }
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(
      `mmudelta: internal error: ${message.split('\n').map(inert).join('\n')}\n`,
    );
    process.exitCode = exitStatus.badInput;
  }
}

await main();
