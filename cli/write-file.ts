/** Output files that are whole or absent. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../errors/code-of.ts';
import { type FileContent, SourceError, writeFile } from '../lib/index.ts';
import { interruptible } from './interruption.ts';

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'make room on the disk',
  EDQUOT: 'make room in the quota',
  EFBIG: 'allow larger files',
};

/** That a file can't be written, and why. */
export function writeError(path: string, error: unknown): SourceError {
  const code = String(codeOf(error) ?? error);
  const remedy = REMEDIES[code] ?? 'check the folder and its rights';
  return new SourceError(`${path}: expected to write this file, got ${code}; ${remedy}`, { cause: error });
}

/**
 * Refuses an output that could not be written, before hours of work are done for it.
 *
 * @throws SourceError if its folder is missing or closed, or a folder has its name
 */
export async function requireWritable(path: string): Promise<void> {
  try {
    await access(`${dirname(path)}/`, constants.W_OK);
  } catch (error) {
    throw writeError(path, error);
  }
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw writeError(path, 'EISDIR');
}

/**
 * Writes a file that appears when it is complete; an old one is replaced.
 *
 * Nothing is left if writing fails, and on Ctrl-C.
 *
 * @throws SourceError if the file can't be written
 */
export async function writeOutput(path: string, content: FileContent): Promise<void> {
  await interruptible((signal) => writeFile(path, content, { overwrite: true, signal }));
}
