/** Bytes that are read in pieces: a file, a download, memory. */
import { type Bytes, bytesOf } from '../bytes/bytes-of.ts';
import { isBlob } from '../bytes/tag-of.ts';

/** A part of a file. */
export interface ByteRange {
  /** first byte, from 0 */
  readonly offset: number;
  /** bytes */
  readonly length: number;
}

/** A sequence of bytes of known length that can be read anywhere. */
export interface ByteSource {
  /** bytes in all */
  readonly size: number;
  /** what tells the file from others and from other versions of it, without a byte being read; absent where nothing does */
  readonly identity?: string | undefined;
  /**
   * @param offset first byte, from 0
   * @param length how many bytes
   * @returns exactly `length` bytes, owned by the caller, starting at a multiple of 8 in their buffer
   * @throws SourceError if they can't be had
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Says what is going to be read, and in which order, so that it can be fetched ahead; nothing else is promised by it. */
  expect?(ranges: readonly ByteRange[]): void;
  /** Gives back bytes that `read` returned and nobody uses any more: later ones may be read into their memory. */
  recycle?(bytes: Uint8Array): void;
  /** Frees what is open; safe to call twice. */
  close(): Promise<void>;
}

/**
 * Bytes in memory, or in a Blob or File of a browser.
 *
 * @param where their name, for error messages
 * @throws OptionError if they are no bytes
 */
export function memorySource(given: Bytes | Blob, where = 'memory'): ByteSource {
  const close = async () => undefined;
  if (isBlob(given)) {
    return {
      size: given.size,
      read: async (offset, length) =>
        bytesOf(await given.slice(offset, offset + length).arrayBuffer(), where),
      close,
    };
  }
  const bytes = bytesOf(given, where);
  return { size: bytes.length, read: async (offset, length) => bytes.slice(offset, offset + length), close };
}
