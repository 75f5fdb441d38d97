/** Text files that a command line names. */
import { readFile } from 'node:fs/promises';
import { SourceError } from '../lib/index.ts';

/**
 * @param expected what it should be, for the error message
 * @throws SourceError if there is no such file, or it can't be read
 */
export async function readTextFile(path: string, expected: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SourceError(`${path}: expected ${expected}, got ${reason}`, { cause: error });
  }
}
