/** A file beside an output that says which process is writing it. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { SourceError } from '../lib/index.ts';
import { writeError } from './write-file.ts';

/**
 * Keeps other runs from an output, until it is released.
 *
 * The lock of a process that is no more, as after a crash, is taken over.
 *
 * @returns what releases it; safe to call twice
 * @throws SourceError if another process has it, or its file can't be written
 */
export function lockOutput(output: string): () => void {
  const lock = `${output}.lock`;
  const holder = holderOf(lock);
  if (holder !== undefined) {
    throw new SourceError(
      `${output}: expected to be the only run that writes it, got process ${holder}, which writes it too; wait for that, or remove ${lock} if it is something else`,
    );
  }
  try {
    rmSync(lock, { force: true });
    writeFileSync(lock, `${process.pid}\n`, { flag: 'wx' });
  } catch (error) {
    throw writeError(lock, error);
  }
  let held = true;
  return () => {
    if (held) rmSync(lock, { force: true });
    held = false;
  };
}

/** The process that has a lock and is alive; undefined if there is none, or it is this one. */
function holderOf(lock: string): number | undefined {
  let pid: number;
  try {
    pid = Number.parseInt(readFileSync(lock, 'utf8'), 10);
  } catch {
    return undefined;
  }
  if (!(pid > 0) || pid === process.pid) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // somebody else's process is alive too
    return error instanceof Error && 'code' in error && error.code === 'EPERM' ? pid : undefined;
  }
  return pid;
}
