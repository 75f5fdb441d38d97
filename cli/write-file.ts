/** Output files that are whole or absent. */
import { rmSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { SourceError } from '../errors/errors.ts';
import { STOP_SIGNALS } from './interruption.ts';

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
      throw new SourceError(
        `${path}: expected to write this file, got ${error.code}; check the folder and its rights`,
      );
    }
    throw error;
  } finally {
    for (const signal of STOP_SIGNALS) process.off(signal, interrupted);
  }
}
