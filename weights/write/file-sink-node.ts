/** Files of Node's file system as sinks. */
import { open } from 'node:fs/promises';
import type { ByteSink } from './write-safetensors.ts';

/**
 * Opens a new file for writing in pieces.
 *
 * `close` returns once the bytes are on the device, so that a disk that is full shows there at the latest.
 *
 * @param path a file that is not there
 * @throws what the file system throws
 */
export async function openFileSink(path: string): Promise<ByteSink> {
  const handle = await open(path, 'wx');
  let closed = false;
  return {
    async write(bytes) {
      let written = 0;
      while (written < bytes.byteLength) {
        written += (await handle.write(bytes, written)).bytesWritten;
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
  };
}

/**
 * Writes a whole file.
 *
 * @param path a file that is not there
 * @param content text is written as UTF-8
 * @throws what the file system throws
 */
export async function writeBytes(path: string, content: Uint8Array | string): Promise<void> {
  const sink = await openFileSink(path);
  try {
    await sink.write(typeof content === 'string' ? new TextEncoder().encode(content) : content);
  } finally {
    await sink.close();
  }
}
