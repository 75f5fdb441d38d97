/** A file that has no name any more: the system takes it away when the command ends, however it ends. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeError } from '../write-file.ts';

/**
 * Opens a file in the folder for temporary ones and takes its name away at once, so that nothing has to be put away and a signal
 * ends the longest forward pass at once.
 *
 * @returns what is the caller's to close
 * @throws SourceError if there can be none
 */
export async function unnamedFile(): Promise<FileHandle> {
  const path = join(tmpdir(), `dinov2-${randomUUID()}`);
  try {
    const file = await open(path, 'wx+');
    await rm(path);
    return file;
  } catch (error) {
    throw writeError(tmpdir(), error);
  }
}

/**
 * Writes bytes at the end of such a file.
 *
 * @throws SourceError if they can't be written
 */
export async function appendUnnamed(file: FileHandle, bytes: Uint8Array): Promise<void> {
  try {
    await file.writeFile(bytes);
  } catch (error) {
    throw writeError(tmpdir(), error);
  }
}
