/** Images in files of Node's file system. */
import { isAbsolute } from 'node:path';
import { codeOf } from '../../errors/code-of.ts';
import { SourceError } from '../../errors/errors.ts';
import { openFileSource } from '../../sources/file-source-node.ts';
import { isFileUrl, pathOfFileUrl } from '../../sources/file-url-node.ts';
import { MAX_ENCODED_BYTES } from './response-bytes.ts';

/**
 * Reads a file.
 *
 * @param address a path, or a `file:` URL
 * @throws SourceError if it can't be read, or is far larger than images are
 */
export async function readImageFile(address: string, where: string): Promise<Uint8Array> {
  const path = isFileUrl(address) ? pathOfFileUrl(address, where) : address;
  const source = await openFileSource(path, where).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
    // names that `readdir` gives, read from another folder
    const place = isAbsolute(path) ? '' : ` in ${process.cwd()}`;
    throw new SourceError(`${where}: expected a path, a URL or a data URI, got no such file${place}`, {
      cause: error,
    });
  });
  try {
    if (source.size > MAX_ENCODED_BYTES) {
      throw new SourceError(`${where}: expected at most ${MAX_ENCODED_BYTES} bytes, got ${source.size}`);
    }
    return await source.read(0, source.size);
  } finally {
    await source.close();
  }
}

/** Whether there is nothing of this name, or no file could have it. */
function isMissing(error: unknown): boolean {
  const code = error instanceof SourceError ? codeOf(error.cause) : undefined;
  return ['ENOENT', 'ENAMETOOLONG', 'ENOTDIR'].includes(String(code));
}
