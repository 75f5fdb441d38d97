/** Files of Node's file system as sinks. */
import { open } from 'node:fs/promises';
import type { FileContent } from './write-file.ts';
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
 * @throws what the file system throws
 */
export async function writeBytes(path: string, content: FileContent): Promise<void> {
  const pieces = typeof content === 'string' || ArrayBuffer.isView(content) ? [content] : content;
  const sink = await openFileSink(path);
  try {
    for await (const piece of pieces) {
      await sink.write(typeof piece === 'string' ? new TextEncoder().encode(piece) : piece);
    }
  } finally {
    await sink.close();
  }
}
