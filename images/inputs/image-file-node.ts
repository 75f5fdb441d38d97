/** Images in files of Node's file system. */
import { fileURLToPath } from 'node:url';
import { SourceError } from '../../errors/errors.ts';
import { openFileSource } from '../../sources/file-source-node.ts';
import { MAX_ENCODED_BYTES } from './response-bytes.ts';

/**
 * Reads a file.
 *
 * @param address a path, or a `file:` URL
 * @throws SourceError if it can't be read, or is far larger than images are
 */
export async function readImageFile(address: string, where: string): Promise<Uint8Array> {
  const source = await openFileSource(pathOf(address, where), where).catch((error: unknown) => {
    throw isMissing(error)
      ? new SourceError(`${where}: expected a path, a URL or a data URI, got no such file`, { cause: error })
      : error;
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
  const cause: unknown = error instanceof SourceError ? error.cause : undefined;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return ['ENOENT', 'ENAMETOOLONG', 'ENOTDIR'].includes(String(code));
}

function pathOf(address: string, where: string): string {
  if (!/^file:/i.test(address)) return address;
  try {
    return fileURLToPath(address);
  } catch (cause) {
    throw new SourceError(`${where}: expected the URL of a file of this machine, got ${address}`, { cause });
  }
}
