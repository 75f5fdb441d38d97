/** Bytes that are read in pieces: a file, a download, memory. */

/** A sequence of bytes of known length that can be read anywhere. */
export interface ByteSource {
  /** bytes in all */
  readonly size: number;
  /**
   * @param offset first byte, from 0
   * @param length how many bytes
   * @returns exactly `length` bytes, owned by the caller, starting at a multiple of 8 in their buffer
   * @throws SourceError if they can't be had
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Frees what is open; safe to call twice. */
  close(): Promise<void>;
}

/** Bytes in memory, or in a Blob or File of a browser. */
export function memorySource(bytes: Uint8Array | Blob): ByteSource {
  if (bytes instanceof Uint8Array) {
    return {
      size: bytes.byteLength,
      read: async (offset, length) => bytes.slice(offset, offset + length),
      close: async () => undefined,
    };
  }
  return {
    size: bytes.size,
    read: async (offset, length) => new Uint8Array(await bytes.slice(offset, offset + length).arrayBuffer()),
    close: async () => undefined,
  };
}
