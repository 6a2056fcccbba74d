import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A private temporary folder that goes away whatever happens to this process. */
export interface Workspace {
  readonly dir: string;
  dispose(): void;
}

const prefix = 'mmudelta-';
const ownerFile = 'owner';
const open = new Set<string>();
let handlersInstalled = false;

export function createWorkspace(): Workspace {
  sweepStale();
  installHandlers();
  const dir = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  writeFileSync(join(dir, ownerFile), `${startTime(process.pid) ?? ''}\n`);
  open.add(dir);
  const release = guard(dir);
  return {
    dir,
    dispose() {
      if (!open.delete(dir)) return;
      remove(dir);
      release();
    },
  };
}

/**
 * A shell that waits for the end of its input and then removes the folder: the pipe closes even when
 * this process is killed. In a session of its own, so that a signal to our group does not reach it.
 */
function guard(dir: string): () => void {
  const script = 'while read -r line; do :; done; rm -rf -- "$1"; sleep 1; rm -rf -- "$1"';
  const child = spawn('sh', ['-c', script, 'sh', dir], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
  });
  // Without a shell there is still the sweep of the next run.
  child.on('error', () => {});
  child.unref();
  const { stdin } = child;
  stdin.on('error', () => {});
  if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  return () => {
    child.kill('SIGKILL');
    stdin.destroy();
  };
}

function remove(dir: string): void {
  try {
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // The sweep of a later run takes what cannot be removed now.
  }
}

function installHandlers(): void {
  if (handlersInstalled) return;
  handlersInstalled = true;
  process.on('exit', () => {
    for (const dir of open) remove(dir);
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      for (const dir of open) remove(dir);
      open.clear();
      process.kill(process.pid, signal);
    });
  }
}

/** Removes folders of runs that are no more: after a power cut, or where the guard died too. */
function sweepStale(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const dir = join(tmpdir(), name);
    if (isOurs(dir) && !ownerLives(dir)) remove(dir);
  }
}

function isOurs(dir: string): boolean {
  try {
    const stat = statSync(dir);
    return stat.isDirectory() && stat.uid === process.getuid?.();
  } catch {
    return false;
  }
}

function ownerLives(dir: string): boolean {
  const pid = new RegExp(`/${prefix}(\\d+)-[^/]*$`).exec(dir)?.[1];
  if (pid === undefined) return true;
  let started = '';
  try {
    started = readFileSync(join(dir, ownerFile), 'utf8').trim();
  } catch {
    // Killed before it could say when it started: the number alone must do.
  }
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
  // The number may have been given to another process since.
  const now = startTime(Number(pid));
  return started === '' || now === null || now === started;
}

/** When a process started, in clock ticks since boot; null where the system does not say. */
function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
