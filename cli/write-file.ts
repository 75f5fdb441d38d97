/** Output files that are whole or absent. */
import { constants, rmSync } from 'node:fs';
import { access, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SourceError } from '../errors/errors.ts';
import { STOP_SIGNALS } from './interruption.ts';

function writeError(path: string, code: unknown): SourceError {
  return new SourceError(
    `${path}: expected to write this file, got ${code}; check the folder and its rights`,
  );
}

/**
 * Refuses an output that could not be written, before hours of work are done for it.
 *
 * @throws SourceError if its folder is missing or closed, or a folder has its name
 */
export async function requireWritable(path: string): Promise<void> {
  try {
    await access(dirname(path), constants.W_OK);
  } catch (error) {
    throw writeError(path, error instanceof Error && 'code' in error ? error.code : error);
  }
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw writeError(path, 'EISDIR');
}

/**
 * Writes a file under a temporary name beside its own and renames it when it is complete.
 *
 * The temporary file is removed if writing fails, and on Ctrl-C.
 *
 * @param path the file to make; an old one is replaced
 * @param write writes everything to the path it is given
 * @throws SourceError if the file can't be written
 */
export async function writeWhole(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${process.pid}.incomplete`;
  const interrupted = (signal: NodeJS.Signals): void => {
    rmSync(temporary, { force: true });
    // without this handler the signal does what it always does
    process.kill(process.pid, signal);
  };
  for (const signal of STOP_SIGNALS) process.once(signal, interrupted);
  try {
    await write(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    if (error instanceof Error && 'code' in error) {
      throw writeError(path, error.code);
    }
    throw error;
  } finally {
    for (const signal of STOP_SIGNALS) process.off(signal, interrupted);
  }
}
