/** A file beside an output that says which process is writing it. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { codeOf } from '../errors/code-of.ts';
import { SourceError } from '../lib/index.ts';
import { writeError } from './write-file.ts';

/**
 * Keeps other runs from an output, until it is released.
 *
 * The lock of a process that is no more, as after a crash, is taken over.
 *
 * @returns what releases it; safe to call twice
 * @throws SourceError if another process has it, its file is of something else, or can't be written
 */
export function lockOutput(output: string): () => void {
  const lock = `${output}.lock`;
  try {
    while (!begun(lock)) takeAway(lock, output);
  } catch (error) {
    throw error instanceof SourceError ? error : writeError(lock, error);
  }
  let held = true;
  return () => {
    if (held && pidIn(lock) === process.pid) rmSync(lock, { force: true });
    held = false;
  };
}

/** Writes a lock where there is none. */
function begun(lock: string): boolean {
  try {
    writeFileSync(lock, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a lock that nobody has any more; of several runs that find it, one does. */
function takeAway(lock: string, output: string): void {
  requireFree(lock, lock, output);
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  try {
    requireFree(aside, lock, output);
  } catch (error) {
    // another run was faster, and this is its lock
    renameSync(aside, lock);
    throw error;
  }
  rmSync(aside, { force: true });
}

function requireFree(file: string, lock: string, output: string): void {
  const holder = holderOf(file);
  if (holder === undefined) return;
  throw new SourceError(
    `${output}: expected to be the only run that writes it, got ${holder}; wait for that, or remove ${lock} if it is something else`,
  );
}

/** Who has a lock; undefined if that is a process which is no more, or had this one's number. */
function holderOf(lock: string): string | undefined {
  const pid = pidIn(lock);
  if (pid === undefined || pid === process.pid) return undefined;
  if (Number.isNaN(pid)) return `${lock}, which is no lock of this command`;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // somebody else's process is alive too
    if (codeOf(error) !== 'EPERM') return undefined;
  }
  return `process ${pid}, which writes it too`;
}

/** Longer than it takes to write a number into a file that has just been made. */
const WRITTEN_MS = 200;

/** The process that a lock names; NaN if it is something else, undefined if it is not there, or was never written to its end. */
function pidIn(lock: string): number | undefined {
  let text = contentOf(lock);
  if (text === '') {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WRITTEN_MS);
    text = contentOf(lock);
  }
  if (text === undefined || text === '') return undefined;
  return /^[1-9]\d*\n?$/.test(text) ? Number(text) : Number.NaN;
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
