/** Output files that are whole or absent. */
import { rename, rm } from 'node:fs/promises';
import { SourceError } from '../errors/errors.ts';

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
  const { rmSync } = await import('node:fs');
  const interrupted = (): void => {
    rmSync(temporary, { force: true });
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    await write(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    if (error instanceof Error && 'code' in error) {
      throw new SourceError(
        `${path}: expected to write this file, got ${error.code}; check the folder and its rights`,
      );
    }
    throw error;
  } finally {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
  }
}
