/** Files of Node's file system as byte sources. */
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { codeOf } from '../errors/code-of.ts';
import { SourceError } from '../errors/errors.ts';
import type { ByteSource } from './byte-source.ts';
import { SpareBuffers } from './spare-buffers.ts';

function unreadable(where: string, error: unknown): SourceError {
  return new SourceError(`${where}: expected a file that can be read, got ${codeOf(error) ?? error}`, {
    cause: error,
  });
}

/**
 * Opens a file for reading in pieces.
 *
 * @param path a file
 * @throws SourceError if it can't be opened
 */
export async function openFileSource(path: string, where = path): Promise<ByteSource> {
  try {
    // else a pipe that nobody writes to is waited for without end; Windows has no such flag
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = await handle.stat();
    if (!stats.isFile()) {
      await handle.close();
      throw new SourceError(
        `${where}: expected a file, got ${stats.isDirectory() ? 'a folder' : 'something else'}`,
      );
    }
    let closed = false;
    const spare = new SpareBuffers();
    return {
      size: stats.size,
      // links of the Hub's cache lead to a file that is named by what is in it
      identity: JSON.stringify([await realpath(path).catch(() => path), stats.size, stats.mtimeMs]),
      async read(offset, length) {
        const bytes = spare.take(length);
        let filled = 0;
        while (filled < length) {
          const { bytesRead } = await handle
            .read(bytes, filled, length - filled, offset + filled)
            .catch((error: unknown) => {
              throw unreadable(where, error);
            });
          if (bytesRead === 0) {
            throw new SourceError(
              `${where}: expected ${length} bytes at ${offset}, got ${filled}; the file shrank`,
            );
          }
          filled += bytesRead;
        }
        return bytes;
      },
      recycle: (bytes) => spare.give(bytes),
      async close() {
        if (closed) return;
        closed = true;
        spare.clear();
        await handle.close();
      },
    };
  } catch (error) {
    throw error instanceof SourceError ? error : unreadable(where, error);
  }
}
